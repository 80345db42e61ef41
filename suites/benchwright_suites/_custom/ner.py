"""A task from a user's own tagged sentences: `ner/custom?path=...&columns=word,pos,tag&scheme=IOB2`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright.items import count
from benchwright.spelling import difference, look_alikes
from benchwright.tags import UNTYPED
from benchwright.types import Cluster, Custom, Files, Source, TaggingTask
from benchwright_suites._custom.files import same_file
from benchwright_suites._custom.options import with_metrics
from benchwright_suites._custom.sentences import (
    OwnSentences,
    SentenceOptions,
    cluster_column,
    read_options,
    read_sentences,
)
from benchwright_suites.ner import CARD, MODE, tags


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Args:
        given: Options as typed; `options.OPTIONS` says what each means.

    Raises:
        ConfigError: With everything that is wrong with the options and the files: unknown options, absent or ragged
            files, tags that are none of the scheme (with their line), no entity at all.
    """
    options = read_options(given)
    problems: list[BenchwrightError] = list(same_file(options.path, options.train))
    found: dict[str, OwnSentences] = {}
    for split, path in options.files.items():
        try:
            found[split] = read_sentences(options, path)
        except ConfigError as error:
            problems.extend(error.problems)
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="ner/custom")
    return Custom(
        task=with_metrics(make_card(options, found), given),
        folders={split: own.file.folder for split, own in found.items()},
    )


def make_card(options: SentenceOptions, found: Mapping[str, OwnSentences]) -> TaggingTask:
    """The card; its files are called by name alone, and its types are those that were named, or those of all files, sorted.

    Raises:
        ConfigError: No file holds an entity, a file holds a type that was not named, or types of two files look alike.
    """
    types = name_types(options, found)
    test = found["test"]
    card = {**CARD, "cluster": Cluster(by="column", columns=(cluster_column(test.file.layout, options),))}
    return TaggingTask(
        name=options.name,
        splits={split: Source(files=(_layout(split, found, options),)) for split in found},
        labels=tags(*types, found=True),
        licence="yours",
        citation="a file of the user's own",
        description=f"Sentences of {test.file.layout.names[0]}: entities of {len(types)} types.",
        notes=(MODE, *_read_as(test, options)),
        **card,
    )


def _read_as(test: OwnSentences, options: SentenceOptions) -> tuple[str, ...]:
    if test.scheme == "IO" and not options.said:
        return ("No tag has a letter before its type: neighbouring words of one type are one entity (scheme=IO).",)
    untyped = " Entities have no types." if test.types == {UNTYPED} else ""
    return (f"Tags of the file are read as {test.scheme}.{untyped}",)


def _layout(split: str, found: Mapping[str, OwnSentences], options: SentenceOptions) -> Files:
    own = found[split]
    notes = [*_broken(own), *(_shared(found) if split == "test" else ()), *look_alike_notes(own, options)]
    return msgspec.structs.replace(own.file.layout, note="\n".join(notes))


def _broken(own: OwnSentences) -> tuple[str, ...]:
    if not own.broken:
        return ()
    if own.scheme != "IOB2":
        return (f"strict scores leave out {count(own.broken, 'entity')} that {own.scheme} does not allow",)
    return (f"{own.broken:,} entities begin with I-, which IOB2 does not allow (scheme=IOB1 if the file is IOB1)",)


def _shared(found: Mapping[str, OwnSentences]) -> tuple[str, ...]:
    """A warning when sentences of the evaluated file were also there to learn from."""
    if "train" not in found:
        return ()
    seen = set(found["train"].words)
    words = found["test"].words
    shared = sum(sentence in seen for sentence in words)
    return (f"{shared:,} of {len(words):,} sentences are in the train file too",) if shared else ()


def name_types(options: SentenceOptions, found: Mapping[str, OwnSentences]) -> tuple[str, ...]:
    """The types that were named, or those of all files, sorted.

    Types that look alike (`GPE-LOC` and `GPE_LOC`, `per` and `PER`) are two types where one file has both or both were named.
    Where one file has the one and another file the other, they are refused: a model would learn the one and be asked for the
    other.

    Raises:
        ConfigError: No file holds an entity, a file holds a type that was not named, or types of two files look alike.
    """
    types = tuple(options.types or sorted(set().union(*(own.types for own in found.values()))))
    problems = list(_unnamed(options, found)) if options.types else list(_spelled_differently(types, found))
    if not types:
        problems.append(
            BenchwrightError(
                "no word has a tag but O",
                expected="entities",
                hint="check which column holds the tags (columns=word,tag), or name the types (types=PER,LOC)",
            )
        )
    if problems:
        raise ConfigError(problems, where="ner/custom")
    return types


def look_alike_notes(own: OwnSentences, options: SentenceOptions) -> tuple[str, ...]:
    """A note on types of one file that look alike and were not named."""
    pairs = [] if options.types else look_alikes(sorted(own.types))
    return tuple(
        f"the types {one} and {other} ({difference(one, other)} apart) are two types, as the file has both"
        for one, other in pairs
    )


def _unnamed(options: SentenceOptions, found: Mapping[str, OwnSentences]) -> Iterator[BenchwrightError]:
    for own in found.values():
        strange = sorted(own.types - set(options.types))
        if strange:
            yield DataError(
                f"{own.file.rows.file} holds the types {', '.join(map(repr, strange))}",
                expected=f"those that types= names: {', '.join(options.types)}",
                hint=f"name them too: types={','.join((*options.types, *strange))}",
            )


def _spelled_differently(types: tuple[str, ...], found: Mapping[str, OwnSentences]) -> Iterator[BenchwrightError]:
    for one, other in look_alikes(types):
        if not any({one, other} <= own.types for own in found.values()):
            first, second = (
                next(own.file.rows.file for own in found.values() if name in own.types) for name in (one, other)
            )
            yield DataError(
                f"the types {one!r} ({first}) and {other!r} ({second}) look alike, {difference(one, other)} apart",
                expected="one spelling of a type in all files",
                hint=f"mend a file, or name both if they are two: types={','.join(types)}",
            )
