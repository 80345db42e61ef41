"""How large a model is, is what its adapter knows; unknown is an answer."""

from __future__ import annotations

from benchwright.measuring.size import size_readings
from benchwright.types import Facts, Kind


def test_what_the_adapter_knows_is_told():
    files, weights = size_readings(
        Facts(digest="d", kinds=(Kind.CLASSIFY,), size_bytes=90_000_000, parameters=22_700_000)
    )

    assert (files.quantity, files.value, files.reason) == ("size_bytes", 90_000_000, "")
    assert (weights.quantity, weights.value, weights.reason) == ("parameters", 22_700_000, "")


def test_what_it_does_not_know_is_none_with_the_reason_and_not_made_of_the_other():
    files, weights = size_readings(Facts(digest="d", kinds=(Kind.CLASSIFY,), size_bytes=4))

    assert files.value == 4
    assert weights.value is None
    assert "does not know how many weights" in weights.reason


def test_a_file_of_answers_has_no_size_of_a_model():
    for one in size_readings(Facts(digest="d", kinds=(Kind.CLASSIFY,), size_bytes=4, replayed=True)):
        assert one.value is None
        assert "made elsewhere" in one.reason
