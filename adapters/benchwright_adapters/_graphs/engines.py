"""Open a graph in ONNX Runtime or OpenVINO, with settings that leave nothing to chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.encoders.failures import explained
from benchwright.errors import ModelError

from .no_telemetry import forbid_telemetry
from .onnx_file import GraphPort
from .settings import GraphSettings
from .trial import cannot_open

_CPU, _CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
_TYPES = {"tensor(int64)": "int64", "tensor(int32)": "int32"}


def open_engine(graph: Path, settings: GraphSettings, device: str, shown: str) -> OnnxEngine | OpenVinoEngine:
    """An open graph.

    Raises:
        ModelError: It cannot be opened, or not by the provider that was asked for.
    """
    with explained(lambda error: cannot_open(graph, shown, settings.runtime, str(error))):
        if settings.runtime == "onnx":
            return OnnxEngine(graph, providers=providers_of(settings, device, shown), threads=settings.threads)
        return OpenVinoEngine(
            graph, precision=settings.precision, threads=settings.threads, quantized=settings.quantize
        )


def providers_of(settings: GraphSettings, device: str, shown: str) -> tuple[str, ...]:
    """Execution providers in order; raises ModelError for one that the installed ONNX Runtime does not have."""
    import onnxruntime

    there = onnxruntime.get_available_providers()
    wanted = settings.providers or ((_CUDA, _CPU) if device == "cuda" else (_CPU,))
    absent = [name for name in wanted if name not in there]
    if absent:
        raise ModelError(
            f"{shown}: ONNX Runtime {onnxruntime.__version__} has no {', '.join(absent)} here",
            expected=f"one or more of: {', '.join(there)}",
            hint="install onnxruntime-gpu for CUDA and TensorRT" if device == "cuda" else f"?providers={_CPU}",
        )
    return tuple(wanted)


class OnnxEngine:
    """A graph in ONNX Runtime.

    Its threads do not spin between passes; memory is given back after each one, since every shape would keep an arena of its own; no
    library of custom operators is registered.
    """

    def __init__(self, graph: Path, *, providers: Sequence[str], threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        options.log_severity_level = 4
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session: Any = onnxruntime.InferenceSession(str(graph), options, providers=list(providers))
        used = self._session.get_providers()
        lost = [name for name in providers if name not in used]
        if lost:
            raise ModelError(
                f"{graph.parent.name}: ONNX Runtime could not start {', '.join(lost)} and would compute on {used[0]}",
                expected="the libraries that this provider needs (CUDA, cuDNN, TensorRT)",
                hint=f"install them, or type ?providers={used[-1]}",
            )
        self.inputs = [
            GraphPort(name=one.name, dtype=_TYPES.get(one.type, ""), axes=len(one.shape))
            for one in self._session.get_inputs()
        ]
        self.outputs = [one.name for one in self._session.get_outputs()]
        self.settings: Mapping[str, str] = {"providers": ", ".join(used), "threads": str(threads)}

    def run(self, inputs: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> Sequence[NDArray[Any]]:
        """Some of its outputs."""
        found: Sequence[NDArray[Any]] = self._session.run(list(outputs), dict(inputs))
        return found

    def close(self) -> None:
        """Give back the graph; closing twice is safe."""
        self._session = None


class OpenVinoEngine:
    """A graph in OpenVINO on the processor, in the precision asked for: left alone it takes bfloat16 where the processor has it."""

    def __init__(self, graph: Path, *, precision: str, threads: int, quantized: str) -> None:
        forbid_telemetry()
        import openvino

        hints: dict[str, Any] = {
            "INFERENCE_PRECISION_HINT": precision,
            "EXECUTION_MODE_HINT": "ACCURACY" if precision == "f32" and quantized == "none" else "PERFORMANCE",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
        }
        core = openvino.Core()
        model = core.read_model(graph)
        self._compiled: Any = core.compile_model(model, "CPU", hints)
        self._request: Any = self._compiled.create_infer_request()
        self.inputs = [
            GraphPort(
                name=port_name(port),
                dtype=_dtype(port),
                axes=len(port.partial_shape) if port.partial_shape.rank.is_static else None,
            )
            for port in self._compiled.inputs
        ]
        self.outputs = [port_name(port) for port in self._compiled.outputs]
        self.settings: Mapping[str, str] = {
            "device": "CPU",
            "precision": self._compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name(),
            "threads": str(self._compiled.get_property("INFERENCE_NUM_THREADS")),
        }

    def run(self, inputs: Mapping[str, NDArray[Any]], outputs: Sequence[str]) -> Sequence[NDArray[Any]]:
        """Some of its outputs."""
        self._request.infer(dict(inputs), share_inputs=True)
        return [np.array(self._request.get_tensor(name).data) for name in outputs]

    def close(self) -> None:
        """Give back the graph; closing twice is safe."""
        self._request = self._compiled = None


def port_name(port: Any) -> str:
    """The name of a port; one without is called by its node."""
    names = sorted(port.get_names())
    return str(names[0]) if names else str(port.get_node().get_friendly_name())


def _dtype(port: Any) -> str:
    return {"i64": "int64", "i32": "int32"}.get(port.get_element_type().get_type_name(), "")
