"""What can be said about a user's own tagged sentences, and what is wrong with what was said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.tags import SCHEMES, Scheme
from benchwright_suites._custom.options import METRICS, common_problems, listed

OPTIONS = {
    "path": "your file (CoNLL columns, JSON lines or Parquet); needed",
    "columns": "names of the columns, first to last, with `word` and `tag` among them (default: word first, tag last)",
    "scheme": "how tags are written: IOB1, IOB2, BIOES, which includes BILOU, or IO (default: IOB2, or IO where no tag has a letter)",
    "labels": "tags in the order of their numbers, by comma, for files that hold numbers",
    "types": "all types of entities, by comma (default: those of the files)",
    "train": "file of training sentences, for baselines and fine-tuning",
    "documents": "column that says which document a sentence belongs to (default: -DOCSTART- lines, where there are any)",
    "encoding": "encoding of text files (default: utf-8)",
    "metrics": METRICS,
    "name": "name of the task: ner/NAME (default: custom)",
}

SELECTOR = "ner/custom?path=test.conll&columns=word,pos,tag&scheme=IOB2&train=train.conll"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Checked options; empty texts and tuples where nothing was said; ``said``: whether the scheme was."""

    path: str
    columns: tuple[str, ...]
    scheme: Scheme
    said: bool
    labels: tuple[str, ...]
    types: tuple[str, ...]
    train: str
    documents: str
    encoding: str
    name: str

    @property
    def files(self) -> dict[str, str]:
        """Split -> path as typed."""
        return {"test": self.path, **({"train": self.train} if self.train else {})}


def read_options(given: Mapping[str, str]) -> Options:
    """The options as typed, with defaults. Raises ConfigError with everything that is wrong with them."""
    problems = list(common_problems(given, OPTIONS, task="ner/custom", selector=SELECTOR))
    columns = listed(given, "columns")
    problems += _wrong_columns(columns, given.get("documents", ""))
    said = given.get("scheme", "").strip().upper()
    scheme = SCHEMES.get(said or "IOB2")
    if scheme is None:
        problems.append(
            BenchwrightError(f"scheme={given['scheme']}", expected=f"one of: {', '.join(SCHEMES)}", hint="scheme=IOB2")
        )
    types = listed(given, "types")
    if len(set(types)) < len(types):
        problems.append(
            BenchwrightError(
                f"types={','.join(types)} names a type twice", expected="each type once", hint="types=PER,LOC"
            )
        )
    if problems:
        raise ConfigError(problems, where="ner/custom")
    return Options(
        path=given["path"],
        columns=columns,
        scheme=scheme or "IOB2",
        said=bool(said),
        labels=listed(given, "labels"),
        types=listed(given, "types"),
        train=given.get("train", ""),
        documents=given.get("documents", ""),
        encoding=given.get("encoding") or "utf-8",
        name=given.get("name") or "custom",
    )


def _wrong_columns(columns: tuple[str, ...], documents: str) -> list[BenchwrightError]:
    if not columns:
        return []
    shown = f"columns={','.join(columns)}"
    lacking = [name for name in ("word", "tag") if name not in columns]
    if lacking:
        return [
            BenchwrightError(
                f"{shown} names no {' and no '.join(map(repr, lacking))}",
                expected="the columns of the file, first to last, with `word` and `tag` among them",
                hint="for example columns=word,pos,tag",
            )
        ]
    if len(set(columns)) < len(columns):
        return [
            BenchwrightError(
                f"{shown} names a column twice",
                expected="a name of its own for every column",
                hint="columns=word,pos,tag",
            )
        ]
    if documents in ("word", "tag") or (documents and documents not in columns):
        return [
            BenchwrightError(
                f"documents={documents} is no column of {shown}",
                expected=f"one of: {', '.join(columns)}",
                hint="documents=COLUMN with one of these",
            )
        ]
    return []
