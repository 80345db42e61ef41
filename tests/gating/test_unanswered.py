"""Items without an answer: the number on the others never stands alone, and no rule passes on it unless the rules allow it."""

import pytest

from benchwright.comparison.compare import compare
from benchwright.console import show_run
from benchwright.gate_run import gate
from benchwright.gating.outputs.markdown import write_markdown
from benchwright.selection.select import select
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Kind, Label, Record
from benchwright.unanswered import count_as_wrong, has_wrong_answer

RIGHT, WRONG, NONE = "+", "-", "!"
SAID = "no answer to 20 of 100 examples: accuracy 100.00 on the others, 80.00 with silence counted as wrong"
FLOOR = {"id": "floor", "kind": "absolute", "metric": "accuracy", "min": 0.85}
SURE = {"id": "sure", "kind": "absolute", "metric": "accuracy", "min": 0.5, "use": "lower"}
NI = {"id": "ni", "kind": "noninferiority", "margin": 0.05}
KEPT = {"id": "kept", "kind": "retained", "min": 0.95}
DELTA = {"id": "delta", "kind": "delta", "margin": 0.01}
SLICES = {"id": "slices", "kind": "slices", "margin": 0.05, "min_n": 30}


def card(kind=Kind.CLASSIFY):
    """A task of two labels, or one that asks for a number."""
    labels = tuple(Label(name=name, id=at) for at, name in enumerate(("no", "yes"))) if kind is Kind.CLASSIFY else ()
    return build_task(
        kind=kind,
        labels=labels,
        positive="yes" if labels else None,
        metrics=("accuracy",) if labels else ("mae",),
        value_range=None if labels else (0.0, 5.0),
    )


def answers(pattern):
    """Records that are right, wrong or without an answer; gold alternates."""
    names = ("no", "yes")
    return [
        Record(
            id=f"t/{at}",
            target=names[at % 2],
            output={RIGHT: names[at % 2], WRONG: names[1 - at % 2], NONE: None}[sign],
            error="broken" if sign == NONE else None,
            slices={"half": "first" if at < len(pattern) // 2 else "second"},
        )
        for at, sign in enumerate(pattern)
    ]


@pytest.fixture
def store(tmp_path):
    """A baseline with ten wrong answers, and a candidate that is right wherever it answers: 80 of 100."""
    found = Store(tmp_path / "store")
    task = {"s/t": card()}
    write_run(found, "base", {"m": {"s/t": answers(WRONG * 10 + RIGHT * 90)}}, task, scored=True)
    write_run(found, "new", {"m": {"s/t": answers(RIGHT * 80 + NONE * 20)}}, task, scored=True)
    write_run(found, "mute", {"m": {"s/t": answers(RIGHT * 80 + NONE * 20)}}, task, scored=True)
    return found


def judged(store, *rules, allowed=None, run="new", baseline="base"):
    """The result of a gate whose rule of coverage allows some items without an answer."""
    cover = [] if allowed is None else [{"id": "cov", "kind": "coverage", "max_errored": allowed}]
    return gate({"rule": [*rules, *cover]}, run, baseline=baseline, store=store, resamples=500)


@pytest.mark.parametrize("allowed", [None, 0, 19])
def test_no_rule_passes_on_answered_items_alone(store, allowed):
    """More silence than the rules allow is wrong in every rule, and the headline has both numbers."""
    result = judged(store, FLOOR, SURE, NI, KEPT, DELTA, SLICES, allowed=allowed)
    found = {one.rule: one for one in result.findings if one.kind != "coverage"}
    assert {one.candidate for one in result.findings if one.rule in ("floor", "sure", "ni", "kept", "delta")} == {0.8}
    assert [str(found[rule].verdict) for rule in ("floor", "delta")] == ["FAIL", "FAIL"]
    assert all(str(found[rule].verdict) != "PASS" for rule in ("ni", "kept", "slices"))
    assert str(found["sure"].verdict) == "PASS", "80 of 100 is above one half whatever silence means"
    assert all(
        "20 examples without an answer counted as wrong" in found[rule].flags for rule in ("floor", "ni", "kept")
    )
    assert f"s/t: {SAID} (rules counted it as wrong)" in result.reason
    assert result.exit_code == 1


def test_rules_may_allow_silence_and_the_headline_says_so(store):
    """The numbers of the others decide, and both stand in the first line of every output."""
    result = judged(store, FLOOR, NI, allowed=20)
    assert (result.verdict, result.exit_code) == ("PASS", 0)
    assert next(one.candidate for one in result.findings if one.rule == "floor") == 1.0
    told = f"s/t: {SAID} (rules went by the others, as max_errored allows)"
    for text in (result.reason, str(result).splitlines()[0], write_markdown(result).replace("\\", "")):
        assert told in text


def test_what_neither_side_answered_does_not_help(store):
    """Coverage asks for what the baseline answers; a limit on the candidate still counts its silence."""
    result = judged(store, FLOOR, NI, baseline="mute")
    found = {one.rule: str(one.verdict) for one in result.findings}
    assert found == {"floor": "FAIL", "ni": "PASS", "coverage": "PASS"}


def test_without_a_baseline(store):
    """The candidate's own silence is enough."""
    result = judged(store, FLOOR, baseline=None)
    assert {one.rule: str(one.verdict) for one in result.findings} == {"floor": "FAIL", "coverage": "FAIL"}
    assert SAID in result.reason


def test_where_nothing_can_be_called_wrong_silence_is_invalid(tmp_path):
    """Of numbers: a rule is not comparable until the rules allow silence, and the headline does not invent a number."""
    store, task = Store(tmp_path / "store"), {"s/t": card(Kind.REGRESS)}
    full = [Record(id=f"t/{at}", target=at % 5, output=at % 5 + 0.1) for at in range(100)]
    part = [*full[:80], *(Record(id=f"t/{at}", target=at % 5, output=None, error="x") for at in range(80, 100))]
    write_run(store, "base", {"m": {"s/t": full}}, task, scored=True)
    write_run(store, "new", {"m": {"s/t": part}}, task, scored=True)
    cap = {"id": "cap", "kind": "absolute", "metric": "mae", "max": 0.2}
    refused = judged(store, cap, {**NI, "metric": "mae"})
    assert [str(one.verdict) for one in refused.findings] == ["INVALID", "INVALID", "FAIL"]
    assert "max_errored" in refused.findings[0].message
    allowed = judged(store, cap, allowed=20)
    assert allowed.exit_code == 0
    assert "no answer to 20 of 100 examples: the score is that of the others" in allowed.reason
    assert not has_wrong_answer(task["s/t"])


def test_run_compare_and_select_say_both_numbers(store, capsys):
    """It is an alarm of the cell, so it goes wherever the number goes."""
    show_run(store.read_run("new"))
    shown = [capsys.readouterr().out, str(compare("base", "new", store=store, resamples=200))]
    chosen = select(["base", "new"], store=store, resamples=200)
    assert all(SAID in text for text in (*shown, str(chosen)))
    assert chosen.winner == "base:m"
    assert {one.model: one.values["score"] for one in chosen.candidates} == {"base:m": 0.9, "new:m": 0.8}


def test_answers_to_everything_say_nothing(store):
    """No alarm, no headline."""
    assert not any(one.code == "errored" for one in store.read_run("base").cells[0].alarms)
    assert "no answer" not in judged(store, NI, run="base", baseline="base").reason
    assert count_as_wrong(card(), answers(RIGHT)[0]).output == "no"
    assert count_as_wrong(card(), answers(NONE)[0]).output == "yes"
