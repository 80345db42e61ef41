"""The task card of a user's own tagged sentences."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from benchwright.items import count
from benchwright.tags import UNTYPED
from benchwright.types import Cluster, Files, Source, Task
from benchwright_suites._ner.card import CARD, MODE, tags
from benchwright_suites._ner.custom.options import Options
from benchwright_suites._ner.custom.sentences import Sentences, cluster_column
from benchwright_suites._ner.custom.types import name_types, twins


def make_card(options: Options, found: Mapping[str, Sentences]) -> Task:
    """The card; its files are called by name alone, and its types are those that were named, or those of all files, sorted.

    Raises:
        ConfigError: No file holds an entity, a file holds a type that was not named, or types of two files look alike.
    """
    types = name_types(options, found)
    test = found["test"]
    card = {**CARD, "cluster": Cluster(by="column", columns=(cluster_column(test.file.layout, options),))}
    return Task(
        name=options.name,
        splits={split: Source(files=(_layout(split, found, options),)) for split in found},
        labels=tags(*types, found=True),
        licence="yours",
        citation="a file of the user's own",
        description=f"Sentences of {test.file.layout.names[0]}: entities of {len(types)} types.",
        notes=(MODE, *_read_as(test, options)),
        **card,
    )


def _read_as(test: Sentences, options: Options) -> tuple[str, ...]:
    if test.scheme == "IO" and not options.said:
        return ("No tag has a letter before its type: neighbouring words of one type are one entity (scheme=IO).",)
    untyped = " Entities have no types." if test.types == {UNTYPED} else ""
    return (f"Tags of the file are read as {test.scheme}.{untyped}",)


def _layout(split: str, found: Mapping[str, Sentences], options: Options) -> Files:
    own = found[split]
    notes = [*_broken(own), *(_shared(found) if split == "test" else ()), *twins(own, options)]
    return msgspec.structs.replace(own.file.layout, note="\n".join(notes))


def _broken(own: Sentences) -> tuple[str, ...]:
    if not own.broken:
        return ()
    if own.scheme != "IOB2":
        return (f"strict scores leave out {count(own.broken, 'entity')} that {own.scheme} does not allow",)
    return (f"{own.broken:,} entities begin with I-, which IOB2 does not allow (scheme=IOB1 if the file is IOB1)",)


def _shared(found: Mapping[str, Sentences]) -> tuple[str, ...]:
    """A warning when sentences of the evaluated file were also there to learn from."""
    if "train" not in found:
        return ()
    seen = set(found["train"].words)
    words = found["test"].words
    shared = sum(sentence in seen for sentence in words)
    return (f"{shared:,} of {len(words):,} sentences are in the train file too",) if shared else ()
