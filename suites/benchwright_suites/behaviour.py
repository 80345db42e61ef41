"""Behavioural tests (MFT, INV, DIR): suites of our own, and any suite of yours in the portable format."""

from __future__ import annotations

from benchwright.behaviour.card import make_card
from benchwright.types import Kind, Label, Source, Suite

_LICENCE = "Apache-2.0 (written for benchwright)"
_CITATION = "The benchwright authors, docs/design/behaviour-suites.md"
_NOTES = (
    "A demonstration of capabilities, not a sample of real text: templates written by the project (an AI model), labels read by eye.",
)
_NEUTRAL = "vocabulary/facts and negation/facts expect neutral: not applicable to a model of two classes without ?neutral=1/3..2/3."
_CASING = "Letter case is a capability of its own: read it apart from the others."
_TYPES = {"PER": "PERSON", "ORG": "ORGANIZATION", "LOC": "LOCATION", "MISC": "MISCELLANEOUS"}


def _shipped(name: str) -> dict[str, Source]:
    return {"test": Source(package=f"benchwright_suites:behaviour_data/{name}.jsonl")}


def _tags() -> tuple[Label, ...]:
    """The tags of CoNLL-2003, whose models answer: MISC is among them, though no sentence holds one."""
    tags: list[tuple[str, tuple[str, ...]]] = [("O", ())]
    tags += [(f"{prefix}-{name}", (f"{prefix}-{other}",)) for name, other in _TYPES.items() for prefix in "BI"]
    return tuple(Label(name=name, id=at, aliases=aliases) for at, (name, aliases) in enumerate(tags))


_SENTIMENT = make_card(
    kind=Kind.CLASSIFY,
    name="sentiment",
    splits=_shipped("sentiment"),
    inputs=("text",),
    labels=(
        Label(name="negative", id=0, aliases=("neg",)),
        Label(name="neutral", id=1, aliases=("neu",)),
        Label(name="positive", id=2, aliases=("pos",)),
    ),
    trained_on="starter/sentiment",
    sizes={"test": 6952},
    licence=_LICENCE,
    citation=_CITATION,
    description="36 tests of sentiment over 12 capabilities: negation, intensity, time, contrast, whose opinion, fairness, ...",
    notes=(*_NOTES, _NEUTRAL),
)

_NER = make_card(
    kind=Kind.TAG,
    name="ner",
    splits=_shipped("ner"),
    inputs=("words",),
    labels=_tags(),
    trained_on="ner/conll2003",
    sizes={"test": 3264},
    licence=_LICENCE,
    citation=_CITATION,
    description="19 tests of named entities over 11 capabilities: other and unseen names, numbers, letter case, context, lists, ...",
    notes=(*_NOTES, _CASING),
)

_QA = make_card(
    kind=Kind.SPAN,
    name="qa",
    splits=_shipped("qa"),
    inputs=("question", "context"),
    trained_on="squad/v1",
    sizes={"test": 2638},
    licence=_LICENCE,
    citation=_CITATION,
    description="19 tests of question answering over 10 capabilities: comparison, roles, negation, coreference, time, numbers, ...",
    notes=_NOTES,
)

suite = Suite(
    name="behaviour",
    version=1,
    tasks=(_SENTIMENT, _NER, _QA),
    configured="benchwright_suites._behaviour.own_suite:configure",
    description="Behavioural tests of what an average score hides: three small suites of our own, and behaviour/NAME?path=FILE.jsonl for yours.",
)
