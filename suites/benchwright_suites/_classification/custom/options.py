"""What can be said about a user's own data, and what is wrong with what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from benchwright.delimited import delimiter_of
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.spelling import fold, spelling
from benchwright_suites._custom.options import METRICS, common_problems, listed

Format = Literal["csv", "tsv", "jsonl", "json", "parquet"]

OPTIONS = {
    "path": "your file (CSV, TSV, JSON lines, JSON or Parquet); needed",
    "text": "column of the text (default: text)",
    "text_pair": "column of a second text, for tasks about two",
    "label": "column of the gold label (default: label)",
    "labels": "labels in id order, separated by commas (default: those in the files, sorted)",
    "positive": "label meant by precision, recall and F1 (default: the last of two)",
    "group": "columns whose values become slices, separated by commas",
    "cluster": "column of what several rows share (author, document); intervals resample it as one",
    "train": "file of training rows, for baselines and fine-tuning",
    "multilabel": "true: a row may have several labels",
    "separator": "what stands between the labels of a row (default: | or a comma); only with multilabel=true",
    "score": "the metric that is the task's score (default: accuracy; micro_f1 with multilabel=true)",
    "metrics": METRICS,
    "name": "name of the task: classification/NAME (default: custom)",
    "format": "csv, tsv, jsonl, json or parquet (default: by suffix, else by content)",
    "delimiter": "what stands between the cells of a CSV file: ; or | or tab (default: a comma)",
    "encoding": "encoding of text files (default: utf-8)",
    "columns": "names of all columns, separated by commas, of a CSV or TSV file without a header row",
}

SELECTOR = "classification/custom?path=reviews.csv&text=review&label=stars&labels=bad,good"
_TRUE, _FALSE = ("true", "yes", "1"), ("false", "no", "0", "")


@dataclass(frozen=True, kw_only=True)
class Options:
    """Checked options; empty texts and tuples where nothing was said."""

    path: str
    text: str
    text_pair: str
    label: str
    labels: tuple[str, ...]
    positive: str
    group: tuple[str, ...]
    cluster: str
    train: str
    multilabel: bool
    separator: str
    score: str
    metrics: tuple[str, ...]
    name: str
    format: Format | None
    delimiter: str
    encoding: str
    header: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Split -> path as typed."""
        return {"test": self.path, **({"train": self.train} if self.train else {})}

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that every file must have."""
        return tuple(name for name in (self.text, self.text_pair, self.label) if name)


def read_options(given: Mapping[str, str]) -> Options:
    """The options as typed, with defaults. Raises ConfigError with everything that is wrong with them."""
    problems = list(common_problems(given, OPTIONS, task="classification/custom", selector=SELECTOR))
    multilabel = given.get("multilabel", "").strip().casefold()
    if multilabel not in (*_TRUE, *_FALSE):
        problems.append(
            BenchwrightError(
                f"multilabel={given['multilabel']}", expected="multilabel=true or false", hint="multilabel=true"
            )
        )
    options = Options(
        path=given.get("path", ""),
        text=given.get("text") or "text",
        text_pair=given.get("text_pair", ""),
        label=given.get("label") or "label",
        labels=tuple(spelling(name) or name for name in listed(given, "labels")),
        positive=given.get("positive", "").strip(),
        group=listed(given, "group"),
        cluster=given.get("cluster", ""),
        train=given.get("train", ""),
        multilabel=multilabel in _TRUE,
        separator=given.get("separator", ""),
        score=given.get("score", ""),
        metrics=listed(given, "metrics"),
        name=given.get("name") or "custom",
        format=given.get("format") or None,  # type: ignore[arg-type]  # checked below
        delimiter=delimiter_of(given.get("delimiter") or ",") or "",
        encoding=given.get("encoding") or "utf-8",
        header=listed(given, "columns"),
    )
    problems += _problems(options)
    if problems:
        raise ConfigError(problems, where="classification/custom")
    return options


def _problems(options: Options) -> list[BenchwrightError]:
    found = [*_wrong_values(options), *_wrong_labels(options)]
    used = [*options.columns, *options.group]
    twice = sorted({name for name in used if used.count(name) > 1})
    if twice:
        found.append(
            BenchwrightError(
                f"the column {twice[0]!r} is asked for twice",
                expected="a column each for text, label and groups",
                hint="name another column, or drop one of the options",
            )
        )
    if "label" in options.group:
        found.append(
            BenchwrightError(
                "a group cannot be called 'label': the scores of each label have that name",
                expected="columns of other names",
                hint="rename the column, for example `label2`",
            )
        )
    return found


def _wrong_values(options: Options) -> list[BenchwrightError]:
    found = []
    if options.format is not None and options.format not in get_args(Format):
        found.append(
            BenchwrightError(
                f"format={options.format}", expected=f"one of: {', '.join(get_args(Format))}", hint="format=csv"
            )
        )
    if not options.delimiter:
        found.append(
            BenchwrightError(
                "delimiter= is no mark that can stand between cells",
                expected="such as ; or | or tab",
                hint="delimiter=;",
            )
        )
    if options.separator and not options.multilabel:
        found.append(
            BenchwrightError(
                "a separator of labels is given, but a row has one label",
                expected="separator=... together with multilabel=true",
                hint="add &multilabel=true, or leave the separator out",
            )
        )
    if options.multilabel and options.positive:
        found.append(
            BenchwrightError(
                "a positive label has no meaning where a row may have several",
                expected="precision, recall and F1 of every label, which are always given",
                hint="leave positive=... out",
            )
        )
    return found


def _wrong_labels(options: Options) -> list[BenchwrightError]:
    names = options.labels
    if len(names) == 1:
        return [
            BenchwrightError(
                f"labels={names[0]} names one label",
                expected="two or more, separated by commas",
                hint="labels=good,bad",
            )
        ]
    alike = [name for name in names if sum(fold(name) == fold(other) for other in names) > 1]
    if alike:
        return [
            BenchwrightError(
                f"labels={','.join(names)}: {' and '.join(map(repr, alike))} are one label",
                expected="labels that differ in more than case, blanks, hyphens and underscores",
                hint="rename one of them in the file and in labels=",
            )
        ]
    if names and options.positive and fold(options.positive) not in map(fold, names):
        return [
            BenchwrightError(
                f"positive={options.positive} is not among labels={','.join(names)}",
                expected=f"one of: {', '.join(names)}",
                hint="positive=LABEL with one of these",
            )
        ]
    return []
