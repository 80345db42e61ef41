"""Reading many records at once gives what was written, whatever columns are empty, ragged or missing."""

import pytest

from benchwright.store.record_table import decode, encode, from_bytes, to_bytes
from benchwright.types import Record

SCORES = {
    "of one length": [(0.1, 0.9), (0.5, 0.5), (1.0, 0.0)],
    "none": [None, None, None],
    "some": [(0.1, 0.9), None, (1.0, 0.0)],
    "ragged": [(0.1,), (0.2, 0.3), (0.4, 0.5, 0.6)],
    "ragged with the same total": [(0.1,), (0.2, 0.3, 0.4), (0.5, 0.6)],
    "empty": [(), (), ()],
}
SLICES = {"none": [{}, {}, {}], "some": [{}, {"a": "1", "b": "2"}, {}], "all": [{"a": "1"}] * 3}


@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES.keys())
@pytest.mark.parametrize("slices", SLICES.values(), ids=SLICES.keys())
def test_records_come_back(scores, slices):
    """Every field, types included, from a table, its bytes and a slice of it."""
    records = [
        Record(
            id=f"t/{at}",
            target="x",
            output=None if at == 1 else "y",
            error="broken" if at == 1 else None,
            scores=scores[at],
            slices=slices[at],
            cluster="c" if at else None,
            extra={"tokens": at} if at == 2 else {},
            group=f"u{at}",
        )
        for at in range(3)
    ]
    table = encode(records, "string")
    assert decode(table) == records
    assert decode(from_bytes(to_bytes(table))) == records
    assert decode(table.slice(1)) == records[1:]
    assert decode(table.slice(0, 0)) == []
