"""A probe that is read from a file which the user named, in the form of the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchwright.data.api import expanded, is_file, missing_file
from benchwright.types import AnyTask, Custom, Files


def from_file(task: AnyTask, path: Path, layouts: Sequence[Files], **changes: object) -> Custom:
    """The task with its one split read from a file, of whatever number of rows.

    Args:
        task: The probe.
        path: The file, which is there.
        layouts: How a file of that name is read.
        changes: Fields of the card to change besides.
    """
    split = task.default_split
    source = msgspec.structs.replace(task.splits[split], files=tuple(layouts), hub=None)
    made = msgspec.structs.replace(task, splits={split: source}, sizes={}, **changes)
    return Custom(task=made, folders={split: path.parent})


def named_file(given: Mapping[str, str], option: str, what: str) -> Path:
    """The file that an option names.

    Raises:
        DataError: It is not there.
    """
    path = expanded(given[option])
    if not is_file(path):
        raise missing_file(path, given[option], what)
    return path
