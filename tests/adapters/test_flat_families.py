"""`doctor --families` tries on the spot which families read texts one after the other in one buffer."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import flat_models as models

from benchwright.cli.main import call
from benchwright_adapters._transformers.flat.families import try_family

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("family", ["bert", "modernbert", "gpt2"])
def test_a_family_that_reads_buffers_has_no_reason(family):
    """Nothing is to be said of it."""
    assert not try_family(family)


def test_a_family_that_transformers_lacks_says_so(monkeypatch):
    """An older or newer release has other classes."""
    from benchwright_adapters._transformers.flat import families

    monkeypatch.setattr(families, "FAMILIES", {"new": ("NoSuch", {})})

    assert try_family("new").endswith("has no NoSuchForSequenceClassification")


def test_doctor_tells_each_family(capsys):
    """Those that fall back in the tests of the flat path fall back here, with the reason; GPUs were not tried."""
    assert call(["doctor", "--families"]) == 0

    told = capsys.readouterr().out
    for family in models.BUCKETS:
        row = next(line for line in told.splitlines() if f"transformers {family} " in line)
        assert "limited" in row
    assert "not run on a GPU yet" in " ".join(told.split())
