"""Checkpoints and exported models in ONNX Runtime: a folder with model.onnx as Optimum writes it, or a checkpoint, which is exported once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from benchwright.types import Context, Facts, Kind, ModelRef, Session, Task

from ._graphs.settings import ONNX

if TYPE_CHECKING:
    from ._graphs.wanted import WantedGraph


class Onnx:
    """Models in ONNX Runtime, in single precision or dynamic INT8, with the execution providers that are installed.

    A checkpoint of `transformers` is traced once with any number of rows and tokens, compared with itself, and kept in the store's
    folder of models. Operators of a library of the model's own are refused, and so are weights outside of its folder.
    """

    name = "onnx"
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL, Kind.EMBED)
    options: Mapping[str, str] = ONNX

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts from configuration and files; nothing is exported, and no runtime loaded into this process.

        Raises:
            PluginError: ONNX Runtime or what exports for it is not installed.
            ModelError: There is neither a graph nor a checkpoint, one of its files is absent, broken or leads elsewhere, or it does not
                fit the task.
        """
        from ._graphs.plan import facts_of

        return facts_of(_wanted(model, task, context))

    def resolve(self, model: ModelRef, task: Task, context: Context) -> ModelRef:
        """The same reference, its graph made now unless it is there: in ``context.models`` under the first 40 digits of its digest.

        Raises:
            ModelError: It cannot be exported, or its graph is another model.
            StoreError: There is no room, or the store cannot be written.
        """
        from ._graphs.plan import make

        make(_wanted(model, task, context, fetch=False))
        return model

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task; the graph is made first where it is not there.

        Raises:
            ModelError: It cannot be made or opened, or gives other outputs than the task wants.
        """
        from ._graphs.plan import make
        from ._graphs.session import open_graph

        wanted = _wanted(model, task, context, fetch=False)
        return open_graph(wanted, make(wanted))


def _wanted(model: ModelRef, task: Task, context: Context, *, fetch: bool = True) -> WantedGraph:
    from ._graphs.plan import find_wanted

    return find_wanted(model, task, context, "onnx", fetch=fetch)


adapter = Onnx()
