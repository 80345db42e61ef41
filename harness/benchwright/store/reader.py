"""Records of many cells for one reader: each table is read once, as long as there is room, and what models share is made once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Any, TypeVar

import msgspec

from benchwright.store import attachments
from benchwright.store.folder import Store
from benchwright.store.stored_records import SharedColumns, StoredInputs, StoredRecords
from benchwright.types import Explanation

T = TypeVar("T")

ROOM = 256 * 2**20
"""Bytes of tables that are held."""


class RecordReader:
    """Cell key -> its records, as columns until a row is asked for.

    Args:
        store: Where the cells are.
        inputs: Whether records carry their texts.
        message: What is told of a message of an error; None: the message as it is.
        room: Bytes of tables that are held; those used last.
    """

    def __init__(
        self, store: Store, *, inputs: bool = True, message: Callable[[str], str] | None = None, room: int = ROOM
    ) -> None:
        self.store, self.inputs, self.message = store, inputs, message
        self._tables = _Recent[StoredRecords](room)
        self._texts = _Recent[Any](room)
        self._shared = SharedColumns()

    def __call__(self, key: str) -> StoredRecords:
        """The records of a finished cell.

        Raises:
            StoreError: They are absent, damaged, or not those that were written.
        """
        found = self._tables.get(key)
        if found is None:
            table = self.store.read_record_table(key)
            texts = self._inputs(key) if self.inputs else None
            found = StoredRecords(table, inputs=texts, shared=self._shared, message=self.message)
            self._tables.put(key, found, table.nbytes)
        return found

    def explanations(self, key: str, attachment: str, ids: Collection[str] | None = None) -> dict[str, Explanation]:
        """What an attachment of a finished cell says of items, by their ids.

        Raises:
            StoreError: It is damaged.
        """
        found = attachments.read(self.store, key, attachment, ids)
        if self.message is None:
            return found
        return {
            name: one if one.error is None else msgspec.structs.replace(one, error=self.message(one.error))
            for name, one in found.items()
        }

    def _inputs(self, key: str) -> StoredInputs | None:
        cell = self.store.read_cell(key)
        if cell.inputs is None:
            return None
        table = self._texts.get(cell.inputs)
        if table is None:
            table = self.store.read_input_table(cell.inputs)
            if table is None:
                return None
            self._texts.put(cell.inputs, table, table.nbytes)
        return StoredInputs(table, cell.key.inputs)


class _Recent(OrderedDict[str, tuple[T, int]]):
    """Values used last, up to so many bytes together; the last one always."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room, self.held = room, 0

    def get(self, key: str) -> T | None:  # type: ignore[override]  # of values alone
        if key not in self:
            return None
        self.move_to_end(key)
        return self[key][0]

    def put(self, key: str, value: T, size: int) -> None:
        self[key] = (value, size)
        self.held += size
        while self.held > self.room and len(self) > 1:
            _, (_, freed) = self.popitem(last=False)
            self.held -= freed
