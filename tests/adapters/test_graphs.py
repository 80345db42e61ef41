"""Graphs in ONNX Runtime and OpenVINO answer as `transformers` alone does, and what they cannot do is said."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from importlib.util import find_spec

import graphs_bench as graphs
import numpy as np
import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints
from safetensors.torch import load_file, save_file

from benchwright import registry
from benchwright.errors import DataMissing, ModelError, PluginError
from benchwright.testing import check_adapter
from benchwright.types import Dataset, Example, Kind, ModelRef

pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
if find_spec("openvino") is None:  # importing it here would load what reports its usage
    pytest.skip("OpenVINO is not installed", allow_module_level=True)

pytestmark = [pytest.mark.torch]

TASK = bench.make_task()
RUNTIMES = ("onnx", "openvino")
TOLERANCE = 1e-4
TOLD = ("export.json", "derived.json")


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A context whose store keeps graphs over the whole session; processes that share its tests share it, as exports take seconds."""
    place = tmp_path_factory.getbasetemp()
    shared = place.parent if os.environ.get("PYTEST_XDIST_WORKER") else place
    return graphs.store(shared / "graphs")


@pytest.fixture(scope="session")
def small(saved):
    """A checkpoint of one layer, to be exported once by each runtime."""
    return saved("bert", num_hidden_layers=1)


@pytest.fixture(scope="session")
def exported(small, kept):
    """Folders that the two runtimes exported."""

    def of(name):
        graphs.open_session(name, small, TASK, kept).close()
        digest = graphs.inspect(name, small, TASK, kept).digest
        return kept.models / digest[:40]

    return of


@pytest.mark.parametrize("name", RUNTIMES)
def test_scores_equal_one_text_at_a_time(name, small, kept):
    """Empty, long, accented and equal texts; cut at the positions of the checkpoint."""
    firsts, _ = checkpoints.texts()
    found = graphs.ask(name, small, TASK, bench.make_examples(text=firsts), kept)
    expected = checkpoints.softmax(checkpoints.plain_logits(small, firsts, max_length=checkpoints.POSITIONS))

    assert np.abs(np.array([one.scores for one in found]) - expected).max() < TOLERANCE
    assert [one.truncated for one in found].count(True) >= 2


@pytest.mark.parametrize("name", RUNTIMES)
def test_facts_name_the_plain_model(name, small, kept, exported):
    """The parent is the checkpoint as `transformers` reads it; the size is known once the graph is made."""
    plain = graphs.inspect("transformers", small, TASK, kept)
    place = exported(name)
    facts = graphs.inspect(name, small, TASK, kept)

    assert facts.parent == plain.digest != facts.digest
    assert facts.parameters == plain.parameters
    assert facts.size_bytes == sum(path.stat().st_size for path in place.iterdir() if path.name not in TOLD)
    report = json.loads((place / "export.json").read_text())
    assert report["difference"] < 1e-5
    assert not [value for value in report.values() if isinstance(value, str) and "/" in value]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["onnx", pytest.param("openvino", marks=pytest.mark.soak)])
def test_the_contract_of_adapters(name, exported):
    """The checks that every adapter can run, on a folder that was exported."""

    def make(task, _context):
        if task.kind is not Kind.CLASSIFY or len(task.label_names) != 2 or task.name != "polarity":
            raise ModelError("no checkpoint of this kind here")
        return ModelRef(
            name="tiny", adapter=name, path=str(exported(name)), options={"labels": ",".join(task.label_names)}
        )

    passed = check_adapter(registry.get("adapters", name), make_model=make)

    assert "polarity: a batch of 1 equals a batch of 8" in passed


def test_an_exported_folder_of_optimum_is_opened(exported, small, tmp_path, kept):
    """Configuration and tokenizer beside a folder `onnx`, without our report: the same answers, by either runtime."""
    place = shutil.copytree(exported("onnx"), tmp_path / "optimum")
    (place / "export.json").unlink()
    (place / "onnx").mkdir()
    (place / "model.onnx").rename(place / "onnx" / "model.onnx")
    examples = bench.make_examples(text=checkpoints.texts()[0][8:20])
    expected = graphs.ask("onnx", small, TASK, examples, kept)

    for name in RUNTIMES:
        found = graphs.ask(name, place, TASK, examples, bench.make_context(tmp_path))
        assert np.allclose([one.scores for one in found], [one.scores for one in expected], atol=TOLERANCE)
        assert graphs.inspect(name, place, TASK, kept).parent is None


@pytest.mark.parametrize("name", RUNTIMES)
def test_a_graph_beside_a_checkpoint(name, small, exported, tmp_path):
    """The graph is read, and that is said; weights that are not those beside it are told; `?file=` names the checkpoint."""
    place = shutil.copytree(exported(name), tmp_path / "both")
    for told in TOLD:
        (place / told).unlink()
    shutil.copyfile(small / "model.safetensors", place / "model.safetensors")
    context = bench.make_context(tmp_path / "work")
    same = graphs.inspect(name, place, TASK, context)
    checkpoint = graphs.inspect(name, place, TASK, context, file="model.safetensors")
    tensors = load_file(small / "model.safetensors")
    tensors["classifier.bias"] += 1.0
    save_file(tensors, place / "model.safetensors", metadata={"format": "pt"})
    other = graphs.inspect(name, place, TASK, context)
    session = graphs.open_session(name, place, TASK, context)

    assert same.parent == checkpoint.parent == graphs.inspect("transformers", small, TASK, context).digest
    assert [note for note in same.notes if note.startswith("reads ") and "model.safetensors beside it" in note]
    assert same.digest == other.digest != checkpoint.digest
    assert same.variant == checkpoint.variant
    assert other.parent is None
    assert any(
        "1 of 25 tensors of model.safetensors are not in" in note and "(classifier.bias)" in note
        for note in other.notes
    )
    assert session.settings["graph"] == ("model.onnx" if name == "onnx" else "openvino_model.xml")
    session.close()


def test_a_damaged_graph_is_refused(exported, tmp_path):
    """Cut, or with other bytes in its midst: one message at planning, in a process that stays alive."""
    place = shutil.copytree(exported("onnx"), tmp_path / "damaged")
    (place / "export.json").unlink()
    whole = (place / "model.onnx").read_bytes()
    (place / "model.onnx").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="no ONNX file, or a damaged one"):
        graphs.inspect("onnx", place, TASK, bench.make_context(tmp_path))
    (place / "model.onnx").write_bytes(graphs.model(nodes=[graphs.node("NoSuchOperator")]))
    with pytest.raises(ModelError, match="ONNX Runtime cannot open"):
        graphs.inspect("onnx", place, TASK, bench.make_context(tmp_path))


@pytest.mark.parametrize(
    ("name", "tensors", "words"),
    [
        ("onnx", {"float32": 9}, "ONNX Runtime, float32"),
        ("onnx", {"float16": 9, "float32": 1}, "ONNX Runtime, float16"),
        ("onnx", {"int8": 9, "float32": 1}, "ONNX Runtime, INT8"),
        ("openvino", {"float16": 9}, "OpenVINO, float16 weights, float32"),
        ("openvino", {"int8": 9, "float32": 1}, "OpenVINO, INT8"),
    ],
)
def test_a_graph_made_elsewhere_is_called_by_what_it_stores(name, tensors, words, small, tmp_path, monkeypatch):
    """A table never calls INT8 or half precision `float32`; what is quantised is not quantised again."""
    place = shutil.copytree(small, tmp_path / "shipped", ignore=shutil.ignore_patterns("*.safetensors"))
    kinds = {"float32": 1, "int8": 3, "float16": 10}
    content = graphs.model(tensors=[graphs.tensor(kind, size, dtype=kinds[kind]) for kind, size in tensors.items()])
    (place / "model.onnx").write_bytes(content)
    context = bench.make_context(tmp_path / "work")
    monkeypatch.setattr("benchwright_adapters._graphs.source.try_graph", lambda *_: None)

    assert graphs.inspect(name, place, TASK, context).variant == words
    if "INT8" in words:
        with pytest.raises(ModelError, match=r"quantised already \(INT8\)"):
            graphs.inspect(name, place, TASK, context, quantize="int8")


def test_constants_of_openvino_say_what_a_graph_stores(tmp_path):
    """Bytes count, and ids and shapes do not."""
    from benchwright_adapters._graphs.stored import _of_ir

    graph = tmp_path / "openvino_model.xml"
    kinds = {"i8": 40, "f32": 12, "i64": 800}
    graph.write_text("".join(f'<data element_type="{kind}" shape="" size="{size}" />' for kind, size in kinds.items()))

    assert dict(_of_ir(graph)) == {"i8": 40, "f32": 12}


def test_dynamic_int8_runs_one_text_at_a_time(small, kept):
    """What shares a batch changes no byte; the note says why."""
    texts = checkpoints.texts()[0][8:24]
    examples = bench.make_examples(text=texts)
    together = graphs.ask("onnx", small, TASK, examples, kept, quantize="int8")
    alone = [graphs.ask("onnx", small, TASK, [one], kept, quantize="int8")[0] for one in examples[:3]]
    plain = graphs.ask("onnx", small, TASK, examples, kept)
    facts = graphs.inspect("onnx", small, TASK, kept, quantize="int8")

    assert [one.scores for one in together[:3]] == [one.scores for one in alone]
    assert 0 < np.abs(np.array([one.scores for one in together]) - [one.scores for one in plain]).max() < 0.05
    assert any("each text is run by itself" in note for note in facts.notes)
    assert facts.size_bytes < graphs.inspect("onnx", small, TASK, kept).size_bytes
    assert facts.variant == "ONNX Runtime, INT8, dynamic"


def test_weights_that_are_no_numbers_become_no_graph(small, exported, tmp_path):
    """In whole numbers they would be some number, and OpenVINO would answer the same to every text: checkpoint and graph are refused."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed")
    checkpoint = shutil.copytree(small, tmp_path / "checkpoint")
    tensors = load_file(checkpoint / "model.safetensors")
    tensors["bert.encoder.layer.0.intermediate.dense.weight"][3, 5] = np.nan
    save_file(tensors, checkpoint / "model.safetensors", metadata={"format": "pt"})
    graph = shutil.copytree(exported("onnx"), tmp_path / "graph")
    model = onnx.load(graph / "model.onnx")
    matrix = next(one for one in model.graph.initializer if one.data_type == 1 and len(one.dims) == 2)
    matrix.CopyFrom(onnx.numpy_helper.from_array(np.full(matrix.dims, np.inf, dtype=np.float32), matrix.name))
    onnx.save(model, graph / "model.onnx")
    context = bench.make_context(tmp_path / "work")

    for name in RUNTIMES:
        with pytest.raises(ModelError, match=r"intermediate\.dense\.weight holds weights that are not finite"):
            graphs.open_session(name, checkpoint, TASK, context)
    with pytest.raises(ModelError, match="holds weights that are not finite"):
        graphs.open_session("onnx", graph, TASK, context, quantize="int8")
    if find_spec("nncf"):
        with pytest.raises(ModelError, match="holds weights that are not finite"):
            graphs.open_session("openvino", graph, TASK, context, quantize="weights")


def train_of(texts):
    examples = tuple(
        Example(id=f"train/{at}", index=at, inputs={"text": text}, target="negative") for at, text in enumerate(texts)
    )
    return lambda _: Dataset(digest="d", examples=examples, origin="here")


def test_openvino_precisions(small, kept):
    """Single precision is that, also where the processor has bfloat16; weights in INT8 are near it."""
    examples = bench.make_examples(text=checkpoints.texts()[0][8:24])
    session = graphs.open_session("openvino", small, TASK, kept)
    plain = [one.scores for one in session.predict(examples)]
    weights = [one.scores for one in graphs.ask("openvino", small, TASK, examples, kept, quantize="weights")]

    assert session.settings["precision"] == "f32"
    assert 0 < np.abs(np.array(weights) - plain).max() < 0.05
    session.close()


def test_calibration_looks_at_no_evaluated_row():
    """Rows of the train split that are also evaluated are left out; too few are refused, and so is a task without train split."""
    from benchwright_adapters._graphs.quantize import calibration_rows

    texts = [f"text {at}" for at in range(100)]
    items = tuple(Example(id=f"t/{at}", index=at, inputs={"text": f"text {at}"}) for at in range(0, 100, 2))
    context = bench.make_context(None, train=train_of(texts), items=lambda: items)
    chosen = calibration_rows(TASK, context, 40, "m")

    assert len(chosen) == 40
    assert not {example.inputs["text"] for example in chosen} & {example.inputs["text"] for example in items}
    with pytest.raises(ModelError, match="0 rows to be calibrated on"):
        calibration_rows(TASK, bench.make_context(None, train=train_of(texts[:1]), items=lambda: items), 40, "m")

    def missing(_):
        raise DataMissing("t has no train split")

    with pytest.raises(ModelError, match="never looked at"):
        calibration_rows(TASK, bench.make_context(None, train=missing, items=lambda: items), 40, "m")


def test_what_is_calibrated_otherwise_is_another_graph(small, kept):
    """The same rows cut otherwise give other ranges: each way of reading has a graph of its own, whichever run comes first."""
    from benchwright_adapters._graphs.settings import GraphSettings
    from benchwright_adapters._graphs.source import find_source
    from benchwright_adapters._graphs.wanted import WantedGraph

    model = ModelRef(name="m", adapter="openvino", path=str(small))
    usual = {"max_length": None, "truncation": "longest_first", "token_budget": 1024}
    digests = set()
    for other in ({}, {"truncation": "only_first"}, {"max_length": 16}, {"doc_stride": 3}, {"prefix_space": True}):
        settings = GraphSettings(runtime="openvino", quantize="int8", **(usual | other))
        source = find_source(model, TASK, kept, settings)
        rows = bench.make_examples(text=["one", "two"])
        wanted = WantedGraph(model=model, task=TASK, context=kept, settings=settings, source=source, rows=rows)
        digests.add(wanted.quantized.digest)

    assert len(digests) == 5


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("onnx", {"providers": "MagicProvider"}, "has no MagicProvider here"),
        ("onnx", {"quantize": "weights"}, "one of: none, int8"),
        ("onnx", {"opset": "99"}, "18 to 23"),
        ("onnx", {"file": "../model.onnx"}, "has no file"),
        ("onnx", {"file": "config.json"}, "which is no graph for ONNX Runtime"),
        ("openvino", {"precision": "fp8"}, "one of: f32, bf16"),
        ("openvino", {"calibration": "3"}, "at least 32"),
    ],
)
def test_options_that_do_not_fit(name, options, told, small, kept):
    """Each is refused at planning, with what is possible."""
    with pytest.raises(ModelError) as caught:
        graphs.inspect(name, small, TASK, kept, **options)
    assert told in str(caught.value)


def test_openvino_computes_on_the_processor(small, tmp_path):
    """Another device is refused at planning."""
    with pytest.raises(ModelError, match="computes on the processor"):
        graphs.inspect("openvino", small, TASK, bench.make_context(tmp_path, device="cuda"))


@pytest.mark.parametrize("name", RUNTIMES)
def test_an_absent_library_is_named(name, small, kept, monkeypatch):
    """The message says what to install."""
    from benchwright_adapters._graphs import facts

    monkeypatch.setattr(facts, "find_spec", lambda _: None)
    with pytest.raises(PluginError, match=rf"benchwright\[[a-z,]*{name}"):
        graphs.inspect(name, small, TASK, kept)


def test_planning_loads_no_runtime(small, tmp_path):
    """Facts of a checkpoint import neither torch nor a runtime."""
    script = f"""
    import sys
    from pathlib import Path
    from benchwright import registry
    from benchwright.types import Context, ModelRef
    sys.path.insert(0, {str(checkpoints.__file__.rpartition("/")[0])!r})
    from benchwright.testing.fixtures import build_task
    from benchwright.types import Label
    labels = tuple(Label(name=name, id=at) for at, name in enumerate(("negative", "positive")))
    task = build_task(kind="classify", name="t", splits={{}}, default_split="test", inputs={{"text": ("text",)}}, target=("label",), metrics=("accuracy",), labels=labels)
    context = Context(suite="s", train=None, items=tuple, workdir=Path({str(tmp_path)!r}), offline=True)
    for name in ("onnx", "openvino"):
        registry.get("adapters", name).inspect(ModelRef(name="m", adapter=name, path={str(small)!r}), task, context)
    print(sorted({{"torch", "onnx", "onnxruntime", "openvino", "nncf", "transformers"}} & set(sys.modules)))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "[]", done.stderr


# --- every kind and more families: a graph for each, made once ------------------------------------------------------------

FAMILIES = ("roberta", "distilbert", "electra", "albert", "modernbert", "gpt2", "deberta-v3")


@pytest.mark.soak
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", RUNTIMES)
def test_families_equal_one_text_at_a_time(name, family, saved, kept):
    """Families with positions of their own, windows, shared layers, relative positions."""
    folder, (firsts, _) = saved(family), checkpoints.texts()
    found = graphs.ask(
        name, folder, TASK, bench.make_examples(text=firsts), kept, max_length=str(checkpoints.POSITIONS - 2)
    )
    logits = checkpoints.plain_logits(folder, firsts, max_length=checkpoints.POSITIONS - 2)

    assert np.abs(np.array([one.scores for one in found]) - checkpoints.softmax(logits)).max() < TOLERANCE


WORDS = [text.split() for text in checkpoints.corpus()[:12]]
SENTENCES = checkpoints.corpus()
TAGS = ("O", "B-PER", "I-PER")
KINDS = {
    "regress": (
        bench.make_task(Kind.REGRESS, labels=()),
        {"head": "ForSequenceClassification", "labels": ("score",)},
        {"text": SENTENCES[:12]},
    ),
    "tag": (
        bench.make_task(Kind.TAG, labels=TAGS),
        {"head": "ForTokenClassification", "labels": TAGS},
        {"words": WORDS},
    ),
    "span": (
        bench.make_task(Kind.SPAN, labels=()),
        {"head": "ForQuestionAnswering"},
        {"question": SENTENCES[:6], "context": [" ".join(SENTENCES[at : at + 12]) for at in range(6)]},
    ),
    "choose": (
        bench.make_task(Kind.CHOOSE, labels=()),
        {"head": "ForMultipleChoice"},
        {"premise": SENTENCES[:6], "question": SENTENCES[6:12], "options": [SENTENCES[at : at + 3] for at in range(6)]},
    ),
    "embed": (
        bench.make_task(Kind.EMBED, ("text",), labels=(), pooling="mean", layer=1),
        {"head": "ForMaskedLM"},
        {"text": SENTENCES[:12]},
    ),
    "fill": (
        bench.make_task(Kind.FILL, ("text", "options"), labels=(), rule="slot", metrics=()),
        {"head": "ForMaskedLM"},
        {
            "text": ["the {mask} was lovely.", "they said {mask} on the train"],
            "options": [("film", "soup"), ("nothing", "garden")],
        },
    ),
}


def numbers(prediction):
    """What can be compared of an answer."""
    given = prediction.scores if prediction.scores is not None else prediction.output
    return (
        np.asarray(given, dtype=float)
        if not isinstance(given, str) and not isinstance(given[0] if isinstance(given, tuple) else 0.0, str)
        else given
    )


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", RUNTIMES)
def test_every_kind_equals_transformers(name, kind, saved, kept):
    """Numbers, tags, spans, choices, words at a slot, vectors of a layer."""
    task, how, rows = KINDS[kind]
    problem = {"problem_type": "regression"} if kind == "regress" else {}
    folder = saved("bert", num_hidden_layers=2, **how, **problem)
    examples = bench.make_examples(**rows)
    expected = graphs.ask("transformers", folder, task, examples, kept)
    found = graphs.ask(name, folder, task, examples, kept)

    assert not [one.error for one in found if one.error]
    for one, other in zip(found, expected, strict=True):
        mine, theirs = numbers(one), numbers(other)
        assert (np.abs(mine - theirs).max() < TOLERANCE) if isinstance(mine, np.ndarray) else (mine == theirs)


@pytest.mark.soak
def test_calibrated_int8_is_near_and_batches_change_nothing(saved, kept):
    """INT8 of weights and activations, calibrated on the train split, has scales of its own: neighbours change no answer."""
    pytest.importorskip("nncf", reason="NNCF is not installed")
    folder = saved("bert", num_hidden_layers=1)
    context = graphs.replace(kept, train=train_of(SENTENCES))
    examples = bench.make_examples(text=checkpoints.texts()[0][8:24])
    plain = graphs.ask("openvino", folder, TASK, examples, context)
    session = graphs.open_session("openvino", folder, TASK, context, quantize="int8", calibration="64")
    found = session.predict(examples)

    assert 0 < np.abs(np.array([one.scores for one in found]) - [one.scores for one in plain]).max() < 0.1
    assert session.predict(examples[2:3])[0].scores == pytest.approx(found[2].scores, abs=1e-6)
    assert any(
        "none of them evaluated" in note
        for note in graphs.inspect("openvino", folder, TASK, context, quantize="int8", calibration="64").notes
    )
    session.close()
