"""The rate of matrix products: the best repetition by an injected clock, and a real product once."""

import sys

import numpy as np
import pytest

from benchwright.measuring import matrix_rate as module
from benchwright.measuring.clock import RealClock, SimulatedClock
from benchwright.measuring.matrix_rate import matrix_rate


def test_the_best_repetition_counts(monkeypatch):
    """A product of 12 operations takes 3, 2, 6, 4 s in turn after two that warm up: 12 / 2 a second."""
    clock = SimulatedClock()
    times = iter([9, 9, 3, 2, 6, 4, *[5] * 99])
    product = module._Product(run=lambda: clock.sleep(next(times)), flops=12.0)
    monkeypatch.setattr(module, "_library", lambda *_: (lambda _shape: product, "a double"))
    monkeypatch.setattr(module, "_SIZES", {"cpu": ((1, 2, 3),)})
    found = matrix_rate("float32", clock, seconds=15)

    assert (found.quantity, found.value, found.source) == ("matrix_rate", 6.0, "a double")


def test_numpy_multiplies_where_torch_is_not_loaded(monkeypatch):
    """The rate is at least that of the same product timed by hand right after, less what a busy machine may take."""
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    clock = RealClock()
    found = matrix_rate("float32", clock, seconds=0.01)
    left = np.ones((256, 256), dtype=np.float32)
    before = clock.now()
    left @ left
    slow = 2 * 256**3 / (clock.now() - before)

    assert found.source == "NumPy, float32"
    assert found.value > slow / 100
    assert "torch" not in sys.modules


def test_numbers_that_cannot_be_multiplied_here_give_no_rate(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    found = matrix_rate("bfloat16", RealClock(), seconds=0.01)

    assert found.value is None
    assert found.reason.startswith("no product of bfloat16 matrices here: NumPy")


@pytest.mark.torch
def test_torch_multiplies_where_it_is_loaded():
    torch = pytest.importorskip("torch")
    found = matrix_rate("bfloat16", RealClock(), seconds=0.01)

    assert found.value > 0
    assert (
        found.source
        == f"torch, bfloat16, {torch.get_num_threads()} thread{'' if torch.get_num_threads() == 1 else 's'}"
    )
