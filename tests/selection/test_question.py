"""The language of rules: what it takes, where it points when it refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.selection.question import parse_quantity, parse_requirement, parse_requirements, parse_weights


def parts(text):
    """What a rule was read as."""
    rule = parse_requirement(text)
    quantity, limit = rule.quantity, rule.limit
    return (
        (quantity.task, quantity.name, quantity.arguments),
        rule.operator,
        (limit.reference, limit.amount.value, limit.amount.unit),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("accuracy >= best - 0.01", (("", "accuracy", ()), ">=", ("best", -0.01, ""))),
        ("accuracy>=best-0.01", (("", "accuracy", ()), ">=", ("best", -0.01, ""))),
        ("score >= 0.8", (("", "score", ()), ">=", ("", 0.8, ""))),
        ("score ≥ 80%", (("", "score", ()), ">=", ("", 80.0, "%"))),
        ("size_bytes <= 50e6", (("", "size_bytes", ()), "<=", ("", 50e6, ""))),
        ("size_bytes <= 50MB", (("", "size_bytes", ()), "<=", ("", 50.0, "MB"))),
        ("size_bytes <= 50 mb", (("", "size_bytes", ()), "<=", ("", 50.0, "MB"))),
        ("parameters < 30M", (("", "parameters", ()), "<", ("", 30.0, "M"))),
        ("latency_p95_ms <= 50", (("", "latency_p95_ms", ()), "<=", ("", 50.0, ""))),
        ("glue/sst2:accuracy > .9", (("glue/sst2", "accuracy", ()), ">", ("", 0.9, ""))),
        ("each:score >= best", (("each", "score", ()), ">=", ("best", 0.0, ""))),
        ("score >= bert-base - 0.01", (("", "score", ()), ">=", ("bert-base", -0.01, ""))),
        ("score >= bert-base -0.01", (("", "score", ()), ">=", ("bert-base", -0.01, ""))),
        ("score >= 'a b' + 1%", (("", "score", ()), ">=", ("a b", 1.0, "%"))),
        (
            'share(size_bytes, "big (fp32)") <= 60%',
            (("", "share", ("size_bytes", "big (fp32)")), "<=", ("", 60.0, "%")),
        ),
        ("retained(teacher) >= 0.97", (("", "retained", ("teacher",)), ">=", ("", 0.97, ""))),
        (
            "glue/rte:retained(run:m1, accuracy) >= 1",
            (("glue/rte", "retained", ("run:m1", "accuracy")), ">=", ("", 1.0, "")),
        ),
        ("mcc >= -0.1", (("", "mcc", ()), ">=", ("", -0.1, ""))),
        ("score >= 7b-chat - 1e-2", (("", "score", ()), ">=", ("7b-chat", -0.01, ""))),
    ],
)
def test_reads_rules(text, expected):
    """Quantities, comparisons, numbers with units and references are read as they are meant."""
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "told"),
    [
        ("", 0, "missing at the end"),
        ("accuracy", 8, "missing at the end"),
        ("accuracy >=", 11, "missing at the end"),
        ("accuracy => 0.9", 9, "write >="),
        ("accuracy == 0.9", 9, "write >= or <="),
        ("accuracy >= 0.9 and f1 >= 0.8", 16, "follows what is complete"),
        ("size_bytes <= 50 XB", 17, "follows what is complete"),
        ("size_bytes <= 50XB", 14, "is no unit"),
        ("score >= best - x", 16, "is no number"),
        ("score >= best * 2", 14, "+ or -"),
        ("retained >= 0.9", 0, "retained(MODEL)"),
        ("accuracy(x) >= 0.9", 0, "1 arguments"),
        ("sst2:accuracy >= 0.9", 0, "is no task"),
        ("score >= 'open", 9, "quotation mark"),
        ("score >= 1e999", 9, "too large"),
        ("share(size_bytes, m <= 1", 20, ", or )"),
    ],
)
def test_points_at_mistakes(text, column, told):
    """A error_at is shown in the text with a mark under its place."""
    with pytest.raises(BenchwrightError) as caught:
        parse_requirement(text)

    shown = str(caught.value).splitlines()
    assert shown[2] == "    " + " " * column + "^"
    assert told in str(caught.value)


def test_tells_all_mistakes_at_once():
    """Every wrong rule of several is told."""
    with pytest.raises(ConfigError) as caught:
        parse_requirements(["score => 1", "score >= 0.1", "f1 >"])

    assert len(caught.value.problems) == 2


def test_reads_objectives_and_weights():
    """An objective is a quantity alone; weights are numbers by objective."""
    assert parse_quantity("glue/sst2:f1").task == "glue/sst2"
    assert parse_weights("score=0.7, share(size_bytes,big)=0.3") == {"score": 0.7, "share(size_bytes,big)": 0.3}
    for wrong in ("each:score", "score >= 1", ""):
        with pytest.raises(BenchwrightError):
            parse_quantity(wrong)
    for wrong in ("score", "score=", "=1", "score=a", "score=1,score=2"):
        with pytest.raises(BenchwrightError):
            parse_weights(wrong)


@given(st.text(max_size=60) | st.text("score best-+0.19eE%MB()<>=,'\" :/each", max_size=60))
def test_never_raises_anything_else(text):
    """Any text is a rule or a error_at that is told."""
    try:
        rule = parse_requirement(text)
    except BenchwrightError:
        return
    assert rule.operator in (">=", "<=", ">", "<")


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(
    lambda n: n not in ("retained", "share", "e", "each")
)
numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: float(f"{x:.6g}"))


@given(names, st.sampled_from([">=", "<=", ">", "<"]), names, numbers)
def test_reads_what_was_written(quantity, operator, model, number):
    """A rule written out of its parts is read back as those parts."""
    sign = "-" if number < 0 else "+"

    assert parts(f"{quantity}{operator}'{model}'{sign}{abs(number):g}"[: 10**6]) == (
        ("", quantity, ()),
        operator,
        (model, pytest.approx(float(f"{number:g}")), ""),
    )
