"""Tables of a bundle are weighed before they are read: a few kilobytes of Parquet may unfold into more than a machine holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from benchwright.errors import StoreError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

MOST = 2**30
"""Bytes that a table may have in memory."""
_VALUES = 2**28
"""Values of a column of a table; a nested one counts each of its items."""


def check_tables(root: Path, name: str, *, most: int = MOST) -> None:
    """Raise StoreError where a Parquet file below ``root`` cannot be opened, or would have more than ``most`` bytes in memory; ``name`` is what brought it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in sorted(root.rglob("*.parquet")):
        place = path.relative_to(root).as_posix()
        try:
            with pq.ParquetFile(path) as file:
                problem = _too_heavy(file, most)
        except (pa.ArrowException, OSError, ValueError, MemoryError, OverflowError) as error:
            raise _refused(name, f"{place} is damaged: {error}") from error
        if problem:
            raise _refused(name, f"{place} {problem}")


def _too_heavy(file: pq.ParquetFile, most: int) -> str:
    """Why a table is not read; empty where it may be. Its own account is believed where it asks for little, and tried where it does not."""
    about = file.metadata
    chunks = [
        about.row_group(group).column(at) for group in range(about.num_row_groups) for at in range(about.num_columns)
    ]
    values = max((chunk.num_values for chunk in chunks), default=0)
    if max(values, about.num_rows) > _VALUES:
        return f"has {max(values, about.num_rows):,} values in a column, more than {_VALUES:,}"
    packed = sum(chunk.total_uncompressed_size for chunk in chunks)
    if packed > most:
        return f"has {packed:,} bytes unpacked, more than {most:,}"
    # Equal values are written once, so each of them may be as large as the whole chunk.
    if sum(chunk.num_values * max(8, chunk.total_uncompressed_size) for chunk in chunks) <= most:
        return ""
    return _unfolded(file, most, widest=max(chunk.total_uncompressed_size for chunk in chunks))


def _unfolded(file: pq.ParquetFile, most: int, *, widest: int) -> str:
    """Read in parts that cannot be too large, until the sum is."""
    held = 0
    for batch in file.iter_batches(batch_size=max(1, min(4096, most // (8 * max(1, widest)))), use_threads=False):
        held += batch.nbytes
        if held > most:
            return f"unfolds into more than {most:,} bytes"
    return ""


def _refused(name: str, problem: str) -> StoreError:
    return StoreError(
        f"{name}: {problem}",
        expected="tables as `benchwright store export` of this version writes them",
        hint="ask for the bundle again, or export it again; nothing was added",
    )
