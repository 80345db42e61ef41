"""The model card: metadata that the hub's own library reads back, blanks for the author, entries only where they are allowed."""

from __future__ import annotations

import importlib.util
import math

import msgspec
import pytest
import yaml
from huggingface_hub import ModelCard, parse_eval_result_entries
from huggingface_hub.repocard_data import model_index_to_eval_results

import benchwright
from benchwright.alarm import alarm
from benchwright.cli.main import call
from benchwright.errors import BenchwrightError, PluginError
from benchwright.report_content.content import assemble
from benchwright.report_content.hub_results import hub_results
from benchwright.store import Store
from benchwright.testing.fixtures import make_suite
from benchwright.testing.report import narrowed
from benchwright.testing.write_run import write_run
from benchwright.types import Hub, Record, ReportOptions, Source
from benchwright_reports.model_card import report

HUB = Hub(repo="example/reviews", split="validation", revision="a" * 40, config="en")
ORIGIN = f"hub:{HUB.repo}@{HUB.revision}/{HUB.config}"
GOLD = ["positive" if at % 2 else "negative" for at in range(20)]
ROWS = [Record(id=str(at), target=gold, output=gold if at % 4 else "positive") for at, gold in enumerate(GOLD)]
"""15 of 20 are right: 10 positives found, 5 negatives taken for positive."""


def card_of(**changes):
    """The task polarity as a suite names it: a split of the hub with twenty rows."""
    polarity = make_suite().task("polarity")
    fields = {"splits": {"validation": Source(hub=HUB)}, "sizes": {"validation": 20}, "metrics": ("accuracy", "f1")}
    return msgspec.structs.replace(polarity, **(fields | changes))


def stored(folder, *, origin=ORIGIN, card=None, rows=ROWS, limit=None):
    """A store with a run of two models on that task, read from ``origin``."""
    store = Store(folder / "store")
    answers = {name: {"s/t": rows} for name in ("mine", "other")}
    write_run(store, "r", answers, {"s/t": card or card_of()}, scored=True, origin=origin, limit=limit)
    return store


def written(store, folder, *more):
    path = folder / "card" / "README.md"
    options = ["report", "r", "--store", str(store.root), "--as", "model-card", "--models", "mine", "-o", str(path)]
    assert call([*options, *more]) == 0
    return path


def test_the_hub_reads_back_what_was_measured(tmp_path):
    store = stored(tmp_path)
    card = ModelCard(written(store, tmp_path).read_text(encoding="utf-8"))
    name, results = model_index_to_eval_results(card.data.to_dict()["model-index"])

    assert name == card.data.model_name == "mine"
    assert {(one.metric_type, one.metric_value) for one in results} == {
        ("accuracy", 0.75),
        ("f1", 0.8),
    }
    (about,) = {(one.task_type, one.dataset_type, one.dataset_config, one.dataset_split) for one in results}
    assert about == ("text-classification", "example/reviews", "en", "validation")
    assert {one.dataset_revision for one in results} == {HUB.revision}
    assert card.data.pipeline_tag == "text-classification"
    assert card.data.tags == ["benchwright"]
    assert sorted(card.data.metrics) == ["accuracy", "f1"]


def test_evaluated_data_are_not_said_to_be_trained_on(tmp_path):
    assert ModelCard(written(stored(tmp_path), tmp_path).read_text()).data.datasets is None


def test_a_whole_split_of_the_hub_is_an_entry_beside_the_card(tmp_path):
    path = written(stored(tmp_path), tmp_path)
    (file,) = (path.parent / ".eval_results").iterdir()
    (entry,) = parse_eval_result_entries(yaml.safe_load(file.read_text(encoding="utf-8")))

    assert file.name == "benchwright-example-reviews-en-validation.yaml"
    assert (entry.dataset_id, entry.task_id, entry.value) == ("example/reviews", "en", 0.75)
    assert entry.dataset_revision == HUB.revision
    assert entry.notes == "benchwright: accuracy, validation split, 20 examples"
    assert entry.date == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"origin": "files:dev.tsv"}, "read from dev.tsv, not from the hub"),
        ({"origin": f"hub:{HUB.repo}@{'b' * 40}/en"}, "not from the hub"),
        ({"card": {"splits": {"validation": Source()}}}, "names no data set of the hub"),
        ({"card": {"sizes": {"validation": 21}}}, "20 examples were read, and the split has 21"),
        ({"card": {"sizes": {}}}, "a size that the suite does not state"),
        ({"card": {"score": ("accuracy", "f1")}}, "a mean of several metrics"),
        ({"limit": 20}, "limited to 20 examples"),
        ({"rows": [*ROWS[:19], Record(id="19", target="positive", error="too long")]}, "1 examples have no answer"),
    ],
)
def test_any_other_result_is_no_entry_and_the_card_says_why(tmp_path, changes, why):
    card = card_of(**changes.pop("card", {}))
    path = written(stored(tmp_path, card=card, **changes), tmp_path)

    assert why in path.read_text(encoding="utf-8")
    assert not (path.parent / ".eval_results").exists()


def test_a_result_with_an_alarm_is_no_entry(tmp_path):
    store = stored(tmp_path)
    run = store.read_run("r")
    cells = [msgspec.structs.replace(cell, alarms=(alarm("permuted", "labels look permuted"),)) for cell in run.cells]
    run = msgspec.structs.replace(run, cells=tuple(cells))
    run.know(store=str(store.root))
    (one,) = hub_results(assemble(narrowed([run]), store.read_records, ReportOptions()))

    assert one.entry is None
    assert "alarm" in one.why_not


def test_data_read_from_files_have_no_revision(tmp_path):
    card = ModelCard(written(stored(tmp_path, origin="files:dev.tsv"), tmp_path).read_text())

    assert {one.dataset_revision for one in card.data.eval_results} == {None}


def test_what_only_the_author_knows_is_a_blank_and_what_was_not_measured_says_so(tmp_path):
    text = written(stored(tmp_path), tmp_path).read_text()

    for title in ("Intended use", "Out-of-scope use", "Training data", "Ethical considerations", "Licence"):
        assert f"## {title}\n\n**TO FILL IN:**" in text
    for what in ("behavioural tests", "robustness", "bias"):
        assert f"{what}: not measured" in text
    assert "Latency, throughput and memory: not measured" in text


def test_several_models_are_refused_with_what_to_type(tmp_path, capsys):
    store = stored(tmp_path)

    code = call(["report", "r", "--store", str(store.root), "--as", "model-card", "-o", str(tmp_path / "R.md")])

    told = capsys.readouterr().err
    assert code == 2
    assert "a model-card is about one model, and there are 2: mine, other" in told
    assert "--models mine" in told
    assert not (tmp_path / "R.md").exists()


def test_without_the_extra_the_error_says_what_to_install(tmp_path, monkeypatch):
    store = stored(tmp_path)
    monkeypatch.setattr("benchwright.report_content.hub_files.find_spec", lambda name: None)

    with pytest.raises(PluginError, match="huggingface_hub") as told:
        benchwright.report("r:mine", tmp_path / "R.md", store=store.root, format="model-card")

    assert told.value.hint == 'pip install "benchwright[hf]"'
    assert importlib.util.find_spec("huggingface_hub")


def test_card_and_entries_are_written_together_or_not_at_all(tmp_path):
    store = stored(tmp_path)
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / ".eval_results").write_text("a file where a folder should be")

    with pytest.raises(BenchwrightError):
        benchwright.report("r:mine", tmp_path / "card" / "README.md", store=store.root, format="model-card")

    assert not (tmp_path / "card" / "README.md").exists()


def test_on_standard_output_only_the_card_is_written_and_that_is_said(tmp_path, capsys):
    store = stored(tmp_path)
    assert call(["report", "r:mine", "--store", str(store.root), "--as", "model-card"]) == 0

    shown = capsys.readouterr()
    assert shown.out.startswith("---\n")
    assert "not written without -o: .eval_results/" in shown.err


EVIL = (
    "a: b",
    "---",
    "&anchor",
    "*alias",
    "!!python/object/apply:os.system [id]",
    "x\n---\ny: z",
    "{a: b}",
    "# c",
    "'\"",
    "- x",
    "\u2028",
)


@pytest.mark.parametrize("text", EVIL)
def test_hostile_names_are_text_in_the_metadata(typical, text):
    run, records = typical
    (run,) = narrowed([run])
    name = run.spec.models[0].name
    refs = tuple(msgspec.structs.replace(ref, name=text) for ref in run.spec.models)
    cells = tuple(msgspec.structs.replace(cell, model=text) for cell in run.cells if cell.model == name)
    tasks = {
        path: msgspec.structs.replace(
            card, splits={"validation": Source(hub=Hub(repo=text, split=text, revision=text, config=text))}
        )
        for path, card in run.tasks.items()
    }
    run = msgspec.structs.replace(
        run, cells=cells, aggregates=(), tasks=tasks, spec=msgspec.structs.replace(run.spec, models=refs)
    )
    shown = report.render([run], records, ReportOptions(title=text, author=text, notes=(text,)))
    card = ModelCard(shown)
    expected = benchwright_inert(text)

    assert card.data.model_name == expected
    assert {one.dataset_type for one in card.data.eval_results} == {expected}
    assert set(card.data.to_dict()) <= {"model-index", "tags", "metrics", "pipeline_tag", "library_name"}
    assert all(math.isfinite(one.metric_value) for one in card.data.eval_results)


def benchwright_inert(text):
    from benchwright.inert import inert

    return inert(text)
