"""The fields of a row, turned into the answer that the task's kind asks for."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

from benchwright.errors import PredictionsError
from benchwright.tags import Read
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    EmbeddingTask,
    Example,
    FillTask,
    GenerationTask,
    LikelihoodTask,
    Prediction,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

from .conll import check_words
from .label_matching import SETS, LabelMatcher
from .rows import PredictionRow, listed, shown, whole
from .tags import FIELDS, name_tags

_Value = TypeVar("_Value", bound=Hashable)


class _RowOfExample(NamedTuple):
    """What a row answers, and how its labels are meant; ``where`` opens every message."""

    row: PredictionRow
    example: Example
    matcher: LabelMatcher
    name: str

    @property
    def where(self) -> str:
        return f"{self.name}, line {self.row.line}"

    @property
    def task(self) -> Task:
        return self.matcher.task


def answer(row: PredictionRow, example: Example, matcher: LabelMatcher, name: str) -> Prediction:
    """The prediction a row holds; a row with a non-empty ``error`` is an errored one, whatever else it holds.

    Raises:
        PredictionsError: The answer is absent, unknown, of the wrong type, not finite, of the wrong length, or given
            twice and not the same (file and line named).
    """
    asked = _RowOfExample(row, example, matcher, name)
    error = row.fields.get("error")
    if error is not None and not isinstance(error, str):
        raise PredictionsError(
            f"{asked.where}: `error` is {shown(error)}",
            expected="why there is no answer, as text",
            hint='write "error": "the reason" in that row, or leave it out',
        )
    if error and error.strip():
        return Prediction(error=_text(error, asked.where, "`error`"))
    return _READERS[type(matcher.task)](row.fields, asked)


def disagreements(answered: Sequence[tuple[Example, Prediction]], task: Task) -> tuple[str, ...]:
    """A note when answers differ from the label or option of the highest score (a tie is no difference)."""
    if not isinstance(task, ClassificationTask | ChoiceTask) or task.multilabel:
        return ()
    both = [(example, prediction) for example, prediction in answered if prediction.scores]
    names = task.label_names
    scores = (_score_of(prediction, example, task, names) for example, prediction in both)
    differing = sum(score < max(prediction.scores or ()) for score, (_, prediction) in zip(scores, both, strict=True))
    return disagreement_note(differing, len(both), task)


def disagreement_note(differing: int, both: int, task: Task) -> tuple[str, ...]:
    """The note, where some differ."""
    what = "labels" if isinstance(task, ClassificationTask) else "options"
    return (f"{differing} of {both} {what} differ from the highest score",) if differing else ()


def _score_of(prediction: Prediction, example: Example, task: Task, names: Sequence[str]) -> float:
    """The score of the answer that was given; options may share a text, and then the best of them counts."""
    scores = prediction.scores or ()
    if isinstance(task, ClassificationTask):
        return scores[names.index(prediction.output)]
    if not task.by_text:
        return scores[int(prediction.output)]
    pairs = zip(_options(example), scores, strict=True)
    return max(score for option, score in pairs if option == prediction.output)


def _classify(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    task, where = asked.task, asked.where
    unread = asked.matcher.scores(fields.get("scores"), where)
    scores = None
    if unread is not None:
        pairs = zip(asked.matcher.names, unread, strict=True)
        scores = tuple(_number(value, f"{where}: the score of {label!r}") for label, value in pairs)
    if task.multilabel:
        chosen = _one(fields, SETS, lambda given: asked.matcher.label_set(given, where), where)
        if chosen is None:
            raise PredictionsError(
                f"{where}: no `labels`",
                expected='a list such as ["a", "b"]',
                hint='add "labels": [] to a row that has none',
            )
        return Prediction(output=chosen, scores=scores)
    label = _one(fields, SETS, lambda given: asked.matcher.label(given, where), where)
    if label is None:
        label = asked.matcher.names[scores.index(max(scores))] if scores else asked.matcher.label(None, where)
    return Prediction(output=label, scores=scores)


def _regress(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    return _one_number(fields, ("value", "prediction", "score", "label", "answer"), "value", "a number", asked.where)


def _log_probability(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    return _one_number(fields, ("value", "score", "answer"), "log-probability", "a log-probability", asked.where)


def _one_number(fields: Mapping[str, Any], names: Sequence[str], what: str, expected: str, where: str) -> Prediction:
    value = _one(fields, names, lambda given: _number(given, f"{where}: the {what}"), where)
    if value is None:
        raise PredictionsError(f"{where}: no `value`", expected=expected, hint='add "value": 3.5 to that row')
    return Prediction(output=value)


def _number(given: Any, what: str) -> float:
    try:
        is_none = isinstance(given, bool) or (isinstance(given, str) and "_" in given)  # Python would read 1_0 as 10
        number = math.nan if is_none else float(given)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise PredictionsError(
            f"{what} is {shown(given)}",
            expected="a finite number",
            hint='mend that number; a row that has no answer says "error": "the reason"',
        )
    return number


def _tag(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    where = asked.where
    read = _one(fields, FIELDS, partial(_tags, asked=asked), where)
    if read is None:
        raise PredictionsError(
            f"{where}: no `tags`",
            expected="a list with one tag for each word",
            hint='add "tags": ["B-PER", "O"] to that row, one for each word',
        )
    words = next(iter(asked.example.inputs.values()))
    given = fields.get("words")
    if given is not None and not isinstance(given, list):
        raise PredictionsError(
            f"{where}: `words` is {shown(given)}",
            expected="a list of words",
            hint='write "words": ["Ada", "writes"], or leave it out',
        )
    if given is not None:
        check_words(asked.row, asked.example, asked.name)
    if len(read.tags) != len(words):
        raise PredictionsError(
            f"{where}: {len(read.tags)} tags for the {len(words)} words of {asked.example.id}",
            expected="one tag for each word",
            hint="predict a tag for each word of the benchmark file, also where the model cut the sentence short",
        )
    return Prediction(output=read.tags, extra={} if read.strict is None else {"strict": read.strict})


def _tags(given: Any, asked: _RowOfExample) -> Read:
    if not isinstance(given, list):
        raise PredictionsError(
            f"{asked.where}: the tags are {shown(given)}",
            expected="a list with one tag for each word",
            hint='write "tags": ["B-PER", "O"] in that row',
        )
    if asked.matcher.outputs:
        return Read(tuple(asked.matcher.label(tag, asked.where) for tag in given), None)
    read = name_tags(given, asked.row, asked.matcher, asked.name)
    return Read(tuple(_text(tag, asked.where, "the tag") for tag in read.tags), read.strict)


def _span(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    where, names = asked.where, ("text", "answer", "prediction_text", "prediction")
    text = _one(fields, names, lambda given: _text(given, where, "the answer"), where)
    if text is None:
        raise PredictionsError(
            f"{where}: no `text`",
            expected='the answer as text; "" says there is none',
            hint='add "text": "the answer" to that row',
        )
    null = next((fields[key] for key in ("null_score", "no_answer_probability") if fields.get(key) is not None), None)
    extra = {} if null is None else {"null_score": _number(null, f"{where}: the null score")}
    return Prediction(output=text, extra=extra)


def _options(example: Example) -> Sequence[Any]:
    """The options of a choice: its last input that is a list."""
    values = reversed(example.inputs.values())
    return next((value for value in values if isinstance(value, list | tuple)), ())


def _choose(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    scores = _option_scores(fields.get("scores"), asked)
    read = partial(_option_text if asked.task.by_text else _option_number, asked=asked)
    option = _one(fields, ("label", "prediction", "answer"), read, asked.where)
    if option is None and scores:
        best = scores.index(max(scores))
        option = _options(asked.example)[best] if asked.task.by_text else best
    return Prediction(output=read(None) if option is None else option, scores=scores)


def _option_number(given: Any, asked: _RowOfExample) -> int:
    options = _options(asked.example)
    option = whole(given)
    if option is None or (options and option >= len(options)):
        expected = f"0 to {len(options) - 1}" if options else "the 0-based number of the option"
        raise PredictionsError(
            f"{asked.where}: the option {shown(given)}", expected=expected, hint=_numbered(given, options)
        )
    return option


def _numbered(given: Any, options: Sequence[Any]) -> str:
    """What to write for an option that is given as a letter or as a text; a letter may be a text too, so none is guessed."""
    said = "write the 0-based number of the option: A (or the first) is 0"
    return f"{said}; this text is option {options.index(given)}" if options and options.count(given) == 1 else said


def _option_text(given: Any, asked: _RowOfExample) -> str:
    options = _options(asked.example)
    if not isinstance(given, str) or given not in options:
        raise PredictionsError(
            f"{asked.where}: {shown(given)} is none of the {len(options)} options of {asked.example.id}",
            expected=f"the text of one of them: {listed(options)}",
            hint="copy the option as the benchmark file has it, letter by letter",
        )
    return given


def _option_scores(given: Any, asked: _RowOfExample) -> tuple[float, ...] | None:
    if given is None:
        return None
    options = _options(asked.example)
    if not isinstance(given, list | tuple) or (options and len(given) != len(options)):
        what = f"{len(given)} of them" if isinstance(given, list | tuple) else shown(given)
        raise PredictionsError(
            f"{asked.where}: `scores` is {what}",
            expected=f"a list with a number for each of the {len(options)} options",
            hint='write "scores": [0.1, 0.9] in the order of the options, or leave it out',
        )
    return tuple(_number(value, f"{asked.where}: the score of option {at}") for at, value in enumerate(given))


def _fill(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    """The option of the highest score, the first of equal ones; or words with their scores."""
    if asked.task.top:
        return _words(fields, asked)
    scores = _option_scores(fields.get("scores"), asked)
    if scores is None:
        raise PredictionsError(
            f"{asked.where}: no `scores`",
            expected="a log-probability for each option: which one is preferred does not say by how much, or whether it is a tie",
            hint='add "scores": [-12.5, -13.1] to that row, in the order of the options',
        )
    best = scores.index(max(scores))
    said = _one(fields, ("label", "prediction", "answer"), partial(_option_number, asked=asked), asked.where)
    if said is not None and said != best:
        raise PredictionsError(
            f"{asked.where}: option {said} is given, and option {best} has the highest score",
            expected="the option of the highest score, the first of equal ones",
            hint="leave the option out of that row, or mend its scores",
        )
    return Prediction(output=best, scores=scores)


def _words(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    where, top = asked.where, asked.task.top
    words = fields.get("words")
    if not isinstance(words, list) or len(words) != top:
        raise PredictionsError(
            f"{where}: `words` is {f'{len(words)} of them' if isinstance(words, list) else shown(words)}",
            expected=f"a list of the {top} most probable words, most probable first",
            hint='write "words": ["nurse", "doctor"] in that row',
        )
    scores = fields.get("scores")
    if scores is not None and (not isinstance(scores, list) or len(scores) != top):
        raise PredictionsError(
            f"{where}: `scores` is {f'{len(scores)} of them' if isinstance(scores, list) else shown(scores)}",
            expected=f"a log-probability for each of the {top} words",
            hint='write "scores": [-0.5, -1.2] in the order of the words, or leave it out',
        )
    return Prediction(
        output=tuple(_text(word, where, "a word") for word in words),
        scores=None
        if scores is None
        else tuple(_number(one, f"{where}: the score of word {at}") for at, one in enumerate(scores)),
    )


def _generate(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    where = asked.where
    text = _one(fields, ("text", "answer", "prediction"), lambda given: _text(given, where, "the text"), where)
    if text is None:
        raise PredictionsError(
            f"{where}: no `text`", expected="the generated text", hint='add "text": "what was generated" to that row'
        )
    return Prediction(output=text)


def _text(given: Any, where: str, what: str) -> str:
    if not isinstance(given, str):
        raise PredictionsError(
            f"{where}: {what} is {shown(given)}", expected="text", hint="write the text of that row in double quotes"
        )
    try:
        given.encode()
    except UnicodeEncodeError as error:
        raise PredictionsError(
            f"{where}: {what} holds half a character ({shown(given)})",
            hint="write the predictions again with json.dumps(rows) and encoding='utf-8'",
        ) from error
    return given


def _embed(fields: Mapping[str, Any], asked: _RowOfExample) -> Prediction:
    where = asked.where

    def read(given: Any) -> tuple[float, ...]:
        if not isinstance(given, list) or not given:
            raise PredictionsError(
                f"{where}: no `vector`", expected="a list of numbers", hint='add "vector": [0.1, 0.2] to that row'
            )
        return tuple(_number(value, f"{where}: the vector") for value in given)

    vector = _one(fields, ("vector", "embedding", "answer"), read, where)
    return Prediction(output=read(None) if vector is None else vector)


def _one(fields: Mapping[str, Any], names: Sequence[str], read: Callable[[Any], _Value], where: str) -> _Value | None:
    """The one answer that the named fields give together; None where there is none."""
    found = {name: read(fields[name]) for name in names if fields.get(name) is not None}
    if len(set(found.values())) > 1:
        raise PredictionsError(
            f"{where}: {' and '.join(f'`{name}` {shown(_bare(value))}' for name, value in found.items())} disagree",
            expected="one answer in a row",
            hint="leave out the field that is not the prediction (is it the gold label?)",
        )
    return next(iter(found.values()), None)


def _bare(value: object) -> object:
    return value.tags if isinstance(value, Read) else value


_Reader = Callable[[Mapping[str, Any], _RowOfExample], Prediction]
_READERS: dict[type[Task], _Reader] = {
    ClassificationTask: _classify,
    RegressionTask: _regress,
    TaggingTask: _tag,
    SpanTask: _span,
    ChoiceTask: _choose,
    FillTask: _fill,
    LikelihoodTask: _log_probability,
    GenerationTask: _generate,
    EmbeddingTask: _embed,
}
