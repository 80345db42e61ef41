"""How long a silent model is waited for is half an hour, or what the environment says, with a unit."""

import pytest

from benchwright.errors import BenchwrightError
from benchwright.profiling.patience import patience
from benchwright.run import evaluate

MODEL = """
import time

def hangs(texts):
    time.sleep(1000)
"""


@pytest.mark.parametrize(("text", "seconds"), [("", 1800), ("5 min", 300), ("1.5 s", 1.5), (" 2 s ", 2)])
def test_the_time_is_read_with_its_unit(monkeypatch, text, seconds):
    monkeypatch.setenv("BENCHWRIGHT_PATIENCE", text)
    assert patience() == seconds


@pytest.mark.parametrize("text", ["5", "0 s", "-1 s", "soon", "5 GB", "nan s", "43201 min"])
def test_what_is_no_time_is_refused_with_what_to_type(monkeypatch, text):
    monkeypatch.setenv("BENCHWRIGHT_PATIENCE", text)
    with pytest.raises(BenchwrightError, match="BENCHWRIGHT_PATIENCE") as raised:
        patience()
    assert raised.value.hint == 'export BENCHWRIGHT_PATIENCE="5 min"'


def test_a_model_that_hangs_is_ended_after_that_and_the_reason_names_the_variable(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models.py").write_text(MODEL)
    monkeypatch.setenv("BENCHWRIGHT_PATIENCE", "3 s")
    view = "hardware/single_stream@starter/sentiment?preset=quick&alone=yes"
    (cell,) = evaluate("m=python:models.py:hangs", view, store="store", name="run").cells
    assert cell.status == "failed"
    assert "did not answer for 3 s and was ended" in cell.reason
    assert "BENCHWRIGHT_PATIENCE" in cell.reason
