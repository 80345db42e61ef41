"""What two models have fixed and broken, where nothing can be either."""

from benchwright.comparison.flips import count_flips, find_flips
from benchwright.testing.fixtures import build_task
from benchwright.types import Record


def test_numbers_without_a_common_item_have_no_flips(bench):
    """Nothing says that a number is right or wrong, and no item in common does not either: unknown, not zero."""
    task = build_task(name="t", kind="regress", metrics=("mse",))
    one = [
        Record(id=f"t/{at}", target=1.0, output=1.0 if at % 2 else None, error=None if at % 2 else "x")
        for at in range(8)
    ]
    other = [
        Record(id=f"t/{at}", target=1.0, output=None if at % 2 else 1.0, error="x" if at % 2 else None)
        for at in range(8)
    ]
    pairing = bench.pair({"a": one, "b": other}, task)

    assert pairing.n == 0
    assert count_flips(pairing, 0, 1) == (None, None)
    assert find_flips(pairing, 0, 1) == ((), ())
