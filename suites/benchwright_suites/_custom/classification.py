"""A task from a user's own files: `classification/custom?path=...&text=...&label=...`."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.labels import canonical
from benchwright.types import ClassificationTask, Cluster, Custom, Files, Label, Source
from benchwright_suites._custom.files import same_file
from benchwright_suites._custom.label_cells import reads_vectors
from benchwright_suites._custom.label_names import name_labels, reading_notes, unseen_in_training
from benchwright_suites._custom.options import with_metrics
from benchwright_suites._custom.own_tables import OwnTable, TableOptions, read_options, read_table


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Args:
        given: Options as typed; `options.OPTIONS` says what each means.

    Raises:
        ConfigError: With everything that is wrong with the options and the files: unknown options, absent files or
            columns, labels that are unknown, too few or not told apart (the row is named).
    """
    options = read_options(given)
    problems: list[BenchwrightError] = list(same_file(options.path, options.train))
    tables: dict[str, OwnTable] = {}
    for split, path in options.files.items():
        try:
            tables[split] = read_table(options, split, path)
        except ConfigError as error:
            problems.extend(error.problems)
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="classification/custom")
    return Custom(
        task=with_metrics(make_card(options, tables), given),
        folders={split: table.folder for split, table in tables.items()},
    )


_RANKED = ("roc_auc", "average_precision")


def make_card(options: TableOptions, tables: Mapping[str, OwnTable]) -> ClassificationTask:
    """The card; its files are called by name alone.

    Raises:
        ConfigError: The labels cannot be told, the positive label or the score is none of the task's, or both splits are
            one file.
    """
    try:
        labels = name_labels(options, tables)
    except BenchwrightError as error:
        raise ConfigError([error], where="classification/custom") from error
    positive = _positive(options, labels)
    test = tables["test"]
    metrics = _metrics(options, positive)
    read = reading_notes(options, tables, labels)
    told = (
        unseen_in_training(options, tables, labels),
        *(text for text in read if not text.startswith("Label")),
    )
    note = "\n".join(filter(None, told))
    if options.score and options.score not in (*metrics, *options.metrics):
        raise BenchwrightError(
            f"score={options.score} is no metric of this task",
            expected=f"one of: {', '.join(metrics)}",
            hint=f"metrics={options.score}&score={options.score} for any other that `benchwright list metrics` shows",
        )
    notes = [f"Precision, recall and F1 are those of {positive!r}."] if positive else []
    notes.extend(read)
    return ClassificationTask(
        name=options.name,
        splits={split: Source(files=(_layout(options, split, tables, note),)) for split in tables},
        default_split="test",
        inputs=_inputs(options, test),
        target=(test.names[options.label], *_other_spelling(options, tables)),
        labels=labels,
        positive=positive,
        taken=_taken(options, positive),
        multilabel=options.multilabel,
        separator=options.separator or None,
        vectors=any(reads_vectors(options, table, labels) for table in tables.values()),
        metrics=metrics,
        score=(options.score or metrics[0],),
        by_label=("precision", "recall", "f1"),
        slices={name: (test.names[name],) for name in options.slices},
        slice_separator=options.slice_separator,
        identities=options.identities,
        membership=options.membership,
        cluster=Cluster(by="column", columns=(test.names[options.cluster],)) if options.cluster else None,
        rationale=(test.names[options.rationale],) if options.rationale else (),
        licence="yours",
        citation="a file of the user's own",
        description=f"Rows of {test.layout.names[0]}: which of {len(labels)} labels?",
        notes=tuple(notes),
    )


def _inputs(options: TableOptions, test: OwnTable) -> dict[str, tuple[str, ...]]:
    inputs: dict[str, tuple[str, ...]] = {"text": (test.names[options.text],)}
    if options.text_pair:
        inputs["text_pair"] = (test.names[options.text_pair],)
    return inputs


def _other_spelling(options: TableOptions, tables: Mapping[str, OwnTable]) -> tuple[str, ...]:
    here = tables["test"].names[options.label]
    return tuple({table.names[options.label] for table in tables.values()} - {here})


def _positive(options: TableOptions, labels: tuple[Label, ...]) -> str | None:
    if options.multilabel:
        return None
    if options.positive:
        found = canonical(options.positive, labels)
        if found is None:
            names = ", ".join(label.name for label in labels)
            raise BenchwrightError(
                f"positive={options.positive} is no label of the task",
                expected=f"one of: {names}",
                hint="positive=LABEL with one of these",
            )
        return found
    return labels[-1].name if len(labels) == 2 else None


def _taken(options: TableOptions, positive: str | None) -> str:
    """Which label was taken as the positive one, and why, where nobody said it."""
    if positive is None or options.positive:
        return ""
    order = "labels=" if options.labels else "the two in sorted order"
    return f"precision, recall and f1 are those of {positive!r}, the last of {order}: positive= names another"


def _metrics(options: TableOptions, positive: str | None) -> tuple[str, ...]:
    """Names of the metrics, the leading one first."""
    over_labels = ("macro_f1", "micro_f1", "macro_precision", "macro_recall", "micro_precision", "micro_recall")
    if options.multilabel:
        return ("micro_f1", "macro_f1", "accuracy", *over_labels[2:], *_RANKED)
    of_one = ("precision", "recall", "f1") if positive else ()
    return ("accuracy", "balanced_accuracy", *over_labels[:4], *of_one, "mcc", *_RANKED)


def _layout(options: TableOptions, split: str, tables: Mapping[str, OwnTable], note: str) -> Files:
    table = tables[split]
    if split == "test":
        notes = [text for text in (note, _shared_texts(options, tables)) if text]
        return msgspec.structs.replace(table.layout, note="\n".join(notes))
    cluster = tables["test"].names.get(options.cluster, "")
    if options.cluster and cluster not in table.rows.columns:
        # Training rows are never resampled, so their text may stand for a cluster that the train file does not tell.
        return msgspec.structs.replace(table.layout, joined={cluster: (table.names[options.text],)})
    return table.layout


def _shared_texts(options: TableOptions, tables: Mapping[str, OwnTable]) -> str:
    """A warning when texts of the evaluated file were also there to learn from."""
    if "train" not in tables:
        return ""
    seen = set(tables["train"].texts(options))
    rows = tables["test"].texts(options)
    shared = sum(text in seen for text in rows)
    return f"{shared:,} of {len(rows):,} texts are in the train file too" if shared else ""
