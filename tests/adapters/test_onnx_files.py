"""What an ONNX file says of itself is read without a library, and what is never loaded is refused."""

import importlib
import sys
from pathlib import Path

import graphs_bench as graphs
import pytest

from benchwright.errors import ModelError
from benchwright_adapters._graphs import trial
from benchwright_adapters._graphs.forward import find_ports
from benchwright_adapters._graphs.no_telemetry import forbid_telemetry
from benchwright_adapters._graphs.onnx_file import GraphPort, read_onnx
from benchwright_adapters._graphs.source import _weights_of


@pytest.fixture
def read(tmp_path):
    """Read a file with this content."""

    def of(content):
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
        return read_onnx(path, "m")

    return of


@pytest.fixture
def refused(read):
    def of(content):
        with pytest.raises(ModelError) as caught:
            read(content)
        return str(caught.value)

    return of


def test_what_a_file_says(read, tmp_path):
    """Inputs without a value of their own, outputs, opset, weights by type, and files beside it."""
    (tmp_path / "model.onnx_data").write_bytes(b"")
    tensors = [
        graphs.tensor("w", 30, 4, location="model.onnx_data"),
        graphs.tensor("b", 4),
        graphs.tensor("shape", 2, dtype=7),
    ]
    content = graphs.model(
        nodes=[graphs.node("MatMul"), graphs.node("Gelu", "com.microsoft")], tensors=tensors, inputs=("input_ids", "b")
    )
    found = read(content)

    assert found.inputs == [GraphPort(name="input_ids", dtype="int64", axes=2)]
    assert [one.name for one in found.outputs] == ["logits"]
    assert found.opset == 18
    assert found.parameters == 124
    assert [path.name for path in found.files] == ["model.onnx", "model.onnx_data"]
    assert not found.is_dynamic


def test_quantised_weights_are_not_counted(read):
    """Scales and zero points are no weights, so nothing is said."""
    found = read(
        graphs.model(nodes=[graphs.node("DynamicQuantizeLinear")], tensors=[graphs.tensor("w", 8, 8, dtype=3)])
    )

    assert found.parameters is None
    assert found.is_dynamic


@pytest.mark.parametrize(
    "location", ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "\\\\host\\x", "..\\x", "*/_ORT_MEM_ADDR_/*"]
)
def test_weights_outside_of_the_folder_are_refused(refused, location):
    """A path that leads elsewhere is never followed."""
    assert "outside of its folder" in refused(graphs.model(tensors=[graphs.tensor("w", 2, location=location)]))


def test_weights_in_graphs_inside_graphs_are_seen(refused):
    """A branch of an `If` may hold tensors too, and a constant."""
    branch = graphs.message(5, graphs.tensor("w", 2, location="../secret"))
    inside = graphs.node("If") + graphs.message(5, graphs.message(6, branch))
    constant = graphs.node("Constant") + graphs.message(
        5, graphs.message(5, graphs.tensor("c", 2, location="../secret"))
    )

    assert "outside of its folder" in refused(graphs.model(nodes=[inside]))
    assert "outside of its folder" in refused(graphs.model(nodes=[constant]))


def test_absent_weights_are_named(refused):
    """The file that is lacking is named."""
    assert "weights.bin, which is not there" in refused(
        graphs.model(tensors=[graphs.tensor("w", 2, location="weights.bin")])
    )


def test_operators_of_a_library_are_refused(refused):
    """Libraries that come with a model are never loaded."""
    assert "operators of evil.ops" in refused(graphs.model(nodes=[graphs.node("Run", "evil.ops")]))


DAMAGED = {
    "text": b"# a page of HTML, not a model",
    "empty": b"",
    "cut": graphs.model()[:-7],
    "nothing": graphs.whole(1, 8),
    "too long": graphs.varint(7 << 3 | 2) + graphs.varint(2**40) + b"x",
    "no end": b"\x80" * 40,
    "deep": graphs.model(nodes=[graphs.node("If")], more=b""),
}


@pytest.mark.parametrize("name", [name for name in DAMAGED if name != "deep"])
def test_damaged_files_are_refused(refused, name):
    """Each is an error in one sentence, never a traceback."""
    told = refused(DAMAGED[name])

    assert "no ONNX file, or a damaged one" in told or "holds no graph" in told or "cannot be read" in told


def test_graphs_inside_graphs_have_an_end(refused):
    """Nesting that no exporter makes is damage."""
    inner = b""
    for _ in range(40):
        inner = graphs.message(1, graphs.node("If") + graphs.message(5, graphs.message(6, inner)))

    assert "damaged" in refused(graphs.model(more=inner))


def test_outputs_are_found_by_name_or_place(card):
    """The name that exporters give, else the only one; else a refusal that says what there is."""
    task = card.task("classify", labels=("a", "b"))
    given = [GraphPort(name="input_ids", dtype="int64", axes=2)]

    assert find_ports(given, ["extra", "logits"], task, "m").outputs == {"logits": "logits"}
    assert find_ports(given, ["dense_7"], task, "m").outputs == {"logits": "dense_7"}
    with pytest.raises(ModelError, match="its graph gives last_hidden_state"):
        find_ports(given, ["last_hidden_state"], task, "m")
    with pytest.raises(ModelError, match="its graph gives a, b"):
        find_ports(given, ["a", "b"], task, "m")
    with pytest.raises(ModelError, match="its graph wants pixels"):
        find_ports([GraphPort(name="pixels", dtype="float32", axes=4)], ["logits"], task, "m")


def test_a_graph_without_an_end_is_refused(tmp_path, monkeypatch):
    """Opening such a graph takes no time; it is asked once in the process that tries it."""
    onnx = pytest.importorskip("onnx", reason="the extra onnx is absent")
    pytest.importorskip("onnxruntime", reason="the extra onnx is absent")
    from onnx import TensorProto, helper

    flag = helper.make_tensor_value_info("flag", TensorProto.BOOL, [])
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["rows", "tokens"])
    copies = [helper.make_node("Identity", [one], [other]) for one, other in (("flag", "again"), ("old", "new"))]
    old, new = (helper.make_tensor_value_info(name, TensorProto.INT64, ["rows", "tokens"]) for name in ("old", "new"))
    turn = helper.make_tensor_value_info("turn", TensorProto.INT64, [])
    again = helper.make_tensor_value_info("again", TensorProto.BOOL, [])
    body = helper.make_graph(copies, "body", [turn, flag, old], [again, new])
    nodes = [helper.make_node("Loop", ["", "yes", "input_ids"], ["logits"], body=body)]
    logits = helper.make_tensor_value_info("logits", TensorProto.INT64, ["rows", "tokens"])
    made = helper.make_model(
        helper.make_graph(nodes, "g", [ids], [logits], [yes]), opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    path = tmp_path / "model.onnx"
    onnx.save(made, path)
    monkeypatch.setattr(trial, "_SECONDS", 3)

    with pytest.raises(ModelError, match=r"breaks down|takes longer"):
        trial.try_graph(path, [path], tmp_path, "m", "onnx")


def test_a_graph_that_wants_too_much_memory_is_told(tmp_path):
    """A constant of terabytes is refused in our words, where it is tried and where it is opened."""
    onnx = pytest.importorskip("onnx", reason="the extra onnx is absent")
    pytest.importorskip("onnxruntime", reason="the extra onnx is absent")
    from onnx import TensorProto, helper

    size = helper.make_tensor("size", TensorProto.INT64, [2], [2**20, 2**20])
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["rows", "tokens"])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)
    graph = helper.make_graph([helper.make_node("ConstantOfShape", ["size"], ["logits"])], "g", [ids], [logits], [size])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), tmp_path / "model.onnx"
    )

    with pytest.raises(ModelError, match=r"model\.onnx: it asks for more than 4 GiB of memory for a short text"):
        trial.try_graph(tmp_path / "model.onnx", [tmp_path / "model.onnx"], tmp_path, "m", "onnx")


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc", "it asks for more memory than there is"),
        (
            "Exception from src/core/a.cpp:13: Check 'a == b' failed at src/b.cpp:7:\nUnknown operation Zero",
            "Unknown operation Zero",
        ),
        ("[ONNXRuntimeError] : 10 : INVALID_GRAPH : Load model from /x/model.onnx failed", "Load model from m failed"),
        ("", "it says nothing of why"),
    ],
)
def test_what_a_runtime_says_is_told_without_its_codes(told, reason):
    """Source files, codes and conditions are left out, and the path."""
    assert trial.reason_of(told, Path("/x/model.onnx"), "m") == reason


def test_nothing_is_told_to_the_maker_of_a_library(monkeypatch):
    """OpenVINO and NNCF find no reporter of usage, as where it is not installed."""
    monkeypatch.delitem(sys.modules, "openvino_telemetry", raising=False)
    forbid_telemetry()

    assert "openvino_telemetry" in sys.modules
    with pytest.raises(ImportError):
        importlib.import_module("openvino_telemetry")


@pytest.mark.parametrize("text", ['<?xml version="1.0"?><!DOCTYPE net [<!ENTITY a "b">]><net/>', "<net/>\0"])
def test_a_graph_of_openvino_declares_nothing(tmp_path, text):
    (tmp_path / "openvino_model.xml").write_text(text)
    (tmp_path / "openvino_model.bin").write_bytes(b"")

    with pytest.raises(ModelError, match="document type"):
        _weights_of(tmp_path / "openvino_model.xml", "m")
