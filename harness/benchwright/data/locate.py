"""Find the files of a split in a data folder, by the layouts its source accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from benchwright.errors import DataError
from benchwright.paths import exists, is_folder, listing
from benchwright.types import Files, Source, Suite

_SHARD = re.compile(r"-(\d{5})-of-(\d{5})\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A layout whose files are all there.

    Attributes:
        layout: Which layout it is.
        base: Folder below which it was found.
        parts: Paths of the files, one group per name of the layout (a `*` may stand for several).
    """

    layout: Files
    base: Path
    parts: tuple[tuple[Path, ...], ...]

    @property
    def origin(self) -> str:
        """`files:SST-2/dev.tsv`; parts are joined by `+`, and a pattern stands for its files."""
        names = [
            name if "*" in name else paths[0].relative_to(self.base).as_posix()
            for name, paths in zip(self.layout.names, self.parts, strict=True)
        ]
        return "files:" + "+".join(names)


def find(source: Source, *, suite: Suite, folder: Path) -> Found | None:
    """The first layout of a source that is there, under the folder itself or a sub-folder of the suite; else None.

    Raises:
        DataError: The folder does not exist, a name fits two files by case alone, or shards of a file are missing.
    """
    if not is_folder(folder):
        raise DataError(
            f"there is no data folder {folder.name!r}",
            expected="a folder of benchmark files",
            hint="check the path given with --data",
        )
    bases = list(_bases(suite, folder))
    for layout in source.files:
        for base in bases:
            parts = [_matches(base, name) for name in layout.names]
            if parts and all(parts):
                return Found(layout=layout, base=base, parts=tuple(parts))
    return None


def partly(source: Source, *, suite: Suite, folder: Path) -> tuple[str, ...]:
    """Names that are missing from a layout of which other files are there; empty when nothing at all was found."""
    for layout in source.files:
        for base in _bases(suite, folder):
            there = [name for name in layout.names if _matches(base, name)]
            if there:
                return tuple(name for name in layout.names if name not in there)
    return ()


def _bases(suite: Suite, folder: Path) -> Iterator[Path]:
    yield folder
    for name in suite.folders:
        for path in _matches(folder, name):
            if is_folder(path):
                yield path


def _matches(base: Path, name: str) -> tuple[Path, ...]:
    """Paths below base that fit a name, whole or nothing; letter case counts only where it decides between two."""
    here = [base]
    for part in name.split("/"):
        here = [path for parent in here for path in _children(parent, part)]
    return _all_shards(here, name)


def _children(parent: Path, part: str) -> list[Path]:
    if "*" not in part and exists(parent / part):
        return [parent / part]
    wanted = part.casefold()
    found = sorted(path for path in listing(parent) if fnmatchcase(path.name.casefold(), _pattern(wanted)))
    if "*" not in part and len(found) > 1:
        raise DataError(
            f"{' and '.join(path.name for path in found)} in {parent.name}/ differ by letter case alone",
            expected=f"one file or folder called {part}",
            hint="rename or remove the other",
        )
    return found


def _pattern(wanted: str) -> str:
    return wanted.replace("[", "[[]")


def _all_shards(paths: list[Path], name: str) -> tuple[Path, ...]:
    """The same paths. Raises DataError when their names tell of shards that are not there."""
    shards = [match for path in paths if (match := _SHARD.search(path.name))]
    if shards:
        total = int(shards[0][2])
        present = {int(match[1]) for match in shards if int(match[2]) == total}
        if len(shards) != len(paths) or len(shards) != total or present != set(range(total)):
            raise DataError(
                f"{name} stands for {total} shards, of which {len(present)} are there "
                f"({', '.join(path.name for path in paths)})",
                expected="every shard of one version, once",
                hint="fetch the missing shards, or remove those of another version",
            )
    return tuple(paths)
