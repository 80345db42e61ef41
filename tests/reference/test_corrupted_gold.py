"""Real gold scores exactly 1.0; seeded corruptions of it score what independently written scorers say, for every metric."""

import json
import random
from collections import defaultdict

import pytest

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.score import score_labels
from benchwright.types import ChoiceTask, ClassificationTask, Label, TaggingTask

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning"),
]

SHARES = [0.0, 0.05, 0.2, 0.5]
CARD = {"splits": {}, "default_split": "test", "inputs": {"text": ("text",)}, "target": ("label",), "metrics": ()}
ENTITY_METRICS = ("entity_f1", "entity_precision", "entity_recall", "strict_entity_f1", "boundary_f1", "type_accuracy")
TAGGED = {  # lenient entities: the Spanish file has 3558 B- tags and one I- tag that opens an entity
    "WNUT17": ("ner/WNUT17/emerging.test.annotated", "\t", 1079),
    "CoNLL-2002 es": ("ner/CoNLL2002/esp.testb", " ", 3559),
    "CoNLL-2002 nl": ("ner/CoNLL2002/ned.testb", " ", 3941),
    "BC5CDR": ("ner/BC5CDR-IOB/test.tsv", "\t", 9809),
}


def value(name, columns):
    return registry.get("metrics", name).value(columns)


def sentences(path, blank):
    """Tags of each sentence: the last cell of its lines."""
    found = [[]]
    for line in path.read_text(encoding="utf-8").split("\n"):
        cells = line.rstrip("\r").split(blank)
        if not line.strip():
            found.append([])
        elif cells[0] != "-DOCSTART-":
            found[-1].append(cells[-1])
    return [tags for tags in found if tags]


def spoiled(tags, types, chance, share):
    """Entities dropped, given another type, cut, grown, or begun with I; now and then one that is not there."""
    said = list(tags)
    for at, tag in enumerate(tags):
        if chance.random() >= share:
            continue
        other = chance.choice(types)
        if tag == "O":
            said[at] = f"{chance.choice('BI')}-{other}" if chance.random() < 0.1 else "O"
        else:
            said[at] = chance.choice(["O", f"{tag[0]}-{other}", f"I-{tag[2:]}", f"B-{tag[2:]}"])
    return said


def found_by_hand(tags, strict=False):
    """(type, first, last) of the entities of IOB2 tags, by looking at each tag and the one before it."""
    spans, at = set(), 0
    while at < len(tags):
        if tags[at] == "O" or (strict and tags[at][0] == "I"):
            at += 1
            continue
        last = at
        while last + 1 < len(tags) and tags[last + 1] == f"I-{tags[at][2:]}":
            last += 1
        spans.add((tags[at][2:], at, last))
        at = last + 1
    return spans


def f1_of(right, said, gold):
    return 2 * right / (said + gold) if said + gold else 0.0


def by_hand(gold, said, strict=False, kind=None, typed=True):
    """Right, predicted and gold entities over all sentences."""
    right = predicted = there = 0
    for ours, theirs in zip(gold, said, strict=True):
        sets = [
            {span if typed else span[1:] for span in found_by_hand(tags, strict) if kind in (None, span[0])}
            for tags in (ours, theirs)
        ]
        right, there, predicted = right + len(sets[0] & sets[1]), there + len(sets[0]), predicted + len(sets[1])
    return right, predicted, there


@pytest.mark.parametrize("name", TAGGED)
@pytest.mark.parametrize("share", SHARES)
def test_entities(shared_data, name, share):
    """Every entity metric of corrupted tags, overall and by type, is that of plain loops, and of seqeval."""
    from seqeval.metrics import accuracy_score, f1_score

    file, blank, count = TAGGED[name]
    gold = sentences(shared_data / file, blank)
    types = sorted({tag[2:] for tags in gold for tag in tags if tag != "O"})
    chance = random.Random(f"{name} {share}")
    said = [spoiled(tags, types, chance, share) for tags in gold]
    labels = ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]
    task = TaggingTask(name="t", labels=tuple(Label(name=x, id=i) for i, x in enumerate(labels)), **CARD)
    table = Columns(task, gold, said)
    right, predicted, there = by_hand(gold, said)
    bounds = by_hand(gold, said, typed=False)

    assert there == count
    assert value("entity_f1", table) == pytest.approx(f1_of(right, predicted, there))
    assert value("entity_f1", table) == pytest.approx(f1_score(gold, said))
    assert value("entity_precision", table) == pytest.approx(right / predicted)
    assert value("entity_recall", table) == pytest.approx(right / there)
    assert value("strict_entity_f1", table) == pytest.approx(f1_of(*by_hand(gold, said, strict=True)))
    assert value("boundary_f1", table) == pytest.approx(f1_of(*bounds))
    assert value("type_accuracy", table) == pytest.approx(right / bounds[0])
    assert value("token_accuracy", table) == pytest.approx(accuracy_score(gold, said))
    if not share:
        assert {value(metric, table) for metric in (*ENTITY_METRICS, "token_accuracy")} == {1.0}
    for score in score_labels(table, [registry.get("metrics", "entity_f1")], resamples=20):
        assert score.value == pytest.approx(f1_of(*by_hand(gold, said, kind=score.slice.removeprefix("type="))))


def answered(name, rows, labels, positive, share):
    """Columns of (gold, unit, cluster) rows with a share of other labels."""
    chance = random.Random(f"{name} {share}")
    gold = [row[0] for row in rows]
    said = [chance.choice([x for x in labels if x != label]) if chance.random() < share else label for label in gold]
    task = ClassificationTask(
        name=name,
        labels=tuple(Label(name=label, id=number) for number, label in enumerate(labels)),
        positive=positive,
        **CARD,
    )
    return Columns(task, gold, said, None, [row[2] for row in rows], group=[row[1] for row in rows])


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


@pytest.mark.parametrize("share", SHARES)
def test_multirc(shared_data, share):
    """MultiRC's F1a is scikit-learn's over all options, its exact match the share of questions without a wrong one."""
    from sklearn.metrics import f1_score

    rows = []
    for number, row in enumerate(lines(shared_data / "superglue/MultiRC/val.jsonl")):
        for question in row["passage"]["questions"]:
            unit = f"{number}/{question['idx']}"
            rows += [("true" if answer["label"] else "false", unit, str(number)) for answer in question["answers"]]
    table = answered("MultiRC", rows, ("false", "true"), "true", share)
    wrong = {unit for (gold, unit, _), said in zip(rows, table.outputs, strict=True) if gold != said}
    units = {unit for _, unit, _ in rows}

    assert (len(rows), len(units), table.n_clusters) == (4848, 953, 83)
    assert value("f1", table) == pytest.approx(f1_score(table.targets, table.outputs, pos_label="true"))
    assert value("question_exact_match", table) == pytest.approx(1 - len(wrong) / len(units))
    if not share:
        assert value("f1", table) == value("question_exact_match", table) == 1.0


@pytest.mark.parametrize("share", SHARES)
def test_winogender_pairs(shared_data, share):
    """AX-g has 178 pairs of rows 2k and 2k + 1; parity is the share that is answered alike, beside accuracy."""
    rows = lines(shared_data / "superglue/AX-g/AX-g.jsonl")
    gold = [(row["label"], str(number // 2), str(number // 2)) for number, row in enumerate(rows)]
    table = answered("AX-g", gold, ("entailment", "not_entailment"), "entailment", share)
    pairs = defaultdict(set)
    for (_, unit, _), said in zip(gold, table.outputs, strict=True):
        pairs[unit].add(said)

    assert all(rows[2 * k]["hypothesis"] == rows[2 * k + 1]["hypothesis"] for k in range(178))
    assert value("gender_parity", table) == pytest.approx(sum(len(found) == 1 for found in pairs.values()) / 178)
    assert value("accuracy", table) == pytest.approx(
        sum(a == b for a, b in zip(table.targets, table.outputs, strict=True)) / 356
    )
    assert (value("gender_parity", table) == 1.0) == (share == 0)


@pytest.mark.parametrize("share", SHARES)
def test_cb(shared_data, share):
    """CB's macro-F1 is scikit-learn's over the three fixed classes, with and without one of them in the data."""
    from sklearn.metrics import accuracy_score, f1_score

    labels = ("entailment", "contradiction", "neutral")
    rows = [(row["label"], None, None) for row in lines(shared_data / "superglue/CB/val.jsonl")]
    for part in (rows, [row for row in rows if row[0] != "neutral"]):
        table = answered("CB", part, labels, None, share)
        expected = f1_score(table.targets, table.outputs, labels=labels, average="macro", zero_division=0)

        assert value("accuracy", table) == pytest.approx(accuracy_score(table.targets, table.outputs))
        assert value("macro_f1", table) == pytest.approx(expected)
    assert share or value("macro_f1", table) == pytest.approx(2 / 3)


@pytest.mark.parametrize("share", SHARES)
def test_copa(shared_data, share):
    """COPA's accuracy over option numbers is scikit-learn's."""
    from sklearn.metrics import accuracy_score

    chance = random.Random(f"COPA {share}")
    gold = [row["label"] for row in lines(shared_data / "superglue/COPA/val.jsonl")]
    said = [1 - label if chance.random() < share else label for label in gold]
    table = Columns(ChoiceTask(name="copa", **CARD), gold, said)

    assert value("accuracy", table) == pytest.approx(accuracy_score(gold, said))
    assert (value("accuracy", table) == 1.0) == (share == 0)
