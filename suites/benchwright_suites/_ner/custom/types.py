"""Which types of entities a user's data have: as they were named, or as the files spell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright.spelling import difference, look_alikes
from benchwright_suites._ner.custom.options import Options
from benchwright_suites._ner.custom.sentences import Sentences


def name_types(options: Options, found: Mapping[str, Sentences]) -> tuple[str, ...]:
    """The types that were named, or those of all files, sorted.

    Types that look alike (`GPE-LOC` and `GPE_LOC`, `per` and `PER`) are two types where one file has both or both were named.
    Where one file has the one and another file the other, they are refused: a model would learn the one and be asked for the
    other.

    Raises:
        ConfigError: No file holds an entity, a file holds a type that was not named, or types of two files look alike.
    """
    types = tuple(options.types or sorted(set().union(*(own.types for own in found.values()))))
    problems = list(_unnamed(options, found)) if options.types else list(_torn(types, found))
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


def twins(own: Sentences, options: Options) -> tuple[str, ...]:
    """A note on types of one file that look alike and were not named."""
    pairs = [] if options.types else look_alikes(sorted(own.types))
    return tuple(
        f"the types {one} and {other} ({difference(one, other)} apart) are two types, as the file has both"
        for one, other in pairs
    )


def _unnamed(options: Options, found: Mapping[str, Sentences]) -> Iterator[BenchwrightError]:
    for own in found.values():
        strange = sorted(own.types - set(options.types))
        if strange:
            yield DataError(
                f"{own.file.rows.file} holds the types {', '.join(map(repr, strange))}",
                expected=f"those that types= names: {', '.join(options.types)}",
                hint=f"name them too: types={','.join((*options.types, *strange))}",
            )


def _torn(types: tuple[str, ...], found: Mapping[str, Sentences]) -> Iterator[BenchwrightError]:
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
