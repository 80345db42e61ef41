"""`--precision fast` with a checkpoint: bfloat16 is tried, taken or not, stored, and used again."""

import pytest
import transformers_checkpoints as checkpoints

from benchwright.errors import BenchwrightError
from benchwright.precision import choose as choosing
from benchwright.run import evaluate
from benchwright.store import Store
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny BERT as it was saved."""
    return checkpoints.save(tmp_path_factory.mktemp("plain"))


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    """Runs it fast, on a machine that multiplies bfloat16 so many times as fast."""

    def perform(times=2.5, options="", **settings):
        monkeypatch.setattr(choosing, "times_as_fast", lambda *_: times)
        settings = {"precision": "fast", **settings}
        return evaluate(f"m=transformers:{folder}{options}", "starter/sentiment", store=tmp_path, **settings)

    return perform, Store(tmp_path)


def way_of(choice, name):
    """How a way fared."""
    return next(one for one in choice.tried if one.name == name)


def test_a_cell_says_what_it_was_computed_with(run):
    """What was chosen, why, and how far it agrees stands beside the cell, in the run and in its settings."""
    perform, store = run
    found = perform()
    (cell,) = found.cells
    (choice,) = found.precisions
    assert (choice.model, choice.task_path, choice.key) == ("m", "starter/sentiment", cell.key)
    assert way_of(choice, "bfloat16").agreement.n == choice.sampled > 0
    assert store.read_settings(cell.key)["computed"] == choice.chosen
    assert store.read_choice(cell.key).tried == choice.tried
    assert store.read_cell(cell.key).key.precision == "fast"


def test_the_same_command_again_chooses_nothing(run, monkeypatch):
    """A stored cell keeps its choice."""
    perform, _ = run
    first = perform()
    monkeypatch.setattr(choosing, "choose", None)
    assert perform().precisions == first.precisions


def test_on_a_machine_without_fast_bfloat16_exact_is_taken_and_said_so(run):
    """The reason names the measured rate; the answers are those of exact."""
    perform, store = run
    fast = perform(times=1.3)
    exact = perform(precision="exact")
    assert exact.precisions == ()
    assert "1.3 times as fast" in way_of(fast.precisions[0], "bfloat16").reason
    if fast.precisions[0].chosen == "exact":
        one, two = (store.read_records(run.cells[0].key) for run in (fast, exact))
        assert [record.scores for record in one] == [record.scores for record in two]


def test_a_reference_that_says_its_precision_is_left_alone(run):
    """`?dtype=` is what was asked for: nothing else is tried."""
    perform, store = run
    (choice,) = perform(options="?dtype=bfloat16").precisions
    assert (choice.chosen, choice.tried) == ("as stated", ())
    assert "its reference says how it is computed" in choice.reason
    assert store.read_settings(choice.key)["dtype"] == "bfloat16"


@pytest.mark.parametrize("precision", ["exact", "fast"])
@pytest.mark.parametrize(("options", "way"), [("?dtype=bfloat16", "bfloat16"), ("?attn=eager", "attention eager")])
def test_every_variant_is_noted_beside_its_number(run, precision, options, way):
    """Whatever is computed otherwise than the checkpoint was saved, and whichever precision was asked for."""
    perform, _ = run
    (cell,) = perform(options=options, precision=precision, limit=4).cells

    assert [alarm.sentence for alarm in cell.alarms if alarm.code == "precision"] == [f"computed as {way}"]


def test_a_budget_is_found_in_fast_alone(run):
    """`token_budget=auto` is measured under fast, and refused under exact with the reason."""
    perform, store = run
    (choice,) = perform(options="?token_budget=auto").precisions
    assert str(choice.token_budget) == store.read_settings(choice.key)["token_budget"]
    with pytest.raises(BenchwrightError, match="token_budget=auto with --precision exact"):
        perform(options="?token_budget=auto", precision="exact")


def test_half_precision_is_tried_from_twice_the_rate_on(folder, tmp_path):
    """On a processor bfloat16, on a GPU float16 beside it; whole numbers and OpenVINO on a processor alone."""
    import transformers_bench as bench

    for device, halves in (("cpu", {"bfloat16"}), ("cuda", {"bfloat16", "float16"})):
        context = bench.make_context(tmp_path, device=device)
        found = {one.name: one for one in adapter.variants(bench.make_model(folder), bench.make_task(), context)}
        assert {name for name, one in found.items() if one.times == 2.0} == halves
        assert ("OpenVINO, INT8" in found) is ("INT8, compiled" in found) is (device == "cpu")


def test_openvino_is_given_the_checkpoint_and_no_graph_beside_it(folder, tmp_path):
    """A folder may ship a graph of another training, which `openvino:FOLDER` would read: what is tried is the checkpoint itself."""
    import shutil

    import transformers_bench as bench

    place = shutil.copytree(folder, tmp_path / "both")
    (place / "model.onnx").write_bytes(b"of another training")
    context = bench.make_context(tmp_path)
    (way,) = (
        one for one in adapter.variants(bench.make_model(place), bench.make_task(), context) if "OpenVINO" in one.name
    )

    assert way.model.adapter == "openvino"
    assert way.model.options["file"] == "model.safetensors"


def test_the_flag_says_the_budget_of_models_that_read_tokens(folder, tmp_path):
    """`--token-budget` reaches the checkpoint and not the baseline beside it; alone with a baseline it is refused."""
    from benchwright.cli.run import run_spec
    from benchwright.errors import ConfigError

    options = {"suites": ("starter/sentiment",), "on": (), "precision": "fast", "token_budget": "auto"}
    spec, _ = run_spec((f"m=transformers:{folder}", "majority", f"own=transformers:{folder}?token_budget=64"), options)
    assert [model.options for model in spec.models] == [{"token_budget": "auto"}, {}, {"token_budget": "64"}]
    with pytest.raises(ConfigError, match="no model of the run reads tokens"):
        run_spec(("majority",), options)
