"""Whole files in any scheme, gold and predicted, legal or not: the program's numbers are seqeval's."""

import random

import pytest

import benchwright
from benchwright.tags import entities, strict_entities

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")

LETTERS = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES", "BILOU": "BILU"}
TYPES = ("PER", "some-type", "LOC")
MICRO = {"average": "micro", "zero_division": 0}


def official_of(scheme):
    from seqeval import scheme as schemes

    return {"IOB1": schemes.IOB1, "IOB2": schemes.IOB2, "BIOES": schemes.IOBES, "BILOU": schemes.BILOU}[scheme]


def drawn(seed, scheme, types=TYPES):
    """Forty sentences of tags of a scheme, mostly not legal, and a corrupted copy of them that may know a further type."""
    dice = random.Random(seed)
    tags = ["O", "O", *(f"{letter}-{name}" for name in types for letter in LETTERS[scheme])]
    gold = [[dice.choice(tags) for _ in range(dice.randint(1, 9))] for _ in range(40)]
    gold[0][0] = f"{LETTERS[scheme][0]}-{types[0]}"
    more = [*tags, f"{LETTERS[scheme][1]}-MISC"]
    said = [[tag if dice.random() < 0.7 else dice.choice(more) for tag in sentence] for sentence in gold]
    return gold, said


def written(path, sentences):
    path.write_text("\n".join("".join(f"w{at} {tag}\n" for at, tag in enumerate(tags)) for tags in sentences))
    return path


def scored(folder, gold, said, scheme):
    """Scores over all sentences by name."""
    run = benchwright.evaluate(
        f"predictions:{written(folder / 'p.conll', said)}?scheme={scheme}",
        f"ner/custom?path={written(folder / 'g.conll', gold)}&scheme={scheme}",
        store=folder / "store",
    )
    return {score.metric.partition("@")[0]: score for score in run.cells[0].scores if score.slice is None}


@pytest.mark.parametrize("scheme", LETTERS)
@pytest.mark.parametrize("seed", [1, 2])
def test_files_score_as_seqeval_scores_them(tmp_path, scheme, seed):
    """Default and strict F1, precision, recall, and the counts beside them, malformed sequences and a new type included."""
    from seqeval import metrics as oracle
    from seqeval.metrics import f1_score
    from seqeval.scheme import Entities

    gold, said = drawn(seed, scheme)
    found = scored(tmp_path, gold, said, scheme)
    plain = [[tag.replace("L-", "E-", 1).replace("U-", "S-", 1) if scheme == "BILOU" else tag for tag in tags]
             for tags in said]  # fmt: skip
    truth = [[tag.replace("L-", "E-", 1).replace("U-", "S-", 1) if scheme == "BILOU" else tag for tag in tags]
             for tags in gold]  # fmt: skip

    assert found["entity_f1"].value == pytest.approx(oracle.f1_score(truth, plain, **MICRO))
    assert found["entity_precision"].value == pytest.approx(oracle.precision_score(truth, plain, **MICRO))
    assert found["entity_recall"].value == pytest.approx(oracle.recall_score(truth, plain, **MICRO))
    strict = f1_score(gold, said, mode="strict", scheme=official_of(scheme), **MICRO)
    assert found["strict_entity_f1"].value == pytest.approx(strict)
    legal = [sum(map(len, Entities(side, official_of(scheme)).entities)) for side in (gold, said)]
    assert [found["strict_entity_f1"].counts[name] for name in ("gold", "found")] == legal


@pytest.mark.parametrize("scheme", LETTERS)
def test_a_file_against_itself_is_right(tmp_path, scheme):
    """Whatever stands in it, gold as its own prediction scores 1 in every mode that finds an entity in it."""
    gold, _ = drawn(7, scheme)
    found = scored(tmp_path, gold, gold, scheme)
    strict = "BIOES" if scheme == "BILOU" else scheme

    assert found["entity_f1"].value == float(any(entities(tags) for tags in gold)) == 1.0
    assert found["strict_entity_f1"].value == float(any(strict_entities(tags, strict) for tags in gold))
    assert found["token_accuracy"].value == 1.0
