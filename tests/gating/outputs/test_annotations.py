"""Workflow commands: few, of rules that count, with nothing that breaks out of its line."""

import re

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchwright.gating.outputs.annotations import write_annotations

LINE = re.compile(r"::(error|warning|notice) title=([^\r\n:,]*)::([^\r\n]*)")


def read(text):
    """(level, title, message) of each line, unescaped."""

    def plain(value):
        for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            value = value.replace(code, sign)
        return value

    return [(match[1], plain(match[2]), plain(match[3])) for match in map(LINE.fullmatch, text.splitlines())]


def test_failures_are_errors_and_open_questions_warnings(made):
    """Warnings that failed and waived checks are not annotated."""
    found = read(write_annotations(made.every_verdict()))
    assert [(level, title) for level, title, _ in found] == [
        ("error", "FAIL: quality glue/stsb pearson"),
        ("error", "INVALID: latency latency_p50"),
        ("error", "ERROR: odd glue/sst2 accuracy"),
        ("warning", "gate"),
        ("warning", "INCONCLUSIVE: quality glue/sst2 accuracy"),
    ]
    assert "95 % each" in found[0][2]


def test_ten_of_each_and_the_tenth_says_how_many_more(made):
    """The runner would drop the eleventh without a word."""
    bad = [made.finding("FAIL", path=f"s/{at}") for at in range(23)]
    unclear = [made.finding("INCONCLUSIVE", path=f"s/{at}") for at in range(11)]
    found = read(write_annotations(made.result([*bad, *unclear])))
    assert [sum(level == one for level, _, _ in found) for one in ("error", "warning")] == [10, 10]
    assert [message for _, _, message in found if message.startswith("and ")] == [
        "and 14 more: quality",
        "and 2 more: quality",
    ]
    noted = read(write_annotations(made.result([*bad, *unclear], flags=("one", "two"))))
    assert [sum(level == one for level, _, _ in noted) for one in ("error", "warning")] == [10, 10]
    assert [title for level, title, _ in noted if level == "warning"][:2] == ["gate", "gate"]


def test_a_red_gate_without_a_red_check_says_so(made):
    """Nothing evaluated, or an open question under --strict, is one error; a pass is one notice."""
    assert read(write_annotations(made.result([])))[0][0] == "error"
    strict = made.result([made.finding("INCONCLUSIVE")], exit_code=4)
    assert [level for level, _, _ in read(write_annotations(strict))] == ["error", "warning"]
    assert [level for level, _, _ in read(write_annotations(made.result([made.finding()])))] == ["notice"]


@settings(max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_no_text_makes_a_command(made, data):
    """Every line is one of ours, whatever the data."""
    result = data.draw(made.results)
    text = write_annotations(result)
    assert all(LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n"))
    assert any(level == "error" for level, _, _ in read(text)) == (result.exit_code != 0)


def test_attacks_stay_in_their_line(made):
    """A message that holds a command stays a message."""
    text = write_annotations(made.hostile())
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    assert text.isprintable() or set(text) - {"\n"} <= {sign for sign in text if sign.isprintable()}
