"""Entities of tags: the modes told apart, every word and sentence scored, types and boundaries taken apart."""

import pytest

from benchwright import registry
from benchwright.alarm import sentences
from benchwright.errors import BenchwrightError
from benchwright.metrics.columns import Columns
from benchwright.score import score_columns, score_labels
from benchwright.tags import to_iob2
from benchwright.types import Label, TaggingTask

NAMES = ("O", "B-X", "I-X", "B-Y", "I-Y")
TASK = TaggingTask(
    name="t",
    splits={},
    default_split="test",
    inputs={"words": ("words",)},
    target=("tags",),
    metrics=("entity_f1",),
    labels=tuple(Label(name=name, id=number) for number, name in enumerate(NAMES)),
)


def columns(*pairs):
    return Columns(TASK, [gold.split() for gold, _ in pairs], [said.split() for _, said in pairs])


def value(name, *pairs):
    return registry.get("metrics", name).value(columns(*pairs))


def flags(name, *pairs):
    return registry.get("metrics", name).flags(columns(*pairs))


@pytest.mark.parametrize(
    ("gold", "said", "lenient", "strict"),
    [("B-X I-X", "I-X I-X", 1.0, 0.0), ("I-X I-X", "I-X I-X", 1.0, 0.0), ("B-X B-Y", "B-X I-Y", 1.0, 2 / 3)],
)
def test_modes_differ(gold, said, lenient, strict):
    """Pitfall 9: the lenient mode opens an entity at a stray I, the strict one ignores what is illegal in IOB2."""
    assert value("entity_f1", (gold, said)) == pytest.approx(lenient)
    assert value("strict_entity_f1", (gold, said)) == pytest.approx(strict)


def test_bioes_is_scored_after_conversion():
    """Pitfall 9: B E S against B I S are the same entities, and so they are once both are written in IOB2."""
    gold, said = (" ".join(to_iob2(tags.split(), "BIOES")) for tags in ("B-X E-X S-X", "B-X I-X S-X"))

    assert value("entity_f1", (gold, said)) == 1.0


@pytest.mark.parametrize("said", ["B-X", "B-X I-X O B-Y O O", "", "B-X I-X O"])
def test_uneven_sentences_are_scored(said):
    """Pitfall 9: a sentence with too few or too many tags stays in: missing tags are O, and a flag counts it."""
    pairs = (("B-X I-X O B-Y", said), ("B-Y O", "B-Y O"))
    full = (said.split() + ["O"] * 4)[:4]

    assert value("entity_f1", *pairs) == value("entity_f1", (pairs[0][0], " ".join(full)), pairs[1])
    right = sum(a == b for a, b in zip(pairs[0][0].split(), full, strict=True))
    assert value("token_accuracy", *pairs) == pytest.approx((right + 2) / 6)
    assert flags("entity_f1", *pairs) == ("1 sentences have too few or too many tags: filled up with O, or cut",)


def test_entities_are_scored_not_words():
    """Pitfall 9: half of an entity is no entity, however many of its words are right."""
    assert value("entity_f1", ("B-X I-X I-X I-X", "B-X I-X I-X O")) == 0.0
    assert value("token_accuracy", ("B-X I-X I-X I-X", "B-X I-X I-X O")) == 0.75


def test_entities_never_cross_sentences():
    """An I at the start of a sentence continues nothing of the sentence before."""
    assert value("entity_f1", ("O B-X", "O B-X"), ("B-X O", "I-X O")) == 1.0


def test_types_and_boundaries_are_taken_apart():
    """Right boundaries with a wrong type count for boundaries; of two found, one has the right type."""
    pairs = (("B-X I-X O B-Y B-X", "B-Y I-Y O B-Y O"),)

    assert value("boundary_f1", *pairs) == pytest.approx(2 * 2 / (2 + 3))
    assert value("type_accuracy", *pairs) == 0.5
    assert value("entity_f1", *pairs) == pytest.approx(2 * 1 / (2 + 3))


def test_scores_by_type():
    """Each type has its own counts: of three X one is found as X and one as Y, which Y counts as its mistake."""
    table = columns(("B-X O B-X O B-X O B-Y", "B-X O B-Y O O O B-Y"))
    names = ("entity_precision", "entity_recall", "type_accuracy")
    found = score_labels(table, [registry.get("metrics", name) for name in names], resamples=50)
    values = {(score.slice, score.metric.partition("@")[0]): score.value for score in found}

    assert values == {
        ("type=X", "entity_precision"): 1.0,
        ("type=X", "entity_recall"): pytest.approx(1 / 3),
        ("type=X", "type_accuracy"): 0.5,
        ("type=Y", "entity_precision"): 0.5,
        ("type=Y", "entity_recall"): 1.0,
        ("type=Y", "type_accuracy"): 1.0,
    }


def test_a_type_that_is_nowhere_is_told():
    """A type in neither gold nor predictions has F1 0 by definition; one that is never predicted is named so."""
    metrics = [registry.get("metrics", "entity_f1")]
    nowhere = score_labels(columns(("B-X", "B-X")), metrics, resamples=50)[1]
    lost = score_labels(columns(("B-X B-Y", "B-X O")), metrics, resamples=50)[1]

    assert (nowhere.slice, nowhere.value) == ("type=Y", 0.0)
    assert nowhere.alarms[0].sentence == "no entity in gold nor predictions: 0 by definition"
    assert lost.alarms[0].sentence == "no entity is predicted"


def test_token_accuracy_has_no_types():
    """Asking for a metric by type that has none is an error that names those that have."""
    with pytest.raises(BenchwrightError, match="token_accuracy cannot be given for each entity type"):
        score_labels(columns(("B-X", "B-X")), [registry.get("metrics", "token_accuracy")])


def test_type_accuracy_without_a_found_entity_is_undefined():
    """No boundaries found: no value, and a flag says so."""
    score, *_ = score_columns(columns(("B-X O", "O B-X")), [registry.get("metrics", "type_accuracy")], resamples=50)

    assert score.value is None
    assert sentences(score.alarms) == ["undefined: no gold entity has its boundaries found"]


def test_documents_are_the_units():
    """Twelve sentences of four documents: the interval knows four units, and is wider than with twelve."""
    gold, said = [["B-X", "O"]] * 12, [["B-X", "O"]] * 9 + [["O", "O"]] * 3
    documents = [str(number // 3) for number in range(12)]
    metric = registry.get("metrics", "entity_f1")
    alone, _ = score_columns(Columns(TASK, gold, said), [metric], resamples=200)
    together, _ = score_columns(Columns(TASK, gold, said, None, documents), [metric], resamples=200)

    assert (together.clusters, together.method) == (4, "wilson-indirect-clustered")
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


@pytest.mark.realdata
def test_the_public_conlleval_sample(shared_data):
    """The 961 words of the conlleval sample: every number its output file prints, and 70.46 read strictly."""
    text = (shared_data / "reference_outputs/conlleval/output.txt").read_text(encoding="utf-8")
    rows = [
        [line.split()[-2:] for line in block.split("\n") if line.strip()]
        for block in text.replace("\r", "").split("\n\n")
    ]
    table = Columns(
        TASK, [[gold for gold, _ in block] for block in rows], [[said for _, said in block] for block in rows]
    )
    names = ("entity_precision", "entity_recall", "entity_f1", "token_accuracy", "strict_entity_f1")

    assert sum(map(len, table.targets)) == 961
    values = [f"{registry.get('metrics', name).value(table) * 100:.2f}" for name in names]
    assert values == ["68.83", "80.83", "74.35", "84.08", "70.46"]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "expected"),
    [("uh_ritual", "41.86"), ("spinningbytes.txt", "40.78"), ("arcada", "39.98")],
)
def test_published_wnut17_submissions(shared_data, name, expected):
    """Entity F1 of three shared-task systems on WNUT17 is what the overview paper prints, to every digit."""
    folder = shared_data / "ner/WNUT17"
    gold, said = (tags_of(path) for path in (folder / "emerging.test.annotated", folder / "submissions" / name))
    table = Columns(TASK, gold, said)

    assert sum(len(tags) != len(other) for tags, other in zip(gold, said, strict=True)) == 0
    assert f"{registry.get('metrics', 'entity_f1').value(table) * 100:.2f}" == expected


def tags_of(path):
    """The last cell of every line, sentence by sentence."""
    lines = path.read_text(encoding="utf-8").replace("\r", "").split("\n")
    found = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line.split()[-1])
        else:
            found.append([])
    return [tags for tags in found if tags]
