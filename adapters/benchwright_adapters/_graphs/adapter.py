"""What the adapters `onnx` and `openvino` share: a reference to a checkpoint or a graph, made where it is not there, opened by a runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from benchwright.types import Context, Facts, Kind, ModelRef, Session, Task

from .settings import Runtime

if TYPE_CHECKING:
    from .wanted import WantedGraph


class GraphAdapter:
    """Models as graphs of one runtime; a subclass says which, and its options."""

    name: ClassVar[Runtime]
    version = 1
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL, Kind.EMBED)

    def inspect(self, model: ModelRef, task: Task, context: Context) -> Facts:
        """Facts from configuration and files; nothing is exported, and no runtime loaded into this process.

        Raises:
            PluginError: The runtime or what exports for it is not installed.
            ModelError: There is neither a graph nor a checkpoint, one of its files is absent, broken or leads elsewhere, or it does not
                fit the task.
        """
        from .facts import facts_of

        return facts_of(self._wanted(model, task, context))

    def resolve(self, model: ModelRef, task: Task, context: Context) -> ModelRef:
        """The same reference, its graph made now unless it is there: in ``context.models`` under the first 40 digits of its digest.

        Raises:
            ModelError: It cannot be exported, or its graph is another model.
            StoreError: There is no room, or the store cannot be written.
        """
        from .making import make

        make(self._wanted(model, task, context, fetch=False))
        return model

    def open(self, model: ModelRef, task: Task, context: Context) -> Session:
        """A session that answers for the task; the graph is made first where it is not there.

        Raises:
            ModelError: It cannot be made or opened, or gives other outputs than the task wants.
        """
        from .making import make
        from .session import open_graph

        wanted = self._wanted(model, task, context, fetch=False)
        return open_graph(wanted, make(wanted))

    def _wanted(self, model: ModelRef, task: Task, context: Context, *, fetch: bool = True) -> WantedGraph:
        from .facts import find_wanted

        return find_wanted(model, task, context, self.name, fetch=fetch)
