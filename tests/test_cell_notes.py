"""Notes about a cell that was computed on a GPU."""

from benchwright.cell_notes import _untested
from benchwright.measuring.gpu_results import ON_GPU


def test_code_that_never_ran_on_a_gpu_says_so_beside_the_number(monkeypatch):
    """What was used counts: padded batches did run there."""
    (one,) = _untested({"batches": "flat buffers of 32768 tokens", "computed": "bfloat16"})
    assert one.sentence == "flat buffers of encoders and fast precision: not run on a GPU yet by its makers"
    assert list(_untested({"batches": "padded"})) == []

    monkeypatch.setitem(ON_GPU, "flat buffers of encoders", "2027-01-01, NVIDIA H100 (2027-01-01-fast-path-cuda.json)")
    assert list(_untested({"batches": "flat buffers of 32768 tokens"})) == []
