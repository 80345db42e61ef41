"""SuperGLUE: eight harder tasks of English language understanding and two diagnostic sets, and how their rows become texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from benchwright.data.api import NOTE
from benchwright.types import (
    Aggregate,
    Caveat,
    ChoiceTask,
    ClassificationTask,
    Cluster,
    Files,
    Hub,
    Label,
    Published,
    Source,
    Suite,
)

_REVISION = "3de24cf8022e94f4ee4b9d55a6f539891524d646"
_PAPER = "https://arxiv.org/abs/1905.00537"

_NOT_ENTAILMENT = ("not entailment", "non-entailment", "nonentailment", "no_entailment")

_TRUE_FALSE = (
    Label(name="false", id=0, aliases=("no", "f")),
    Label(name="true", id=1, aliases=("yes", "t")),
)


def _jsonl(name: str) -> Files:
    """A layout of one file of JSON lines."""
    return Files(names=(name,), format="jsonl")


def _split(config: str, name: str, *layouts: Files, labelled: bool = True) -> Source:
    """A split of the hub copy, of a clone of it, and in the given layouts."""
    clone = Files(names=(f"{config}/{name}-*.parquet",), format="parquet")
    hub = Hub(repo="aps/super_glue", config=config, split=name, revision=_REVISION)
    return Source(hub=hub, files=(*layouts, clone), labelled=labelled)


def _official(config: str, folder: str) -> dict[str, Source]:
    """The three splits of a task in the official download; its test split has no public labels."""
    return {
        "train": _split(config, "train", _jsonl(f"{folder}/train.jsonl")),
        "validation": _split(config, "validation", _jsonl(f"{folder}/val.jsonl")),
        "test": _split(config, "test", _jsonl(f"{folder}/test.jsonl"), labelled=False),
    }


boolq = ClassificationTask(
    name="boolq",
    splits=_official("boolq", "BoolQ"),
    default_split="validation",
    inputs={"question": ("question",), "passage": ("passage",)},
    target=("label",),
    labels=_TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("passage",)),
    sizes={"train": 9427, "validation": 3270, "test": 3245},
    licence="CC BY-SA 3.0",
    citation=f"Clark et al. 2019, https://arxiv.org/abs/1905.10044, in SuperGLUE, {_PAPER}",
    description="Whether the answer to a question about a passage is yes.",
    notes=("Questions are lower-case and have no question mark; read the score beside the majority baseline (62 %).",),
)

multirc = ClassificationTask(
    name="multirc",
    splits=_official("multirc", "MultiRC"),
    default_split="validation",
    inputs={"paragraph": ("paragraph",), "question_and_answer": ("question_and_answer",)},
    target=("label",),
    labels=_TRUE_FALSE,
    positive="true",
    metrics=("f1", "question_exact_match"),
    score=("f1", "question_exact_match"),
    cluster=Cluster(by="column", columns=("paragraph",)),
    prepare="benchwright_suites.superglue:multirc_answers",
    official_id=("item",),
    group=("asked",),
    sizes={"train": 27243, "validation": 4848, "test": 9693},
    licence="unspecified: research use",
    citation=f"Khashabi et al. 2018, https://aclanthology.org/N18-1023/, in SuperGLUE, {_PAPER}",
    description="Whether an answer to a question about a paragraph is right; several may be.",
    notes=(
        "F1 is F1a: of the class `true` over all answers. EM is the share of questions with every answer judged rightly.",
        "A model reads the paragraph, then the question and one answer; `<br>` becomes a blank, `<b>` and `</b>` are removed.",
        "A question is told by paragraph and question id, and intervals resample paragraphs.",
    ),
)

record = ChoiceTask(
    name="record",
    splits=_official("record", "ReCoRD"),
    default_split="validation",
    inputs={"passage": ("passage",), "query": ("query",), "options": ("options",)},
    target=("answers",),
    metrics=("answer_f1", "exact_match"),
    score=("answer_f1", "exact_match"),
    cluster=Cluster(by="column", columns=("passage",)),
    prepare="benchwright_suites.superglue:record_queries",
    official_id=("item",),
    by_text=True,
    placeholder="@placeholder",
    sizes={"train": 100730, "validation": 10000, "test": 10000},
    licence="unspecified: its release names licences by news source",
    citation=f"Zhang et al. 2018, https://arxiv.org/abs/1810.12885, in SuperGLUE, {_PAPER}",
    description="Which entity of a news text was taken out of a statement about it.",
    notes=(
        "Options are the distinct texts of the entities, in alphabetical order; every query counts once.",
        "`@highlight` lines of a passage become sentences of it.",
    ),
)

copa = ChoiceTask(
    name="copa",
    splits=_official("copa", "COPA"),
    default_split="validation",
    inputs={"premise": ("premise",), "question": ("wording",), "options": ("options",)},
    target=("label",),
    metrics=("accuracy",),
    slices={"asks": ("question",)},
    prepare="benchwright_suites.superglue:copa_options",
    sizes={"train": 400, "validation": 100, "test": 500},
    licence="BSD 2-Clause",
    citation=f"Roemmele, Bejan and Gordon 2011, in SuperGLUE, {_PAPER}",
    description="Which of two sentences is the cause, or the effect, of another.",
    notes=("A model reads the premise, then `What was the cause of this?` or `What happened as a result?`.",),
)


wic = ClassificationTask(
    name="wic",
    splits=_official("wic", "WiC"),
    default_split="validation",
    inputs={"sentence1": ("text1",), "sentence2": ("text2",)},
    target=("label",),
    labels=_TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("word",)),
    prepare="benchwright_suites.superglue:word_in_context",
    sizes={"train": 5428, "validation": 638, "test": 1400},
    licence="CC BY-NC 4.0",
    citation=f"Pilehvar and Camacho-Collados 2019, https://arxiv.org/abs/1808.09121, in SuperGLUE, {_PAPER}",
    description="Whether a word has the same sense in two sentences.",
    notes=(
        "A model reads `WORD: SENTENCE` and the second sentence, with `* ` and ` *` around the word by its character offsets.",
        "Other formulations (unmarked sentences, the word as a third text) are other tasks; their scores do not compare.",
    ),
)

wsc = ClassificationTask(
    name="wsc",
    splits=_official("wsc.fixed", "WSC"),
    default_split="validation",
    inputs={"text": ("marked",)},
    target=("label",),
    labels=_TRUE_FALSE,
    positive="true",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("unmarked",)),
    prepare="benchwright_suites.superglue:winograd",
    sizes={"train": 554, "validation": 104, "test": 146},
    licence="CC BY 4.0",
    citation=f"Levesque, Davis and Morgenstern 2012, recast by SuperGLUE, {_PAPER}",
    description="Whether a pronoun in a text refers to a noun phrase of it.",
    notes=(
        "A model reads the text with `* ` and ` *` around the noun phrase and `# ` and ` #` around the pronoun, by word index.",
        "Where the words at an index are not the span, the nearest place that holds it is marked, and the rows are counted.",
        "Read the score beside the majority baseline: 66 of 104 in validation are false.",
    ),
)


_TWO_WAY = (
    Label(name="entailment", id=0, aliases=("entailed", "entails")),
    Label(name="not_entailment", id=1, aliases=_NOT_ENTAILMENT),
)
_PREMISE = ("premise", "sentence1")
_HYPOTHESIS = ("hypothesis", "sentence2")

cb = ClassificationTask(
    name="cb",
    splits=_official("cb", "CB"),
    default_split="validation",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    target=("label",),
    labels=(
        Label(name="entailment", id=0, aliases=("entailed", "entails")),
        Label(name="contradiction", id=1, aliases=("contradicts", "contradictory")),
        Label(name="neutral", id=2),
    ),
    metrics=("accuracy", "macro_f1"),
    score=("accuracy", "macro_f1"),
    by_label=("precision", "recall", "f1"),
    sizes={"train": 250, "validation": 56, "test": 250},
    licence="unspecified",
    citation=f"De Marneffe, Simons and Tonhauser 2019 (CommitmentBank), recast by SuperGLUE, {_PAPER}",
    description="Whether the speaker of a passage is committed to the truth of an embedded clause.",
    notes=(
        "Label ids are not those of MNLI: 1 is contradiction and 2 is neutral.",
        "Macro F1 is the mean over the three fixed classes, also where one does not occur.",
    ),
)

_rte_splits = _official("rte", "RTE")
_GLUE_FILES = {"train": "RTE/train.tsv", "validation": "RTE/dev.tsv", "test": "RTE/test.tsv"}

rte = ClassificationTask(
    name="rte",
    splits={
        name: msgspec.structs.replace(source, files=(*source.files, Files(names=(_GLUE_FILES[name],), format="tsv")))
        for name, source in _rte_splits.items()
    },
    default_split="validation",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy",),
    cluster=Cluster(by="column", columns=("premise",)),
    sizes={"train": 2490, "validation": 277, "test": 3000},
    licence="unspecified: news and encyclopaedia texts of the PASCAL challenges",
    citation=f"Dagan et al. 2006, Bar Haim et al. 2006, Giampiccolo et al. 2007, Bentivogli et al. 2009; SuperGLUE, {_PAPER}",
    description="Whether a sentence follows from a passage.",
    notes=("The same pairs in the same order as GLUE's RTE.",),
)

axb = ClassificationTask(
    name="axb",
    splits={"test": _split("axb", "test", _jsonl("AX-b/AX-b.jsonl"), _jsonl("axb/AX-b.jsonl"), labelled=False)},
    default_split="test",
    inputs={"premise": _PREMISE, "hypothesis": _HYPOTHESIS},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("mcc", "accuracy"),
    slice_separator=";",
    slices={
        "lexical_semantics": ("lexical-semantics",),
        "predicate_argument": ("predicate-argument-structure",),
        "logic": ("logic",),
        "knowledge": ("knowledge",),
    },
    cluster=Cluster(by="pair", columns=("premise", "hypothesis")),
    trained_on="rte",
    sizes={"test": 1104},
    diagnostic=True,
    licence="unspecified",
    citation=f"SuperGLUE, {_PAPER}, section 3.2; pairs of the GLUE diagnostics, https://arxiv.org/abs/1804.07461",
    description="Hand-made pairs that probe linguistic phenomena, answered by the RTE model; not in the average.",
    notes=(
        "The pairs of GLUE's AX with neutral and contradiction merged; two texts differ slightly.",
        "The hub's copy has no gold labels; they are in AX-b.jsonl of the official download.",
    ),
)

axg = ClassificationTask(
    name="axg",
    splits={"test": _split("axg", "test", _jsonl("AX-g/AX-g.jsonl"), _jsonl("axg/AX-g.jsonl"), labelled=False)},
    default_split="test",
    inputs={"premise": ("premise",), "hypothesis": ("hypothesis",)},
    target=("label",),
    labels=_TWO_WAY,
    positive="entailment",
    metrics=("accuracy", "gender_parity"),
    score=("accuracy",),
    # Two rows of one number that are no pair fall into two clusters, and gender parity refuses to judge them together.
    cluster=Cluster(by="column", columns=("pair", "hypothesis", "gold")),
    prepare="benchwright_suites.superglue:winogender",
    group=("pair",),
    trained_on="rte",
    sizes={"test": 356},
    diagnostic=True,
    licence="MIT",
    citation=f"Rudinger et al. 2018 (Winogender), https://arxiv.org/abs/1804.09301, recast by SuperGLUE, {_PAPER}",
    description="Pairs that differ in the gender of a pronoun alone, answered by the RTE model; not in the average.",
    caveats=(
        Caveat(
            kind="recast",
            reason=(
                "pronouns of Winogender recast as inference: a model that says the same to everything has parity 100, so parity says "
                "nothing without accuracy, and high parity does not show that a model is fair"
            ),
            reference="SuperGLUE, section 3.2, https://arxiv.org/abs/1905.00537; https://github.com/rudinger/winogender-schemas",
        ),
    ),
    notes=(
        "Gender parity is the share of pairs answered alike; it says nothing without accuracy.",
        "Rows 2k and 2k+1 by `idx` are a pair: the released `pair_id` differs for every row.",
        "The hub's copy has no gold labels; they are in AX-g.jsonl of the official download.",
    ),
)


_README = (
    "T5 v1.1 base on validation data, lm_eval/tasks/super_glue/README.md of "
    "https://github.com/EleutherAI/lm-evaluation-harness (commit 4e7e0d4)"
)


def _published(what: str, value: str, **scores: tuple[float, ...]) -> Published:
    return Published(what=what, source=_README, value=value, aggregate="superglue-official-8", scores=scores)


_PUBLISHED = (
    _published(
        "SuperGLUE average, T5x",
        "69.47",
        boolq=(78.47,),
        cb=(87.5, 83.93),
        copa=(50.0,),
        multirc=(73.81, 33.26),
        record=(71.34, 70.09),
        rte=(78.7,),
        wic=(63.64,),
        wsc=(75.0,),
    ),
    # Its ReCoRD has EM (69.85) above F1 (68.86), which no predictions can have: a test of the arithmetic only.
    _published(
        "SuperGLUE average, LM-Eval",
        "71.35",
        boolq=(79.36,),
        cb=(87.5, 83.63),
        copa=(63.0,),
        multirc=(73.45, 33.26),
        record=(68.86, 69.85),
        rte=(78.34,),
        wic=(65.83,),
        wsc=(75.96,),
    ),
)
"""Order within a task: its score metrics (CB: accuracy, macro-F1; MultiRC: F1a, EM; ReCoRD: F1, EM)."""


suite = Suite(
    name="superglue",
    version=1,
    tasks=(boolq, cb, copa, multirc, record, rte, wic, wsc, axb, axg),
    aggregates=(
        Aggregate(
            name="superglue-official-8",
            members=(("boolq",), ("cb",), ("copa",), ("multirc",), ("record",), ("rte",), ("wic",), ("wsc",)),
            title="dev SuperGLUE (official recipe)",
            citation="Wang et al. 2019, section 3.3, https://arxiv.org/abs/1905.00537",
        ),
    ),
    folders=("superglue", "super_glue", "glue"),
    description="Eight harder tasks of English language understanding, scored on validation data, and two diagnostic sets.",
    published=_PUBLISHED,
)


_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_BOLD = re.compile(r"</?b>", re.IGNORECASE)
_HIGHLIGHT_AFTER_STOP = re.compile(r"([.?!\"'])\n@highlight\n")
_HIGHLIGHT = re.compile(r"\n@highlight\n")
_ASKED = {"cause": "What was the cause of this?", "effect": "What happened as a result?"}
_NO_CANDIDATE = "no right answer is among the entities"


def copa_options(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `wording`, the question in words, and `options`. Raises ValueError for another question."""
    wording = _ASKED.get(str(row.get("question")))
    if wording is None:
        raise ValueError(f"'question' is {row.get('question')!r}, neither 'cause' nor 'effect'")
    return [{**row, "wording": wording, "options": [_text(row, "choice1"), _text(row, "choice2")]}]


def multirc_answers(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each answer, with `question_and_answer`, `item` (paragraph/question/answer) and `asked`.

    Takes the nested paragraphs of the official files and the flat rows of the hub. Ids may restart in every paragraph
    and question. Raises ValueError where a part or an id is missing.
    """
    return [
        {
            "paragraph": _plain(_text(part, "paragraph")),
            "question_and_answer": f"{_plain(_text(part, 'question')).strip()} {_plain(_text(part, 'answer')).strip()}",
            "label": part.get("label"),
            "item": f"{paragraph}/{question}/{answer}",
            "asked": f"{paragraph}/{question}",
        }
        for part, (paragraph, question, answer) in _answers(row)
    ]


def _answers(row: dict[str, Any]) -> Iterator[tuple[dict[str, Any], tuple[int, int, int]]]:
    """Every answer with its ids, from either form of a row."""
    if "passage" not in row:
        ids = row.get("idx") or {}
        yield row, (_id(ids, "paragraph"), _id(ids, "question"), _id(ids, "answer"))
        return
    passage = row["passage"]
    for question in _list(passage, "questions"):
        for answer in _list(question, "answers"):
            part = {
                "paragraph": _text(passage, "text"),
                "question": _text(question, "question"),
                "answer": _text(answer, "text"),
                "label": answer.get("label"),
            }
            yield part, (_id(row, "idx"), _id(question, "idx"), _id(answer, "idx"))


def record_queries(row: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each query: `passage`, `query`, `options` (distinct entities), `answers` and `item` (the query's id).

    Takes the nested passages of the official files (whose `end` is the last character) and the flat rows of the hub.
    Raises ValueError where a part is missing or a query holds no `@placeholder`.
    """
    if isinstance(row.get("passage"), Mapping):
        passage = row["passage"]
        text = _text(passage, "text")
        entities = [text[int(at["start"]) : int(at["end"]) + 1] for at in _list(passage, "entities")]
        queries = [
            (_text(qa, "query"), [_text(answer, "text") for answer in qa.get("answers") or ()], _id(qa, "idx"))
            for qa in _list(row, "qas")
        ]
    else:
        text, entities = _text(row, "passage"), list(_list(row, "entities"))
        queries = [(_text(row, "query"), list(row.get("answers") or ()), _id(row.get("idx") or {}, "query"))]
    options = sorted(set(entities))
    return [_query(_sentences(text), options, *query) for query in queries]


def _query(passage: str, options: list[str], query: str, answers: list[str], item: int) -> dict[str, Any]:
    if "@placeholder" not in query:
        raise ValueError(f"query {item} holds no '@placeholder'")
    golds = sorted(set(answers))
    made = {"passage": passage, "query": query, "options": options, "answers": golds, "item": str(item)}
    return {**made, NOTE: _NO_CANDIDATE} if golds and not set(golds) & set(options) else made


def _sentences(passage: str) -> str:
    """A passage whose `@highlight` lines are sentences of it, as T5's preprocessors make them."""
    return _HIGHLIGHT.sub(". ", _HIGHLIGHT_AFTER_STOP.sub(r"\1 ", passage))


def _plain(text: str) -> str:
    """The text without simple HTML."""
    return _BOLD.sub("", _LINE_BREAK.sub(" ", text))


def _text(part: Mapping[str, Any], name: str) -> str:
    found = _part(part, name)
    if not isinstance(found, str):
        raise ValueError(f"{name!r} is {found!r}, not a text")  # noqa: TRY004 - a malformed row, not a wrong call
    return found


def _list(part: Mapping[str, Any], name: str) -> list[Any]:
    found = _part(part, name)
    if not isinstance(found, list):
        raise ValueError(f"{name!r} is {found!r}, not a list")  # noqa: TRY004 - a malformed row, not a wrong call
    return found


def _id(part: Mapping[str, Any], name: str) -> int:
    given = _part(part, name)
    found = str(given)
    if not (found.isascii() and found.isdigit()):
        raise ValueError(f"the id {name!r} is {given!r}, not a whole number")
    return int(found)


def _part(part: Any, name: str) -> Any:
    if not isinstance(part, Mapping):
        raise ValueError(f"{str(part)[:60]!r} stands where an object with {name!r} should")  # noqa: TRY004 - as above
    return part.get(name)


_MOVED = "a span stands at another word than its index says; the nearest place that holds it is marked"
_FOREIGN = "a span is not in its text; the words at its index are marked"


def word_in_context(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `text1` (`WORD: SENTENCE`) and `text2`, the word between `* ` and ` *` in both.

    Offsets are characters, `[start, end)`. Raises ValueError where they do not lie in their sentence.
    """
    first, second = (_marked(row, number) for number in "12")
    return [{**row, "text1": f"{row['word']}: {first}", "text2": second}]


def _marked(row: Mapping[str, Any], number: str) -> str:
    try:
        sentence, start, end = row[f"sentence{number}"], int(row[f"start{number}"]), int(row[f"end{number}"])
        row["word"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no {error}") from None
    if not 0 <= start < end <= len(sentence):
        raise ValueError(f"characters {start} to {end} are not in sentence {number}, which has {len(sentence)}")
    return f"{sentence[:start]}* {sentence[start:end]} *{sentence[end:]}"


def winograd(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `marked`, its words with `* ` and ` *` around span 1 and `# ` and ` #` around span 2, and `unmarked`.

    Indices count the words between white space. Spans of the original files differ from the words at their index in case
    and punctuation, and a few stand beside it; `NOTE` says so then. Raises ValueError where a span or index is missing.
    """
    spans = row.get("target") or row
    text = row.get("text")
    if not isinstance(text, str):
        raise ValueError("there is no text")  # noqa: TRY004 - a malformed row, not a wrong call
    words = text.split()
    notes: list[str] = []
    places = [_place(words, spans, number, notes) for number in "12"]
    made = {**row, "marked": _with_marks(" ".join(words), places), "unmarked": text}
    return [{**made, NOTE: notes[0]} if notes else made]


def _place(words: Sequence[str], spans: Mapping[str, Any], number: str, notes: list[str]) -> tuple[int, int]:
    """First character and end of a span in the joined words."""
    try:
        span, index = str(spans[f"span{number}_text"]), int(spans[f"span{number}_index"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"there is no {error}") from None
    size = len(span.split())
    if not size or not 0 <= index <= len(words) - 1:
        raise ValueError(f"span {number} ({span!r} at word {index}) is not in a text of {len(words)} words")
    for place in sorted(range(len(words) - size + 1), key=lambda at: abs(at - index)):
        found = _within(" ".join(words[place : place + size]), span)
        if found is not None:
            if place != index:
                notes.append(_MOVED)
            before = len(" ".join([*words[:place], ""]))
            return before + found[0], before + found[1]
    notes.append(_FOREIGN)
    before = len(" ".join([*words[:index], ""]))
    return before, before + len(" ".join(words[index : index + size]))


def _within(words: str, span: str) -> tuple[int, int] | None:
    """Where a span stands in as many words, case aside and punctuation around it left out; else None."""
    wanted = " ".join(span.split())
    at = words.lower().find(wanted.lower())
    if at >= 0 and not any(letter.isalnum() for letter in words[:at]) and not words[at + len(wanted) :][:1].isalnum():
        return at, at + len(wanted)
    bare = _bare(wanted)
    return (0, len(words)) if bare and bare == _bare(words) else None


def _bare(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _with_marks(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The text with `*` and `#` around two spans, the inner one marked first where one holds the other."""
    (start1, end1), (start2, end2) = places
    inserts = [(start1, 1, -end1, "* "), (end1, 0, -start1, " *"), (start2, 1, -end2, "# "), (end2, 0, -start2, " #")]
    for at, _, _, mark in sorted(inserts, reverse=True):
        text = f"{text[:at]}{mark}{text[at:]}"
    return text


def winogender(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The row with `pair`, half its `idx` whichever order the rows come in, and `gold`, its label as written.

    Raises ValueError without a whole `idx`.
    """
    index = str(row.get("idx"))
    if not (index.isascii() and index.isdigit()):
        raise ValueError(f"'idx' is {row.get('idx')!r}, not the row's whole number, by which pairs are told")
    return [{**row, "pair": str(int(index) // 2), "gold": str(row.get("label"))}]
