"""A run's test predictions as an official zip, and the check of any zip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import BenchwrightError, ConfigError, DataMissing
from benchwright.store import Store
from benchwright.submit.archive import pack
from benchwright.submit.collect import SPLIT, TaskAnswers, choose_model, collect, model_remarks
from benchwright.submit.glue import check_glue, write_glue
from benchwright.submit.official_files import FILES, SAME_MODEL
from benchwright.submit.superglue import SplitItems, check_superglue, write_superglue
from benchwright.types import Run, Suite

SUITES = tuple(FILES)


@dataclass(frozen=True, kw_only=True)
class OfficialZip:
    """A checked submission: its bytes, the rows of each file's task, and notes."""

    content: bytes
    files: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def make_zip(store: Store, run: Run, model: str, suite: str, *, sizes: Mapping[str, int] | None = None) -> OfficialZip:
    """The official files of a model's test predictions, checked by the validator.

    Args:
        store: Holds the records.
        run: Which run.
        model: Name of one of its models, or empty when it has one.
        suite: ``glue`` or ``superglue``.
        sizes: Task -> rows of its test split; default: the published sizes on the cards.

    Raises:
        ConfigError: Tasks without a whole set of test predictions, or every reason why the files would be rejected.
    """
    name = choose_model(run, model)
    rows = sizes if sizes is not None else published_sizes(suite)
    answers = collect(store, run, name, suite, tuple(rows), with_inputs=("record",))
    if suite == "glue":
        written = write_glue(answers)
        content = pack(written.files)
        problems = check_glue(content, rows)
    else:
        written = write_superglue(answers)
        content = pack(written.files)
        problems = check_superglue(content, rows, _reference(answers))
    remarks = model_remarks(answers, SAME_MODEL[suite])
    if problems:
        raise ConfigError([BenchwrightError(text) for text in problems], where=f"the {suite} submission of {name}")
    return OfficialZip(content=content, files=tuple(written.files), remarks=(*written.remarks, *remarks))


def check_zip(
    content: bytes, suite: str, *, data: Path | None = None, sizes: Mapping[str, int] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All faults of a submission zip, and what could not be checked without the test data.

    Args:
        content: Bytes of the zip.
        suite: ``glue`` or ``superglue``.
        data: Folder of benchmark files, for the ids of MultiRC and the candidates of ReCoRD.
        sizes: Task -> rows of its test split; default: the published sizes on the cards.

    Raises:
        DataError: The test files in the folder are malformed.
    """
    rows = sizes if sizes is not None else published_sizes(suite)
    if suite == "glue":
        return check_glue(content, rows), ()
    reference = SplitItems() if data is None else _reference_in(data)
    return check_superglue(content, rows, reference), reference.unchecked


def published_sizes(suite: str) -> dict[str, int]:
    """Task -> rows of its test split, for every task of a suite, in its order."""
    card: Suite = registry.get("suites", suite)
    return {task.name: task.sizes[SPLIT] for task in card.tasks}


def _reference(answers: Mapping[str, TaskAnswers]) -> SplitItems:
    queries = ((record.official_id, record.extra["inputs"]["options"]) for record in answers["record"].records)
    return SplitItems(
        answers=frozenset(record.official_id for record in answers["multirc"].records if record.official_id),
        candidates=_candidates(queries),
    )


def _reference_in(data: Path) -> SplitItems:
    """What the test files of MultiRC and ReCoRD in a folder say; nothing of those that are not there."""
    suite: Suite = registry.get("suites", "superglue")
    splits = {}
    for name in ("multirc", "record"):
        task = suite.task(name)
        assert task is not None
        try:
            dataset = load(task, SPLIT, suite=suite, folder=data, offline=True, need_targets=False)
        except DataMissing:
            continue
        splits[name] = dataset.examples
    return SplitItems(
        answers=frozenset(example.official_id for example in splits.get("multirc", ()) if example.official_id),
        candidates=_candidates(
            (example.official_id, example.inputs["options"]) for example in splits.get("record", ())
        ),
    )


def _candidates(queries: Iterable[tuple[str | None, Iterable[str]]]) -> dict[int, frozenset[str]]:
    return {int(key): frozenset(options) for key, options in queries if key is not None and key.isdigit()}
