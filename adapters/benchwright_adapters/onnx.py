"""Checkpoints and exported models in ONNX Runtime: a folder with model.onnx as Optimum writes it, or a checkpoint, which is exported once."""

from __future__ import annotations

from collections.abc import Mapping

from ._graphs.adapter import GraphAdapter
from ._graphs.settings import ONNX


class Onnx(GraphAdapter):
    """Models in ONNX Runtime, in single precision or dynamic INT8, with the execution providers that are installed.

    A checkpoint of `transformers` is traced once with any number of rows and tokens, compared with itself, and kept in the store's
    folder of models. Operators of a library of the model's own are refused, and so are weights outside of its folder.
    """

    name = "onnx"
    options: Mapping[str, str] = ONNX


adapter = Onnx()
