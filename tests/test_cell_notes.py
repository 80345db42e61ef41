"""Notes about a cell that was computed on a GPU, or fast."""

from benchwright.cell_notes import _untested, fast_notes
from benchwright.measuring.gpu_results import ON_GPU
from benchwright.types import Agreement, PrecisionChoice, TriedVariant


def test_code_that_never_ran_on_a_gpu_says_so_beside_the_number(monkeypatch):
    """What was used counts: padded batches did run there."""
    (one,) = _untested({"batches": "flat buffers of 32768 tokens", "computed": "bfloat16"})
    assert one.sentence == "flat buffers of encoders and fast precision: not run on a GPU yet by its makers"
    assert list(_untested({"batches": "padded"})) == []

    monkeypatch.setitem(ON_GPU, "flat buffers of encoders", "2027-01-01, NVIDIA H100 (2027-01-01-fast-path-cuda.json)")
    assert list(_untested({"batches": "flat buffers of 32768 tokens"})) == []


def test_a_number_that_was_computed_fast_says_how_far_it_agrees():
    """Beside the number, wherever it goes; where exact was taken there is nothing to say."""
    tried = TriedVariant(name="bfloat16", seconds=1.0, agreement=Agreement(n=218, same=217))
    choice = PrecisionChoice(chosen="bfloat16", reason="r", tried=(tried,))
    (one,) = fast_notes(choice)
    assert (one.code, one.severity) == ("precision", "note")
    assert one.sentence == (
        "computed as bfloat16 by --precision fast: 217 of 218 examples of a sample are answered as exact does"
    )
    assert list(fast_notes(PrecisionChoice(chosen="exact", reason="r", tried=(tried,)))) == []
    assert list(fast_notes(None)) == []
