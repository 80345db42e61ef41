"""A task from a user's own file in SQuAD's format: `squad/custom?path=FILE.json&train=FILE.json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from benchwright.answer_text import LANGUAGES, SQUAD, mlqa
from benchwright.data.api import Rows, expanded, prepared
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Custom, Files, Source, SpanTask
from benchwright_suites._custom.files import OwnFile, read_own, same_file
from benchwright_suites._custom.options import METRICS, common_problems, with_metrics
from benchwright_suites.squad import CARD

OPTIONS = {
    "path": "your file in SQuAD's format (or flat rows as JSON lines or Parquet); needed",
    "train": "file of training questions, for fine-tuning",
    "normalise": "how answers are compared: squad, or mlqa with a language (default: squad)",
    "language": f"language of the answers, for normalise=mlqa: {', '.join(LANGUAGES)}",
    "encoding": "encoding of text files (default: utf-8)",
    "metrics": METRICS,
    "name": "name of the task: squad/NAME (default: custom)",
}

SELECTOR = "squad/custom?path=dev.json&train=train.json"
_EXPECTED = "a JSON file in SQuAD's format, JSON lines or Parquet"
_SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet", ".pq": "parquet"}


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Questions without an answer in any of the files make it a task by the rules of SQuAD 2.0.

    Raises:
        ConfigError: With everything that is wrong with the options and the files.
    """
    problems = list(common_problems(given, OPTIONS, task="squad/custom", selector=SELECTOR))
    problems += _wrong_rule(given)
    if problems:
        raise ConfigError(problems, where="squad/custom")
    problems += same_file(given["path"], given.get("train", ""))
    files: dict[str, OwnFile] = {}
    rows: dict[str, Rows] = {}
    for split, path in {"test": given["path"], "train": given.get("train", "")}.items():
        if not path:
            continue
        try:
            files[split] = read_own(path, _layout(path, given), expected=_EXPECTED)
            rows[split] = prepared(files[split].rows, _card(given, files, {}))
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="squad/custom")
    task = with_metrics(_card(given, files, rows), given)
    return Custom(task=task, folders={split: own.folder for split, own in files.items()})


def _rule(given: Mapping[str, str]) -> str:
    """The rule that the options name."""
    return mlqa(given["language"].lower()) if given.get("normalise", SQUAD).lower() == "mlqa" else SQUAD


def _wrong_rule(given: Mapping[str, str]) -> Iterator[BenchwrightError]:
    """What is wrong with how answers should be compared."""
    rule, language = given.get("normalise", SQUAD).lower(), given.get("language", "").lower()
    known = ", ".join(LANGUAGES)
    if rule not in (SQUAD, "mlqa"):
        yield BenchwrightError(
            f"normalise={given['normalise']}",
            expected="squad or mlqa",
            hint="normalise=mlqa&language=de, or leave it out",
        )
    elif rule == "mlqa" and language not in LANGUAGES:
        what = (
            f"language={given['language']}, which MLQA's script does not know"
            if language
            else "normalise=mlqa without a language"
        )
        yield BenchwrightError(what, expected=f"one of: {known}", hint="normalise=mlqa&language=de")
    elif rule == SQUAD and language:
        yield BenchwrightError(
            f"language={given['language']} beside normalise=squad, which knows no languages",
            expected="normalise=mlqa with it",
            hint=f"normalise=mlqa&language={given['language']}, or leave it out",
        )


def _layout(path: str, given: Mapping[str, str]) -> Files:
    where = expanded(path)
    kind: Any = _SUFFIXES.get(where.suffix.casefold(), "json")
    key = "data" if kind == "json" else None
    return Files(names=(where.name,), format=kind, key=key, encoding=given.get("encoding") or "utf-8")


def _card(given: Mapping[str, str], files: Mapping[str, OwnFile], rows: Mapping[str, Rows]) -> SpanTask:
    impossible = sum(row["answerable"] == "no" for part in rows.values() for row in part.cells)
    layouts = {split: own.layout for split, own in files.items()}
    if rows:
        layouts["test"] = msgspec.structs.replace(layouts["test"], note="\n".join(_shared(rows)))
    return SpanTask(
        name=given.get("name") or "custom",
        splits={split: Source(files=(layout,)) for split, layout in layouts.items()},
        default_split="test",
        slices={"answerable": ("answerable",)} if impossible else {},
        unanswerable=bool(impossible),
        normalisation=_rule(given),
        licence="yours",
        citation="a file of the user's own",
        description=f"Questions of {next(iter(layouts.values())).names[0]}, by the rules of SQuAD {'2.0' if impossible else '1.1'}.",
        notes=(
            *((f"Questions without an answer, in all files: {impossible:,}.",) if impossible else ()),
            *((f"Answers are normalised by the rule {_rule(given)}.",) if _rule(given) != SQUAD else ()),
        ),
        **CARD,
    )


def _shared(rows: Mapping[str, Rows]) -> Iterator[str]:
    """A warning when paragraphs of the evaluated file were also there to learn from."""
    if "train" in rows:
        seen = {row["context"] for row in rows["train"].cells}
        shared = sum(row["context"] in seen for row in rows["test"].cells)
        if shared:
            yield f"{shared:,} of {len(rows['test'].cells):,} questions are about paragraphs of the train file"
