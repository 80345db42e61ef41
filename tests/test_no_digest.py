"""A model without a digest may answer otherwise tomorrow: its answers are asked for anew in every run."""

from collections.abc import Mapping
from types import MappingProxyType

import pytest

import benchwright
from benchwright import registry, run
from benchwright.errors import NotComparable, StoreError
from benchwright.store import Store
from benchwright.types import Facts, Kind, Prediction


class Endpoint:
    """Says one label, whatever it is asked."""

    name = "endpoint"
    version = 1
    kinds = (Kind.CLASSIFY,)
    options: Mapping[str, str] = MappingProxyType({})
    says = "positive"
    breaks = False

    def inspect(self, model, task, context):
        return Facts(digest=None, kinds=self.kinds)

    def open(self, model, task, context):
        if self.breaks:
            raise KeyboardInterrupt
        return self

    def predict(self, examples):
        return [Prediction(output=self.says) for _ in examples]

    def close(self):
        """Nothing is held."""


@pytest.fixture
def endpoint(monkeypatch):
    """An endpoint among the adapters."""
    adapter, get, names = Endpoint(), registry.get, registry.names
    monkeypatch.setattr(registry, "get", lambda group, name: adapter if name == "endpoint" else get(group, name))
    monkeypatch.setattr(registry, "names", lambda group: (*names(group), "endpoint"))
    return adapter


def ask(tmp_path, suite="starter/sentiment", **more):
    return benchwright.evaluate("endpoint", suite, store=tmp_path, offline=True, **more)


@pytest.mark.parametrize("names", [(None, None), ("one", "two"), (None, "two")])
def test_a_second_run_asks_again(tmp_path, endpoint, names):
    """Unnamed or named, a run never takes an answer of another one, and the earlier run keeps its own."""
    first = ask(tmp_path, name=names[0])
    endpoint.says = "negative"
    second = ask(tmp_path, name=names[1])

    assert first.name != second.name
    assert [cell.reused for cell in second.cells] == [False]
    assert first.cells[0].key != second.cells[0].key
    assert first.cells[0].score.value + second.cells[0].score.value == pytest.approx(1)
    assert benchwright.load_run(first.name, tmp_path) == first


def test_a_finished_name_is_refused_unless_all_is_asked_again(tmp_path, endpoint):
    """The old answers do not stand in for new ones, and are not written over without a word."""
    ask(tmp_path, name="mine")
    endpoint.says = "negative"

    with pytest.raises(StoreError, match=r"(?s)finished.*endpoint has no digest.*--rerun always"):
        ask(tmp_path, name="mine")
    with pytest.raises((NotComparable, StoreError)):
        ask(tmp_path, name="mine", rerun="never")
    again = ask(tmp_path, name="mine", rerun="always")
    assert (again.cells[0].reused, round(again.cells[0].score.value, 4)) == (False, 0.4818)


def test_an_interrupted_run_goes_on_under_its_name(tmp_path, endpoint):
    """What was answered before the interrupt belongs to the same run."""
    endpoint.breaks = True
    with pytest.raises(KeyboardInterrupt):
        ask(tmp_path, name="mine")
    before = benchwright.load_run("mine", tmp_path)
    endpoint.breaks = False
    after = ask(tmp_path, name="mine")

    assert before.token
    assert after.token == before.token
    assert after.complete


def test_models_with_a_digest_carry_no_token(tmp_path):
    """Equal runs of models with a digest stay equal."""
    assert benchwright.evaluate("majority", "starter/topic", store=tmp_path, offline=True).token == ""


def test_a_new_file_format_loses_no_cell(tmp_path, monkeypatch):
    """The version of the files is in no key: the next one finds every prediction of this one."""
    first = benchwright.evaluate("majority", "starter/topic", store=tmp_path, offline=True)
    for module in (benchwright.execution.begin, benchwright.store.folder):
        monkeypatch.setattr(module, "SCHEMA", 2)
    monkeypatch.setattr(run, "RESULTS", first.schema + 1)
    second = benchwright.evaluate("majority", "starter/topic", store=tmp_path, offline=True, name="later")

    assert second.schema == first.schema + 1
    assert [cell.reused for cell in second.cells] == [True]
    assert Store(tmp_path).read_cell(first.cells[0].key).key.schema == 1
