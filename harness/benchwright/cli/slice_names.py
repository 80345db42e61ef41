"""Names of the slices of a run: those that a table leaves out, and that one is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import CellResult, Task

OF_TESTS = ("test=", "capability=", "type=")
"""Slices of behavioural tests that tables of their own show."""
_FEW = 12
"""Most slices that an error names."""


def no_slice(slice: str, cells: Sequence[CellResult]) -> ConfigError:
    """That a slice is not there: the nearest ones, and some of those that are."""
    from benchwright.registry import suggest

    known = sorted({score.slice for cell in cells for score in cell.scores if score.slice})
    further = f" and {len(known) - _FEW} more" if len(known) > _FEW else ""
    listed = "`show RUN:MODEL --task SUITE/TASK` lists them; others are asked for when the run is made"
    return ConfigError(
        [
            BenchwrightError(
                f"no slice {slice!r}",
                expected=f"one of: {', '.join(known[:_FEW]) or '(no slices)'}{further}",
                hint=f"{suggest(slice, known)} {listed}".strip(),
            )
        ]
    )


def untold_slices(cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> Iterator[str]:
    """For each task of a table of several models or tasks the slices that it leaves out, and how to see them.

    Those of labels alone are not worth a line: every task with labels has them.
    """
    from benchwright.items import count

    for path in dict.fromkeys(cell.task_path for cell in cells) if len(cells) > 1 else ():
        known = ("label=", *OF_TESTS) if path in tasks and tasks[path].behaviour else ("label=",)
        names = {score.slice for cell in cells if cell.task_path == path for score in cell.scores if score.slice}
        slices = sorted(name for name in names if not name.startswith(known))
        if slices:
            some = ", ".join([*slices[:2], *(["..."] if len(slices) > 2 else [])])
            how = f"--slice NAME=VALUE shows one, show RUN:MODEL --task {path} all"
            yield f"{count(len(slices), 'slice')} of {path} not shown ({some}): {how}"
