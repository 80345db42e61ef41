"""What a perturbation is: a name, what it does at which severity, for which kinds the label is kept, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from benchwright.edits import TextEdits
from benchwright.perturbations.draws import EditDraws
from benchwright.perturbations.texts import Text
from benchwright.perturbations.untouched import Untouched
from benchwright.types import Kind, Task

Severity = Literal[1, 2, 3]

LabelKept = Literal["kept", "apart", "declared", "no"]
"""``kept``: a person would give the same answer. ``apart``: so too, but what is changed is what such models rely on by design, so it is
reported apart. ``declared``: only where somebody says so of his task. ``no``: the perturbation does nothing with inputs of this kind, or
asks another question."""

Family = Literal["characters", "surface", "words", "values", "context", "meaning"]

DrawsFor = Callable[[str], EditDraws]
"""From the name of a text, or of what a draw is for, to its draws."""

Change = Callable[[Sequence[Text], float, DrawsFor], list[TextEdits]]
"""From the texts of an item and a share to the edits of each text."""


@dataclass(frozen=True, kw_only=True)
class Perturbation:
    """A named change of inputs, deterministic given seed, example and draw.

    Attributes:
        name: ``keyboard_typo``.
        title: For tables: ``Keyboard typos``.
        family: What it is a change of.
        description: What it does, in one sentence.
        shares: For severities 1, 2 and 3 the share, or the number, that is changed.
        share_of: What the share is one of: ``words of a text``.
        labels: Kind -> whether the label is kept; kinds that are absent have ``no``.
        untouched: What it promises to leave alone.
        change: The function; `benchwright.perturbations.perturb` calls it.
    """

    name: str
    title: str
    family: Family
    description: str
    shares: tuple[float, float, float]
    share_of: str
    labels: Mapping[Kind, LabelKept]
    untouched: Untouched
    change: Change

    def label_for(self, kind: Kind) -> LabelKept:
        """Whether the label of an item of that kind is kept."""
        return self.labels.get(kind, "no")

    def label_in(self, task: Task) -> LabelKept:
        """Whether the label of an item of that task is kept: as for its kind, but of a question about the form of a text only values
        are exchanged without a declaration.
        """
        kept = self.label_for(task.kind)
        return "declared" if task.about_form and self.family != "values" and kept in ("kept", "apart") else kept


SCORED = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
"""Kinds that have gold answers here."""


def label_kept(default: LabelKept = "kept", **other: LabelKept) -> dict[Kind, LabelKept]:
    """Kind -> whether the label is kept: one answer for all scored kinds, and others by the name of the kind."""
    return {kind: other.get(str(kind), default) for kind in SCORED}
