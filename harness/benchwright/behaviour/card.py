"""The card of a task of behavioural tests: an ordinary task of its kind, with cases as groups and templates as clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from benchwright.behaviour.columns import CAPABILITY, CASE, CLUSTER, TARGET, TEST, TYPE, group_column
from benchwright.types import AnyTask, Cluster, Kind, Label, Source
from benchwright.types.tasks import TASK_CLASSES

if TYPE_CHECKING:
    from benchwright.behaviour.suite_types import BehaviourSuite

METRICS = ("failure_rate", "flip_rate")
"""Of answers that flip; of numbers the first alone."""
SCORE = ("failure_rate",)


def make_card(
    *,
    kind: Kind,
    name: str,
    splits: Mapping[str, Source],
    inputs: Sequence[str],
    labels: Sequence[Label] = (),
    groups: Sequence[str] = (),
    **fields: Any,
) -> AnyTask:
    """A card of behavioural tests whose rows have the columns of `benchwright.behaviour.columns`.

    Args:
        kind: What is asked of a model.
        name: Of the task.
        splits: Where they come from; the first one is the default.
        inputs: Names of the inputs, which are columns.
        labels: Labels with ids and aliases.
        groups: Names of further slices, whose columns are those of `group_column`.
        fields: Further fields of the card: trained_on, licence, citation, description, notes, multilabel, unanswerable, sizes.
    """
    own: dict[str, Any] = {"labels": tuple(labels)} if labels else {}
    return TASK_CLASSES[kind](
        name=name,
        splits=dict(splits),
        default_split=next(iter(splits)),
        inputs={one: (one,) for one in inputs},
        target=(TARGET,),
        metrics=METRICS[:1] if kind is Kind.REGRESS else METRICS,
        score=SCORE,
        slices={
            "test": (TEST,),
            "capability": (CAPABILITY,),
            "type": (TYPE,),
            **{group: (group_column(group),) for group in groups},
        },
        cluster=Cluster(by="column", columns=(CLUSTER,)),
        group=(CASE,),
        behaviour=True,
        **own,
        **fields,
    )


def card_of(
    suite: BehaviourSuite, *, name: str, splits: Mapping[str, Source], labels: Sequence[Label] = (), **fields: Any
) -> AnyTask:
    """The card of a suite that was read; ``labels`` in place of its own, which have no aliases."""
    kind = Kind(suite.kind)
    of_kind: dict[str, Any] = {}
    if kind is Kind.CLASSIFY and suite.multilabel:
        of_kind["multilabel"] = True
    if kind is Kind.FILL and suite.top:
        of_kind["top"] = suite.top
    if kind is Kind.SPAN and suite.unanswerable:
        of_kind["unanswerable"] = True
    return make_card(
        kind=kind,
        name=name,
        splits=splits,
        inputs=suite.input_names,
        labels=labels or tuple(Label(name=label, id=at) for at, label in enumerate(suite.labels)),
        groups=suite.group_names,
        **{
            "trained_on": suite.trained_on or None,
            "licence": suite.licence or "unspecified",
            "citation": suite.citation,
            "description": suite.description,
            **of_kind,
            **fields,
        },
    )
