"""Predictions of any other system, from a file for one task or a folder of `<suite>/<task>.jsonl` files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from benchwright.data.api import delimiter_of, is_file
from benchwright.errors import DataMissing, PredictionsError
from benchwright.example_table import ExampleTable
from benchwright.prediction_table import PredictionTable
from benchwright.types import (
    ClassificationTask,
    Context,
    Example,
    Facts,
    GenerationTask,
    Kind,
    ModelRef,
    Prediction,
    SpanTask,
    TaggingTask,
    Task,
)

from ._predictions.answer_columns import WANTED, ItemPlaces, answer_table, can_be_columns, count_disagreements
from ._predictions.answers import answer, disagreement_note, disagreements
from ._predictions.cases import STORED, check_column, read_archive_answers, rows_of_cases
from ._predictions.checklist_files import CHECKLIST_FORMS, read_checklist_file
from ._predictions.conll import WordSpellings, check_sentences, read_columns
from ._predictions.file_columns import read_file_columns
from ._predictions.generated import asks_for_texts, check_some_match, choose_by_text, with_ids
from ._predictions.json import has_rows, multirc_answers, read_document, read_rows
from ._predictions.label_matching import LabelMatcher, detect_positions, label_matcher
from ._predictions.locate import locate
from ._predictions.null_threshold import null_scores, read_null_odds
from ._predictions.rows import LEADING, PredictionRow, decode, lines_of, match
from ._predictions.stereoset import has_sentence_scores, read_sentence_scores
from ._predictions.table import check_header, read_csv, read_parquet, read_tsv
from ._predictions.tags import scheme_of_file, tag_notes

FORMS = ("jsonl", "json", "tsv", "csv", "parquet", "conll", "lines", "archive", "stereoset", *CHECKLIST_FORMS)
_OF_ROWS = frozenset({"column", "id", "scheme", "words", "null_odds", "null_threshold"})
"""Options that are read row by row."""
_COUNTED = ("lines", *CHECKLIST_FORMS)
"""Forms whose rows have no ids: the row count is checked."""


class Predictions:
    """Answers read from files; ids are checked one to one against the whole split before anything runs."""

    name = "predictions"
    version = 5
    kinds = tuple(Kind)
    options: Mapping[str, str] = {
        "format": "jsonl, json, tsv, csv, parquet, conll or lines; stereoset (StereoSet's scores by sentence id); of CheckList's own files archive (of the suite, with stored results), pred_only, softmax, binary_conf, pred_and_conf or pred_and_softmax (default: told from the content, but for lines and CheckList's)",
        "column": "of behavioural tests: the field that holds a list of answers, one for each example of the row's test and case (default: a row answers one example); of questions with options: the field that holds the text of one, as a model wrote it",
        "id": "the field that names the item, or several joined by /, such as category/example_id (default: id, index or idx)",
        "delimiter": "what stands between the cells of a CSV file: ; or | or tab (default: a comma)",
        "scheme": "how the tags are written: IOB1, IOB2, BIOES (also BILOU) or IO (default: IOB2, or IO where no tag has a letter)",
        "words": "ignore: tags go by position where the file spells words otherwise; each sentence needs as many (default: refused)",
        "null_odds": "official null odds JSON beside answers to SQuAD 2.0: question id -> belief in no answer",
        "null_threshold": 'the null score above which the answer is "" (default: the answers are final)',
    }
    files = frozenset({"null_odds"})
    """Options that name files: the digest holds their content, so a cell key needs no path."""

    def __init__(self) -> None:
        self._tables: WeakKeyDictionary[Callable[[], Sequence[Example]], _Answered] = WeakKeyDictionary()
        self._lists: WeakKeyDictionary[Callable[[], Sequence[Example]], _Listed] = WeakKeyDictionary()

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts; the digest is that of the files (and of the data's own ids), notes say what is odd about the answers.

        Raises:
            DataMissing: A folder has no file for the task.
            LabelError: ``?labels=`` does not fit the labels of the task.
            PredictionsError: A file does not fit the split, or an option the task.
        """
        items = context.items()
        files = _read(model, task, context)
        table = self._table(files, items, model, task, context)
        if table is not None:
            notes = disagreement_note(*count_disagreements(table, task), task)
            return Facts(digest=_digest(files, items), kinds=self.kinds, replayed=True, notes=notes)
        try:
            answered, notes = _answers(files, items, model, task, context)
        except PredictionsError as error:
            if task.view_of and is_file(Path(model.path)):
                raise _not_of_view(files.path.name, task, context, items, error) from error
            raise
        self._keep(context, _Listed(files.digest, model, task, _in_split(answered, items)))
        return Facts(
            digest=_digest(files, items),
            kinds=self.kinds,
            replayed=True,
            notes=(*disagreements(answered, task), *notes),
        )

    def identify(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """The facts by the digests of the files alone."""
        digest = _digest(_read(model, task, context), context.items())
        return Facts(digest=digest, kinds=self.kinds, replayed=True)

    def open(self, model: ModelRef, task: Task, context: Context) -> PredictionsSession:
        """A session that looks answers up by example id."""
        items = context.items()
        files = _read(model, task, context)
        table = self._table(files, items, model, task, context)
        self._tables.pop(context.items, None)
        if table is not None:
            return PredictionsSession(table, ItemPlaces(items))
        listed = self._lists.pop(context.items, None)
        if listed is not None and (listed.digest, listed.model, listed.task) == (files.digest, model, task):
            return PredictionsSession(listed.answers, ItemPlaces(items))
        answered, _ = _answers(files, items, model, task, context)
        return PredictionsSession(
            [prediction for _, prediction in answered], ItemPlaces([item for item, _ in answered])
        )

    def _keep(self, context: Context, listed: _Listed) -> None:
        """Hold answers that were read row by row for the session of the same cell, while all that are held are not too many."""
        held = sum(len(one.answers) for one in self._lists.values())
        if listed.answers and held + len(listed.answers) <= _MOST_HELD:
            self._lists[context.items] = listed

    def _table(
        self, files: _PredictionFiles, items: Sequence[Example], model: ModelRef, task: Task, context: Context
    ) -> PredictionTable | None:
        """The answers as columns, where the file has them so; kept for the session of the same cell."""
        if not can_be_columns(task) or _OF_ROWS & set(model.options):
            return None
        matcher = label_matcher(model, task, context)
        known, digest = self._tables.get(context.items), files.digest
        if known is not None and known.digest == digest and known.matcher == matcher:
            return known.table
        form, mark = _form(files.content, task, model)
        content = read_file_columns(files.content, form, mark, WANTED)
        table = None if content is None else answer_table(content, ItemPlaces(items), matcher)
        if table is not None:
            self._tables[context.items] = _Answered(digest, matcher, table)
        return table


class _Answered(NamedTuple):
    """Answers as columns, of which file, and how its labels were meant."""

    digest: str
    matcher: LabelMatcher
    table: PredictionTable


class _Listed(NamedTuple):
    """Answers that were read row by row, in the order of the split: of which file, and how it was asked for."""

    digest: str
    model: ModelRef
    task: Task
    answers: list[Prediction]


def _in_split(answered: Sequence[tuple[Example, Prediction]], items: Sequence[Example]) -> list[Prediction]:
    """The answers in the order of the split; none where they are not one for each item."""
    by_id = {example.id: prediction for example, prediction in answered}
    ids = ItemPlaces(items).ids
    return [by_id[name] for name in ids] if len(answered) == len(ids) and by_id.keys() == set(ids) else []


_MOST_HELD = 200_000
"""Answers, of all cells that were planned, that are held until they are asked for; others are read again."""


@dataclass
class PredictionsSession:
    """The answers, and the item of each."""

    answers: Sequence[Prediction]
    items: ItemPlaces

    def predict(self, examples: Sequence[Example]) -> Sequence[Prediction]:
        """The stored predictions of the examples."""
        places = self.items.places_of(examples)
        if isinstance(self.answers, PredictionTable):
            table = self.answers.take(places)
            return table if isinstance(examples, ExampleTable) else list(table)
        return [self.answers[place] for place in places.tolist()]

    def close(self) -> None:
        """Forget the answers."""
        self.answers, self.items = (), ItemPlaces(())


def _shown(path: Path, model: ModelRef, task: Task) -> str:
    """What a file is called in messages: by its name, that of a view by its place in the folder, since its task has one of that name."""
    folder = Path(model.path)
    return (
        str(path.relative_to(folder)) if task.view_of and path != folder and path.is_relative_to(folder) else path.name
    )


def _check_variants(rows: Sequence[PredictionRow], items: Sequence[Example], name: str) -> None:
    """Raise PredictionsError unless every row names a variant by id: a number or a place would fit the file of the task too."""
    known = {example.id for example in items} | {example.official_id for example in items}
    stray = next((row for row in rows if str(row.fields.get("id")) not in known), None)
    if stray is None:
        return
    given = stray.fields.get("id")
    if given is None or "#" not in str(given):
        raise PredictionsError(
            f"{name}, line {stray.line}: {'no id' if given is None else f'the id {given!r}'}, and answers to changed inputs are matched by id alone",
            expected=f"the id of a variant in every row, such as {items[0].id}",
            hint="`Run.records` of the view has the ids",
        )
    raise PredictionsError(
        f"{name}, line {stray.line}: this run makes no variant with the id {given!r}",
        expected=f"the {len(items):,} variants of the view, from {items[0].id} to {items[-1].id}, each once",
        hint="the file was made with another --limit, --seed, data or options of the view: run as it was made, or ask `Run.records` of this view for the ids",
    )


def _not_of_view(
    name: str, task: Task, context: Context, items: Sequence[Example], error: PredictionsError
) -> DataMissing:
    """A file of answers to a task says nothing about its inputs once they are changed."""
    place = f"{context.suite}/{task.name}"
    return DataMissing(
        f"{name} does not answer the changed inputs of {place}: {error.problem}",
        expected=f"an answer for each variant by its id, {items[0].id}, in a folder as {place}.jsonl",
        hint=f"write the changed inputs with `Run.records(task={place!r})`, answer them, then predictions:FOLDER",
    )


class _PredictionFiles(NamedTuple):
    """The files of one task as they are."""

    path: Path
    content: bytes
    odds: bytes

    @property
    def digest(self) -> str:
        hashed = hashlib.sha256(self.content)
        if self.odds:
            hashed.update(hashlib.sha256(self.odds).digest())
        return hashed.hexdigest()


def _digest(files: _PredictionFiles, items: Sequence[Example]) -> str:
    """The digest of the files, and of the data's own ids where they decide which row an answer is about."""
    keys = ItemPlaces(items).keys or [None] * len(items)
    if not any(keys):
        return files.digest
    return hashlib.sha256(json.dumps([files.digest, keys]).encode()).hexdigest()


def _read(model: ModelRef, task: Task, context: Context) -> _PredictionFiles:
    path = locate(model, task, context.suite)
    return _PredictionFiles(path, _read_bytes(path), read_null_odds(model, task))


def _answers(
    files: _PredictionFiles, items: Sequence[Example], model: ModelRef, task: Task, context: Context
) -> tuple[list[tuple[Example, Prediction]], tuple[str, ...]]:
    """Each example with its prediction, and notes about how they were read."""
    items = tuple(items)  # a table of many would make each of them anew whenever it is walked
    name = _shown(files.path, model, task)
    matcher = label_matcher(model, task, context)
    content = _read_rows(
        files.content,
        items,
        name=name,
        task=task,
        form=model.options.get("format"),
        delimiter=model.options.get("delimiter"),
    )
    if task.view_of:
        _check_variants(content.rows, items, name)
    spellings = WordSpellings.of(model, task)
    if content.form == "conll" and isinstance(task, TaggingTask):
        content = content._replace(
            rows=spellings.as_in_split(zip(content.rows, items, strict=False), content.rows, name)
        )
        check_sentences(content.rows, items, name)
    content, texts = _called(content, items, model, task, name)
    if content.form in _COUNTED and len(content.rows) != len(items):
        raise PredictionsError(
            f"{name} holds {len(content.rows)} lines, the split {len(items)} rows",
            expected="one answer in each line, in the order of the split",
            hint="write an answer for every row, or give rows with `index`",
        )
    matcher = detect_positions(matcher, content.rows, name)
    if isinstance(task, TaggingTask) and matcher.scheme is None and not matcher.outputs:
        matcher = replace(matcher, scheme=scheme_of_file(content.rows))
    nulls = null_scores(model, task, files.odds, items)
    answered = []
    pairs = match(content.rows, items, name=name, task=task)
    rows = [row for row, _ in pairs] if content.form == "conll" else spellings.as_in_split(pairs, content.rows, name)
    for row, (_, example) in zip(rows, pairs, strict=True):
        prediction = choose_by_text(row, example, texts, name) if texts else answer(row, example, matcher, name)
        if nulls is not None:
            prediction = nulls.applied(prediction, example, f"{name}, line {row.line}")
        answered.append((example, prediction))
    notes = (*content.notes, *spellings.notes)
    if texts:
        notes += check_some_match([prediction for _, prediction in answered], texts, name)
    if isinstance(task, TaggingTask):
        said = bool(model.options.get("scheme"))
        notes += tag_notes([prediction for _, prediction in answered], matcher, said=said)
    return answered, notes if nulls is None else (*notes, *nulls.notes)


def _called(
    content: _Content, items: Sequence[Example], model: ModelRef, task: Task, name: str
) -> tuple[_Content, str]:
    """The rows as options say they are called and hold answers, and the field of texts of options; empty where there is none."""
    if "id" in model.options:
        content = content._replace(rows=with_ids(content.rows, model.options["id"], name))
    column = STORED if content.form == "archive" else model.options.get("column")
    if column is not None and asks_for_texts(column, task):
        return content, column
    check_column(column, task, content.form)
    if column is not None:
        content = content._replace(rows=list(rows_of_cases(content.rows, items, column, name)))
    return content, ""


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PredictionsError(
            f"cannot read {path}: {error.strerror}", hint="check the path and who may read it"
        ) from error


class _Content(NamedTuple):
    """All rows of a file, the form they had, and what is noted of it; rows of ``conll`` and ``lines`` are counted, not named."""

    form: str
    rows: list[PredictionRow]
    notes: tuple[str, ...] = ()


def _read_rows(
    content: bytes,
    items: Sequence[Example],
    *,
    name: str,
    task: Task,
    form: str | None = None,
    delimiter: str | None = None,
) -> _Content:
    """All rows of a predictions file; the split's items tell a table from answers one a line in the message alone.

    Raises:
        PredictionsError: The form is unknown, the text is not UTF-8, or a row is malformed (file and line named).
    """
    form, mark = _form_of(content, task, form, delimiter)
    if form not in FORMS:
        raise PredictionsError(
            f"unknown format {form!r} for {name}", expected=f"one of: {', '.join(FORMS)}", hint="?format=jsonl"
        )
    if not content.strip():
        raise PredictionsError(
            f"{name} is empty",
            expected=f"one prediction for every row of {task.name}",
            hint="write the predictions again; the system that made the file may have failed",
        )
    if form == "parquet":
        return _Content(form, read_parquet(content, name))
    if form == "archive":
        return _Content(form, list(read_archive_answers(content, items, name)))
    text = decode(content, name)
    if form == "lines":
        return _Content(form, list(_lines(text, name, task)))
    if form == "stereoset":
        return _Content(form, *read_sentence_scores(text, items, name))
    if form in CHECKLIST_FORMS:
        return _Content(form, list(read_checklist_file(text, form, task, name)))
    if form in ("tsv", "csv"):
        check_header(text, name, items, mark or ("\t" if form == "tsv" else ","))
    of_marks: Callable[[str, str], Iterator[PredictionRow]] = partial(read_csv, delimiter=mark or ",")
    readers: dict[str, Callable[[str, str], Iterator[PredictionRow]]] = {
        "jsonl": read_rows,
        "json": read_document,
        "tsv": read_tsv,
        "csv": of_marks,
        "conll": read_columns,
    }
    rows = readers[form](text, name)
    return _Content(form, list(multirc_answers(rows, name) if isinstance(task, ClassificationTask) else rows))


def _form(content: bytes, task: Task, model: ModelRef) -> tuple[str, str | None]:
    """The form of a model's file, and the mark between its cells where the user named one."""
    return _form_of(content, task, model.options.get("format"), model.options.get("delimiter"))


def _form_of(content: bytes, task: Task, form: str | None, delimiter: str | None) -> tuple[str, str | None]:
    mark = _delimiter(delimiter, form)
    return form or ("csv" if mark else detect(content, task)), mark


def _delimiter(given: str | None, form: str | None) -> str | None:
    """The mark that stands between cells, where the user named one."""
    if given is None:
        return None
    mark = delimiter_of(given)
    if mark is None or form not in (None, "csv"):
        what = (
            f"?delimiter={given} is no mark that can stand between cells"
            if mark is None
            else f"?delimiter= beside ?format={form}"
        )
        raise PredictionsError(what, expected="such as ; or | or tab, of a CSV file", hint="?delimiter=;")
    return mark


def detect(content: bytes, task: Task) -> str:
    """The format of a file, from its first bytes and, for JSON, whether its first line is a complete document."""
    if content[:4] == b"PAR1":
        return "parquet"
    if content[:2] == b"\x1f\x8b" and task.behaviour:
        return "archive"
    start = content[:4096].lstrip(LEADING)
    if has_sentence_scores(start, task):
        return "stereoset"
    if start[:1] in (b"[", b"{") and not (isinstance(task, TaggingTask) and _is_word(start)):
        if start.startswith(b"["):
            return "json"
        return "jsonl" if has_rows(content) else "json"
    if isinstance(task, TaggingTask):
        return "conll"
    return "tsv" if b"\t" in start.split(b"\n", 1)[0] else "csv"


def _is_word(start: bytes) -> bool:
    """Whether a bracket that opens a file is of its first word: rows of JSON go on with an object, or with a key."""
    return re.match(rb"\[\s*(\{|\]|$)|\{\s*(\"|\}|$)", start) is None


def _lines(text: str, name: str, task: Task) -> Iterator[PredictionRow]:
    """One answer a line; an empty line is the empty answer of a span or generate task, and else a mistake."""
    may_be_empty = isinstance(task, SpanTask | GenerationTask)
    for number, line in lines_of(text.removesuffix("\n")):
        if not line.strip() and not may_be_empty:
            raise PredictionsError(
                f"{name}, line {number}: empty",
                expected="one answer in every line",
                hint="write the answer in that line, or rows of JSON with `index`",
            )
        answer: Any = line.split() if isinstance(task, TaggingTask) else line
        yield PredictionRow(fields={"answer": answer}, line=number, place=number - 1)


adapter = Predictions()
