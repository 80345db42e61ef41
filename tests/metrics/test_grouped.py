"""Scores of units: MultiRC's questions and Winogender's pairs, their clusters, and units that are not whole."""

import random

import pytest

from benchwright import registry
from benchwright.errors import BenchwrightError
from benchwright.metrics.columns import Columns
from benchwright.metrics.gathering import gather
from benchwright.score import score_columns
from benchwright.types import ClassificationTask, Label, Record

CARD = {
    "splits": {},
    "default_split": "test",
    "inputs": {"text": ("text",)},
    "target": ("label",),
}
MULTIRC = ClassificationTask(
    name="multirc",
    labels=(Label(name="false", id=0), Label(name="true", id=1)),
    positive="true",
    metrics=("f1", "question_exact_match"),
    score=("f1", "question_exact_match"),
    **CARD,
)
EXACT, PARITY = (registry.get("metrics", name) for name in ("question_exact_match", "gender_parity"))


def options(*rows):
    """Columns from (unit, cluster, gold, answer)."""
    units, clusters, gold, said = map(list, zip(*rows, strict=True))
    names = {0: "false", 1: "true"}
    return Columns(MULTIRC, [names[x] for x in gold], [names[x] for x in said], None, clusters, group=units)


def test_multirc_with_ids_that_restart():
    """Pitfall 3: (p0,q0) gold 1,0 predicted 1,0 and (p1,q0) gold 1,1 predicted 1,0 give F1a 0.8, EM 0.5, score 0.65."""
    table = options(("p0/q0", "p0", 1, 1), ("p0/q0", "p0", 0, 0), ("p1/q0", "p1", 1, 1), ("p1/q0", "p1", 1, 0))
    scores = score_columns(table, [registry.get("metrics", "f1"), EXACT])

    assert [score.value for score in scores] == pytest.approx([0.8, 0.5, 0.65])


def test_the_error_is_over_paragraphs():
    """Pitfall 3: thirty questions whose ids restart in ten paragraphs are thirty units in ten clusters."""
    rows = [
        (f"p{paragraph}/q{question}", f"p{paragraph}", 1, int(paragraph < 5 or option == 0))
        for paragraph in range(10)
        for question in range(3)
        for option in range(2)
    ]
    exact, *_ = score_columns(options(*rows), [EXACT])

    assert (exact.value, exact.clusters, exact.method) == (0.5, 10, "wilson-clustered")
    assert exact.se == pytest.approx((0.25 / 9) ** 0.5)


@pytest.mark.parametrize("metric", [EXACT, PARITY])
def test_order_does_not_matter(metric):
    """Pitfall 6: shuffled rows give the same value, for questions and for pairs."""
    chance = random.Random(1)
    rows = [(f"u{n // 3}", f"c{n // 9}", chance.randint(0, 1), chance.randint(0, 1)) for n in range(90)]
    mixed = chance.sample(rows, len(rows))

    assert metric.value(options(*rows)) == metric.value(options(*mixed))


def test_parity_compares_predictions_only():
    """Two pairs of which one is answered alike, whatever is right: parity is one half."""
    table = options(("0", None, 1, 0), ("0", None, 1, 0), ("1", None, 1, 1), ("1", None, 1, 0))

    assert (
        PARITY.value(Columns(MULTIRC, table.targets, table.outputs, None, ["0", "0", "1", "1"], group=table.group))
        == 0.5
    )


def test_values_equal_plain_loops():
    """Both metrics are shares of units, counted unit by unit."""
    chance = random.Random(2)
    rows = [(f"u{chance.randrange(40)}", "c", chance.randint(0, 1), chance.randint(0, 1)) for _ in range(100)]
    units = {unit: [row for row in rows if row[0] == unit] for unit, *_ in rows}
    right = [all(gold == said for *_, gold, said in found) for found in units.values()]
    alike = [len({said for *_, said in found}) == 1 for found in units.values()]

    assert EXACT.value(options(*rows)) == pytest.approx(sum(right) / len(units))
    assert PARITY.value(options(*rows)) == pytest.approx(sum(alike) / len(units))


def test_a_unit_in_two_clusters_is_refused():
    """A question whose options lie in two clusters would be torn apart by resampling: an error says which one."""
    with pytest.raises(BenchwrightError, match=r"'q7' in multirc .* several clusters"):
        EXACT.value(options(("q7", "a", 1, 1), ("q7", "b", 1, 1)))


def test_without_units_there_is_no_value():
    """Examples without a unit have no exact match of questions, and a flag says why."""
    score, _ = score_columns(options((None, None, 1, 1), (None, None, 0, 0)), [EXACT])[:2]

    assert score.value is None
    assert score.alarms[0].sentence == "undefined: no example is in a complete group"


def record(number, unit, said, **more):
    return Record(id=str(number), target="true", output=said, group=unit, **more)


def test_a_question_with_an_errored_option_is_left_out():
    """What is left of a question would be easier to get right, so it does not count at all, and a flag says so."""
    records = [
        record(0, "a", "true"),
        record(1, "a", None, error="broken"),
        record(2, "b", "true"),
        record(3, "b", "false"),
    ]
    found = gather(MULTIRC, records)

    assert EXACT.value(found.columns) == 0.0
    assert EXACT.flags(found.columns) == ("1 examples are in no complete group and left out",)
    assert registry.get("metrics", "accuracy").value(found.columns) == pytest.approx(2 / 3)


def test_units_are_clusters_where_there_are_none():
    """A pair without a cluster of its own is one: its two answers are not independent."""
    records = [record(number, str(number // 2), "true") for number in range(8)]

    assert gather(MULTIRC, records).columns.n_clusters == 4
