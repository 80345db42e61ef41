"""Checkpoints and exported models in OpenVINO: a folder with openvino_model.xml or model.onnx, or a checkpoint, which is converted once."""

from __future__ import annotations

from collections.abc import Mapping

from ._graphs.adapter import GraphAdapter
from ._graphs.settings import OPENVINO


class OpenVino(GraphAdapter):
    """Models in OpenVINO on the processor, in single precision, bfloat16 or INT8.

    Single precision is that: left alone the library takes bfloat16 where a processor has it. INT8 is calibrated on rows of the train
    split, never on those that are evaluated.
    """

    name = "openvino"
    options: Mapping[str, str] = OPENVINO


adapter = OpenVino()
