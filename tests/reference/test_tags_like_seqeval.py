"""Entity metrics equal seqeval's: default and strict mode, every scheme, malformed sequences, several sentences, types."""

from functools import partial

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchwright import registry
from benchwright.metrics.columns import Columns
from benchwright.metrics.entity_spans import TagSequences
from benchwright.score import score_labels
from benchwright.tags import Entity, entities, read_tags, strict_entities, to_iob2
from benchwright.types import Label, TaggingTask

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")

TYPES = ("PER", "LOC", "A-B")
PREFIXES = {"IOB1": "BI", "IOB2": "BI", "BIOES": "BIES"}
NAMES = ("O", *(f"{prefix}-{name}" for name in TYPES for prefix in "BI"))
TASK = TaggingTask(
    name="t",
    splits={},
    default_split="test",
    inputs={"words": ("words",)},
    target=("tags",),
    metrics=("entity_f1",),
    labels=tuple(Label(name=name, id=number) for number, name in enumerate(NAMES)),
)
MICRO = {"average": "micro", "zero_division": 0}
ALL = settings(max_examples=150, deadline=None)


def value(name, gold, said):
    return registry.get("metrics", name).value(Columns(TASK, gold, said))


def official_of(scheme):
    from seqeval import scheme as schemes

    return {"IOB1": schemes.IOB1, "IOB2": schemes.IOB2, "BIOES": schemes.IOBES}[scheme]


def value_read(name, gold, said, scheme):
    """The metric over tags as they are read from that scheme."""
    gold, said = ([read_tags(tags, scheme) for tags in side] for side in (gold, said))
    legal = [(one.strict, other.strict) for one, other in zip(gold, said, strict=True)]
    table = Columns(TASK, [one.tags for one in gold], [one.tags for one in said], strict=legal)
    return registry.get("metrics", name).value(table)


def any_tags(scheme):
    return st.sampled_from(["O", *(f"{prefix}-{name}" for name in TYPES for prefix in PREFIXES[scheme])])


@st.composite
def answered(draw, schemes=tuple(PREFIXES)):
    """A scheme and sentences of (gold, predicted) tags, legal or not; predictions stay close to gold half of the time."""
    scheme = draw(st.sampled_from(schemes))
    gold = draw(st.lists(st.lists(any_tags(scheme), min_size=1, max_size=8), min_size=1, max_size=4))
    keep = draw(st.sampled_from([0, 70, 95]))
    said = [[tag if draw(st.integers(0, 99)) < keep else draw(any_tags(scheme)) for tag in tags] for tags in gold]
    return scheme, gold, said


@st.composite
def legal(draw):
    """Sentences as lists of (type or None, length), for gold and predictions, with as many words in both."""
    sizes = draw(st.lists(st.integers(1, 10), min_size=1, max_size=3))

    def one(words):
        pieces = []
        while words:
            size = draw(st.integers(1, min(3, words)))
            pieces.append((draw(st.sampled_from([None, *TYPES])), size))
            words -= size
        return pieces

    return [one(size) for size in sizes], [one(size) for size in sizes]


def written(pieces, scheme):
    """Those pieces in a scheme; IOB1 marks the first word only where an entity of the same type ends right before."""
    tags, before = [], None
    for name, size in pieces:
        for at in range(size):
            if name is None:
                tags.append("O")
                continue
            prefix = {
                "IOB1": "B" if at == 0 and before == name else "I",
                "IOB2": "B" if at == 0 else "I",
                "BIOES": "S" if size == 1 else "B" if at == 0 else "E" if at == size - 1 else "I",
            }[scheme]
            tags.append(f"{prefix}-{name}")
        before = name
    return tags


@ALL
@given(answered())
def test_default_mode_in_every_scheme(drawn):
    """Precision, recall and F1 of tags turned into IOB2 are those of seqeval's default mode on the tags as written."""
    from seqeval import metrics as oracle

    scheme, gold, said = drawn
    ours = [[to_iob2(tags, scheme) for tags in side] for side in (gold, said)]

    assert value("entity_precision", *ours) == pytest.approx(oracle.precision_score(gold, said, **MICRO))
    assert value("entity_recall", *ours) == pytest.approx(oracle.recall_score(gold, said, **MICRO))
    assert value("entity_f1", *ours) == pytest.approx(oracle.f1_score(gold, said, **MICRO))


@ALL
@given(answered(("IOB2",)))
def test_token_accuracy(drawn):
    """Token accuracy is seqeval's accuracy_score."""
    from seqeval.metrics import accuracy_score

    _, gold, said = drawn

    assert value("token_accuracy", gold, said) == pytest.approx(accuracy_score(gold, said))


@ALL
@given(answered(("IOB2",)))
def test_strict_mode(drawn):
    """Strict F1 is that of seqeval's strict mode with its scheme IOB2, malformed sequences included."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import IOB2

    _, gold, said = drawn

    assert value("strict_entity_f1", gold, said) == pytest.approx(
        f1_score(gold, said, mode="strict", scheme=IOB2, **MICRO)
    )


@ALL
@given(answered())
def test_strict_mode_in_every_scheme(drawn):
    """Strict F1 is that of seqeval's strict mode on the tags as written, in the scheme they are written in, legal or not."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import Entities

    scheme, gold, said = drawn
    official = official_of(scheme)
    found = [[(one.tag, one.start, one.end) for one in sentence] for sentence in Entities(said, official).entities]

    assert [[tuple(one) for one in strict_entities(tags, scheme)] for tags in said] == found
    assert value_read("strict_entity_f1", gold, said, scheme) == pytest.approx(
        f1_score(gold, said, mode="strict", scheme=official, **MICRO)
    )


@ALL
@given(answered(("BIOES",)))
def test_bilou_is_bioes_in_other_letters(drawn):
    """Tags in BILOU have the strict F1 of seqeval's BILOU, and are read as the same tags in BIOES."""
    from seqeval.metrics import f1_score
    from seqeval.scheme import BILOU

    spelled = str.maketrans("ES", "LU")
    gold, said = ([[tag[0].translate(spelled) + tag[1:] for tag in tags] for tags in side] for side in drawn[1:])

    assert value_read("strict_entity_f1", gold, said, "BIOES") == pytest.approx(
        f1_score(gold, said, mode="strict", scheme=BILOU, **MICRO)
    )


@ALL
@given(answered())
def test_gold_against_itself(drawn):
    """Legal or not, gold as its own prediction is right wherever there is an entity."""
    scheme, gold, _ = drawn
    for name, found in (("entity_f1", entities), ("strict_entity_f1", partial(strict_entities, scheme=scheme))):
        assert value_read(name, gold, gold, scheme) == float(any(found(tags) for tags in gold))


@pytest.mark.parametrize(
    ("scheme", "gold", "said", "lenient", "strict"),
    [
        ("BIOES", "S-X O B-Y E-Y", "B-X O I-Y E-Y", 1.0, 0.0),
        ("BIOES", "B-X E-X S-Y", "B-X I-X S-Y", 1.0, 2 / 3),
        ("BIOES", "B-X I-X E-X", "B-X I-X I-X", 1.0, 0.0),
        ("BIOES", "S-X S-X", "S-X E-X", 1.0, 2 / 3),
        ("IOB1", "I-X B-X O", "I-X B-X O", 1.0, 1.0),
        ("IOB1", "I-X I-X O", "B-X I-X O", 1.0, 0.0),
        ("IOB1", "I-X O I-Y", "I-X O B-Y", 1.0, 2 / 3),
        ("IOB2", "B-X I-X O", "I-X I-X O", 1.0, 0.0),
    ],
)
def test_schemes_by_hand(scheme, gold, said, lenient, strict):
    """Hand-made values: what is illegal in a scheme counts for nothing in the strict mode of that scheme alone."""
    assert value_read("entity_f1", [gold.split()], [said.split()], scheme) == pytest.approx(lenient)
    assert value_read("strict_entity_f1", [gold.split()], [said.split()], scheme) == pytest.approx(strict)


@ALL
@given(legal(), st.sampled_from(sorted(PREFIXES)))
def test_strict_mode_of_legal_tags_is_the_same_in_every_scheme(drawn, scheme):
    """Tags that are legal in their scheme have the strict F1 that seqeval finds with that scheme."""
    from seqeval.metrics import f1_score

    gold, said = ([written(pieces, scheme) for pieces in side] for side in drawn)
    official = official_of(scheme)
    ours = [[to_iob2(tags, scheme) for tags in side] for side in (gold, said)]

    expected = f1_score(gold, said, mode="strict", scheme=official, **MICRO)
    assert value("strict_entity_f1", *ours) == value("entity_f1", *ours) == pytest.approx(expected)


@ALL
@given(answered(("IOB2",)))
def test_every_type(drawn):
    """Precision, recall and F1 of each type, lenient and strict, are those of seqeval's reports."""
    from seqeval.metrics import classification_report
    from seqeval.scheme import IOB2

    _, gold, said = drawn
    names = ("entity_precision", "entity_recall", "entity_f1", "strict_entity_f1")
    metrics = [registry.get("metrics", name) for name in names]
    found = {
        (score.slice, score.metric): score.value
        for score in score_labels(Columns(TASK, gold, said), metrics, resamples=20)
    }
    assume(any(strict_entities(tags) for tags in gold + said))  # seqeval averages nothing otherwise, with a warning
    lenient = classification_report(gold, said, output_dict=True, zero_division=0)
    strict = classification_report(gold, said, output_dict=True, zero_division=0, mode="strict", scheme=IOB2)

    for kind in TYPES:
        of_kind, strictly = lenient.get(kind, {}), strict.get(kind, {})
        assert found[f"type={kind}", "entity_precision@1"] == pytest.approx(of_kind.get("precision", 0.0))
        assert found[f"type={kind}", "entity_recall@1"] == pytest.approx(of_kind.get("recall", 0.0))
        assert found[f"type={kind}", "entity_f1@1"] == pytest.approx(of_kind.get("f1-score", 0.0))
        assert found[f"type={kind}", "strict_entity_f1@2"] == pytest.approx(strictly.get("f1-score", 0.0))


@ALL
@given(answered())
def test_boundaries_and_types_apart(drawn):
    """Boundary F1 is seqeval's with one type for all, type accuracy counts pairs of entities in a plain loop."""
    from seqeval.metrics import f1_score

    scheme, gold, said = drawn
    gold, said = ([to_iob2(tags, scheme) for tags in side] for side in (gold, said))
    same = [
        [["O" if tag == "O" else tag[:2] + "X" for tag in legal_tags(tags)] for tags in side] for side in (gold, said)
    ]
    pairs = [
        (mine.type, theirs.type)
        for ours, others in zip(gold, said, strict=True)
        for mine in entities(ours)
        for theirs in entities(others)
        if (mine.start, mine.end) == (theirs.start, theirs.end)
    ]

    assert value("boundary_f1", gold, said) == pytest.approx(f1_score(*same, **MICRO))
    if pairs:
        assert value("type_accuracy", gold, said) == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))


def legal_tags(tags):
    """The same entities, each beginning with B."""
    found = ["O"] * len(tags)
    for entity in entities(tags):
        found[entity.start : entity.end] = [f"B-{entity.type}"] + [f"I-{entity.type}"] * (entity.end - entity.start - 1)
    return found


@ALL
@given(st.lists(st.lists(any_tags("BIOES") | st.sampled_from(["I", "L-PER", "U-LOC", "B-"]), max_size=8), max_size=4))
def test_arrays_find_what_the_loops_find(sentences):
    """Entities found in arrays over all sentences are those that the definitions find sentence by sentence."""
    kinds = {"": 0}
    tagged, names, offset = TagSequences.of(sentences, kinds), list(kinds), 0
    expected = {"lenient": [], "strict": []}
    for tags in sentences:
        for mode, find in (("lenient", entities), ("strict", strict_entities)):
            expected[mode] += [Entity(found.type, found.start + offset, found.end + offset) for found in find(tags)]
        offset += len(tags) + 1

    for mode, spans in (("lenient", tagged.lenient()), ("strict", tagged.strict())):
        kinds_found = [names[kind] for kind in spans.kind]
        assert list(zip(kinds_found, spans.start, spans.end, strict=True)) == expected[mode]
