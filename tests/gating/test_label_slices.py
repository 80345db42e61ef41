"""Slices that `show` prints, of groups, labels and entity types, are the same ones in gate, compare and select."""

import pytest

from benchwright.cli.main import call
from benchwright.comparison.comparable_answers import pair
from benchwright.comparison.compare import compare
from benchwright.comparison.slices import slice_of
from benchwright.comparison.systems import read_systems
from benchwright.errors import NotComparable
from benchwright.gate_run import gate
from benchwright.selection.select import select
from benchwright.slicing import is_in, slices_in
from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Kind, Record

LABELS = ("bad", "good", "so so")
TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def card(kind=Kind.CLASSIFY, **more):
    """A task whose labels, or entity types, are given one by one."""
    names = LABELS if kind is Kind.CLASSIFY else TAGS
    own = {"metrics": ("accuracy",), "by_label": ("precision", "recall", "f1")}
    if kind is Kind.TAG:
        own = {"metrics": ("entity_f1",), "by_label": ("entity_precision", "entity_recall", "entity_f1")}
    return build_task(
        kind=kind,
        inputs={"text": ("text",)} if kind is Kind.CLASSIFY else {"words": ("words",)},
        labels=names,
        **{**own, **more},
    )


def classified(missed, n=300):
    """Gold in turn; of the items that are bad the first ``missed`` are called good. Two groups, one of several values."""
    found = []
    for at in range(n):
        gold = LABELS[at % 3]
        said = "good" if gold == "bad" and at // 3 < missed else gold
        found.append(Record(id=f"t/{at}", target=gold, output=said, slices={"lang": "en;de" if at % 2 else "en"}))
    return found


def tagged(missed, n=100):
    """A person and a place in each sentence; the first ``missed`` places are not found."""
    gold = ("B-PER", "O", "B-LOC", "I-LOC")
    return [
        Record(id=f"t/{at}", target=gold, output=gold if at >= missed else ("B-PER", "O", "O", "O")) for at in range(n)
    ]


@pytest.fixture
def store(tmp_path):
    """Runs of two models on a classification and on a tagging task."""
    found = Store(tmp_path / "store")
    tasks = {"s/c": card(slice_separator=";"), "s/n": card(Kind.TAG)}
    for name, missed in (("base", 5), ("new", 40)):
        write_run(found, name, {"m": {"s/c": classified(missed), "s/n": tagged(missed)}}, tasks, scored=True)
    return found


def judged(store, **rule):
    """The finding of one rule."""
    result = gate({"rule": [{"id": "r", **rule}]}, "new", baseline="base", store=store, resamples=500)
    return next(one for one in result.findings if one.rule == "r")


@pytest.mark.parametrize(
    ("task", "slice", "metric", "before", "now"),
    [
        ("s/c", "label=bad", "recall", 0.95, 0.6),
        ("s/c", "label=good", "precision", 100 / 105, 100 / 140),
        ("s/c", "label=so so", "f1", 1.0, 1.0),
        ("s/n", "type=LOC", "entity_recall", 0.95, 0.6),
        ("s/n", "type=LOC", "score", 190 / 195, 120 / 160),
        ("s/n", "type=PER", "entity_f1", 1.0, 1.0),
    ],
)
def test_a_label_is_judged(store, task, slice, metric, before, now):
    """By hand: of 100 bad items 5 and 40 are called good; of 100 places 5 and 40 are not found."""
    found = judged(store, kind="noninferiority", metric=metric, slice=slice, margin=0.05, task=task)
    assert (found.baseline, found.candidate) == (pytest.approx(before), pytest.approx(now))
    assert found.verdict == ("PASS" if now == before else "FAIL")
    assert (found.slice, found.fixed) == (slice, None)
    alone = judged(store, kind="absolute", metric=metric, slice=slice, min=0.61, use="lower", task=task)
    assert alone.candidate == pytest.approx(now)
    kept = judged(store, kind="retained", metric=metric, slice=slice, min=0.9, task=task)
    assert kept.verdict == ("PASS" if now == before else "FAIL")


def test_labels_of_a_task_with_several_labels_per_item(tmp_path):
    """Each label is its own yes or no, by every metric of one label and every kind of rule that takes a slice."""
    store, task = Store(tmp_path / "store"), card(metrics=("micro_f1",), multilabel=True)
    gold = [tuple(name for at, name in enumerate(LABELS) if (item + at) % 2) for item in range(200)]
    for name, missed in (("base", 4), ("new", 60)):
        said = [tuple(one for one in labels if one != "bad" or at >= missed) for at, labels in enumerate(gold)]
        rows = [Record(id=f"t/{at}", target=a, output=b) for at, (a, b) in enumerate(zip(gold, said, strict=True))]
        write_run(store, name, {"m": {"s/m": rows}}, {"s/m": task}, scored=True)
    for metric in ("recall", "f1"):
        for kind, keys in (
            ("noninferiority", {"margin": 0.05}),
            ("retained", {"min": 0.95}),
            ("delta", {"margin": 0.05}),
        ):
            found = judged(store, kind=kind, metric=metric, slice="label=bad", task="s/m", **keys)
            assert found.verdict == "FAIL", found.message
    assert (found.baseline, found.candidate) == (pytest.approx(196 / 198), pytest.approx(140 / 170))
    each = gate(
        {"rule": [{"id": "r", "kind": "slices", "metric": "f1", "by": ["label"], "margin": 0.05, "min_n": 50}]},
        "new", baseline="base", store=store, resamples=500,
    )  # fmt: skip
    assert {one.slice: str(one.verdict) for one in each.findings if one.rule == "r"} == {
        "label=bad": "FAIL",
        "label=good": "PASS",
        "label=so so": "PASS",
    }


def test_what_show_prints_a_gate_judges(store, capsys):
    """Every slice and metric of the JSON of `show`, with the same value."""
    seen = 0
    for cell in store.read_run("new").cells:
        for score in cell.scores:
            if score.slice is None:
                continue
            metric = score.metric.partition("@")[0]
            found = judged(store, kind="absolute", metric=metric, slice=score.slice, min=0, task=f"s/{cell.task}")
            assert found.candidate == pytest.approx(score.value), score.slice
            seen += 1
    assert seen == 2 + 3 * 3 + 2 * 3


def test_a_slice_or_metric_that_is_not_there(store):
    """INVALID, and the message names those there are."""
    gone = judged(store, kind="absolute", metric="recall", slice="label=bda", min=0.5, task="s/c")
    assert (gone.verdict, "is in the slice label=bda" in gone.message) == ("INVALID", True)
    score = judged(store, kind="absolute", metric="score", slice="label=bad", min=0.5, task="s/c")
    assert (score.verdict, "by label has no metric 'accuracy'" in score.message) == ("INVALID", True)
    pairing = pair(read_systems(store, ["base", "new"]), "s/c")
    with pytest.raises(NotComparable) as caught:
        slice_of(pairing, "label=bda")
    assert "label=bad" in caught.value.hint
    assert "lang=de, lang=en, label=bad" in caught.value.expected


def test_all_labels_of_a_rule_of_slices(store):
    """`by = ["label"]` judges each, corrected together; too few gold items of one are told."""
    result = gate(
        {"rule": [{"id": "r", "kind": "slices", "metric": "recall", "by": ["label"], "margin": 0.05, "task": "s/c", "min_n": 50}]},
        "new", baseline="base", store=store, resamples=500,
    )  # fmt: skip
    found = {one.slice: one.verdict for one in result.findings if one.rule == "r"}
    assert found == {"label=bad": "FAIL", "label=good": "PASS", "label=so so": "PASS"}
    small = judged(store, kind="slices", metric="recall", by=["label"], margin=0.05, task="s/c", min_n=200)
    assert (small.verdict, "label=bad 100" in small.message) == ("INVALID", True)
    types = gate(
        {"rule": [{"id": "r", "kind": "slices", "by": ["type"], "margin": 0.05, "task": "s/n", "min_n": 50}]},
        "new", baseline="base", store=store, resamples=500,
    )  # fmt: skip
    assert {one.slice: str(one.verdict) for one in types.findings if one.rule == "r"} == {
        "type=PER": "PASS",
        "type=LOC": "FAIL",
    }


def test_compare_and_select_have_them(store):
    """Where the metric is one that labels have: in compare's slices, and among those of the worst slice."""
    of_types = {
        one.slice: (one.a, one.b) for one in compare("base", "new", store=store, resamples=300, task="s/n").slices
    }
    assert of_types["type=LOC"] == (pytest.approx(190 / 195), pytest.approx(0.75))
    found = select(["base", "new"], store=store, maximize="s/n:worst_slice", resamples=300)
    values = {one.model: one.values["s/n:worst_slice"] for one in found.candidates}
    assert values == {"base:m": pytest.approx(190 / 195), "new:m": pytest.approx(0.75)}
    assert any("type=LOC" in flag for flag in found.flags)


def test_one_function_says_what_is_in_a_slice(store, capsys):
    """A value that lists several is several slices, in scores, gates and the worst examples alike."""
    task = card(slice_separator=";")
    record = classified(1)[1]
    assert slices_in(record.slices, task) == ("lang=en", "lang=de")
    assert is_in(record, task, "lang=de")
    assert is_in(classified(1)[0], task, "label=bad")
    assert is_in(classified(1)[0], task, "label=good"), "called so"
    assert not is_in(classified(1)[2], task, "label=good")
    assert is_in(tagged(0)[0], card(Kind.TAG), "type=LOC")
    for slice, wrong in (("lang=de", 20), ("label=bad", 40), ("type=LOC", 40)):
        name = "s/n" if slice.startswith("type") else "s/c"
        assert (
            call(["show", "new", "--store", str(store.root), "--task", name, "--slice", slice, "--worst", "100"]) == 0
        )
        assert sum(line.startswith("t/") for line in capsys.readouterr().out.splitlines()) == wrong
