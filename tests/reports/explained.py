"""A run with explanations, made by hand: labels, entities and answers in long texts, explained for two models."""

from __future__ import annotations

import random

from msgspec.structs import replace

from benchwright.testing.fixtures import build_task
from benchwright.types import (
    Attribution,
    CellResult,
    ExplainSpec,
    Explanation,
    ExplanationSummary,
    Faithfulness,
    FaithfulnessScore,
    Kind,
    ModelRef,
    QueryCount,
    Record,
    Run,
    RunSpec,
    Score,
    Target,
    Word,
)

MODELS = ("large", "small")
WORDS = [
    "a",
    "film",
    "that",
    "takes",
    "its",
    "time",
    "and",
    "never",
    "quite",
    "says",
    "what",
    "it",
    "means",
    "beauty",
    "astonishing",
    "performance",
    "disappointing",
    "script",
]


class Reader:
    """Records and attachments, as a store's reader gives them."""

    def __init__(self, records, attachments):
        self.records, self.attachments = records, attachments

    def __call__(self, key):
        return self.records[key]

    def without_inputs(self):
        """The same without texts."""
        bare = {key: [replace(one, extra={}) for one in rows] for key, rows in self.records.items()}
        return Reader(bare, self.attachments)

    def explanations(self, key, attachment, ids=None):
        found = self.attachments[key, attachment]
        return {id_: one for id_, one in found.items() if ids is None or id_ in ids}


def build(*, items=(50, 10, 20), lengths=(25, 20, 160), methods=("shap",), word=None, trust=(True, False), seed=0):
    """A run and its reader.

    Args:
        items: Of sentiment, of sentences with two entities each, of answers.
        lengths: Words of their texts.
        methods: That explain them.
        word: Gives a word by the generator; None: one of `WORDS`.
        trust: Whether explanations of each model are told apart from random ones.
        seed: Of everything.
    """
    dice = random.Random(seed)
    draw = word or (lambda generator: generator.choice(WORDS))
    tasks, records, attachments, cells, summaries = {}, {}, {}, [], []
    for name, make, many, length in zip(TASKS, MAKERS, items, lengths, strict=True):
        tasks[f"made/{name}"] = TASKS[name]
        rows = [make(at, length, dice, draw) for at in range(many)]
        for place, model in enumerate(MODELS):
            key = f"{model}-{name}"
            mine = [record(id_, value, dice) for id_, value, record, _, _ in rows]
            records[key] = mine
            cells.append(_cell(model, name, key))
            for method in methods:
                found = {one[0]: _explained(one, mine[at], dice, MASS[name]) for at, one in enumerate(rows)}
                attachments[key, f"{method}-0"] = found
                cells.append(_explanation_cell(model, method, name, key))
                summaries.append(_summary(model, method, name, key, found, trust[place]))
    run = Run(
        schema=1,
        name="explained",
        spec=RunSpec(models=tuple(ModelRef(name=one, adapter="made", path=one) for one in MODELS), suites=("made",)),
        cells=tuple(cells),
        aggregates=(),
        environment={},
        created="2026-11-27T12:00:00Z",
        complete=True,
        tasks=tasks,
        explanations=tuple(summaries),
    )
    return run, Reader(records, attachments)


TASKS = {
    "sentiment": build_task("sentiment", labels=("negative", "positive"), inputs={"sentence": ("sentence",)}),
    "entities": build_task(
        "entities",
        kind=Kind.TAG,
        labels=("O", "B-person", "I-person", "B-place", "I-place"),
        inputs={"words": ("words",)},
        metrics=("entity_f1",),
    ),
    "answers": build_task(
        "answers",
        kind=Kind.SPAN,
        inputs={"question": ("question",), "context": ("context",)},
        metrics=("answer_f1",),
    ),
}
MASS = {"sentiment": 0.3, "entities": 0.3, "answers": 4.0}


def _words(name, text):
    found, at = [], 0
    for word in text.split(" "):
        found.append(Word(input=name, start=at, end=at + len(word)))
        at += len(word) + 1
    return found


def _sentiment(at, length, dice, draw):
    text = " ".join(draw(dice) for _ in range(length))
    gold = dice.choice(("negative", "positive"))

    def record(id_, _, generator):
        said = gold if generator.random() < 0.8 else "negative"
        sure = 0.6 + 0.39 * generator.random()
        return Record(
            id=id_,
            target=gold,
            output=said,
            scores=(sure, 1 - sure) if said == "negative" else (1 - sure, sure),
            extra={"inputs": {"sentence": text}},
        )

    return (
        f"sentiment/{at}",
        text,
        record,
        _words("sentence", text),
        lambda one: [Target(name=one.output, label=one.output)],
    )


def _entities(at, length, dice, draw):
    words = [draw(dice) for _ in range(length)]
    tags = ["B-person", "I-person", *["O"] * (length - 3), "B-place"]

    def record(id_, _, generator):
        said = tags if generator.random() < 0.7 else ["O", *tags[1:]]
        return Record(id=id_, target=tags, output=said, extra={"inputs": {"words": words}})

    def targets(_):
        return [
            Target(name=f"person: {words[0]} {words[1]}", tags=("B-person", "I-person"), start=0, end=2),
            Target(name=f"place: {words[-1]}", tags=("B-place",), start=length - 1, end=length),
        ]

    return f"entities/{at}", words, record, [Word(input="words", start=n, end=n + 1) for n in range(length)], targets


def _answers(at, length, dice, draw):
    question = " ".join(draw(dice) for _ in range(10))
    context = " ".join(draw(dice) for _ in range(length))
    answer = context.split(" ")[length // 2]

    def record(id_, _, generator):
        said = answer if generator.random() < 0.8 else "nothing of it"
        return Record(
            id=id_,
            target={"text": [answer], "answer_start": [0]},
            output=said,
            extra={"inputs": {"question": question, "context": context}},
        )

    def targets(_):
        return [Target(name=edge, edge=edge, start=0, end=3) for edge in ("start", "end")]

    return f"answers/{at}", context, record, [*_words("question", question), *_words("context", context)], targets


MAKERS = (_sentiment, _entities, _answers)


def _explained(row, record, dice, mass):
    id_, _, _, words, targets = row
    return Explanation(
        id=id_,
        words=tuple(words),
        attributions=tuple(
            Attribution(
                target=target,
                values=tuple(dice.gauss(0, 1) ** 3 * mass / 4 for _ in words),
                full=0.9,
                base=0.5,
                faithfulness=Faithfulness(
                    comprehensiveness=0.3,
                    sufficiency=0.1,
                    tau=0.4,
                    random_comprehensiveness=0.05,
                    random_sufficiency=0.2,
                    random_tau=0.0,
                ),
            )
            for target in targets(record)
        ),
        queries=QueryCount(asked=120, computed=100, passes=3, judging=20),
    )


def _cell(model, task, key):
    score = Score(metric="score", value=0.8, low=0.7, high=0.9, n=50, method="Wilson")
    return CellResult(
        model=model, suite="made", task=task, split="validation", status="scored", key=key, score=score, scores=()
    )


def _explanation_cell(model, method, task, key):
    return CellResult(
        model=model, suite="explain", task=f"{method}@made/{task}", split="validation", status="explained", key=key
    )


def _summary(model, method, task, key, found, is_told):
    gap = (0.1, 0.4) if is_told else (-0.1, 0.2)
    return ExplanationSummary(
        model=model,
        method=method,
        base=f"made/{task}",
        split="validation",
        key=key,
        attachment=f"{method}-0",
        spec=ExplainSpec(method=method),
        ids=tuple(found),
        chosen=f"all {len(found)} items",
        items=len(found),
        failed=0,
        empty=0,
        targets=sum(len(one.attributions) for one in found.values()),
        scale="logit" if task == "answers" else "probability",
        removal="delete",
        faithfulness=(
            FaithfulnessScore(
                metric="comprehensiveness", value=0.3, random=0.05, gap=0.25, low=gap[0], high=gap[1], n=50, undefined=0
            ),
        ),
        is_distinguishable=is_told,
        queries=QueryCount(asked=6000, computed=5000, passes=90, judging=1000),
        seconds=12.0,
    )
