"""What the processes of a model answered, put together cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec

from benchwright.measuring.machine_state import worst_of
from benchwright.profiling.messages import Answer
from benchwright.types import Machine, Measurements, ProfileSpec, Reading, Samples


@dataclass(kw_only=True)
class GatheredSamples:
    """Everything raw of one cell.

    Attributes:
        key: Of the cell.
        spec: What was asked for, filled in by its preset.
        reason: Why there is nothing; empty unless it failed.
        states: Of the machine, as each process saw it at its ends.
    """

    key: str
    spec: ProfileSpec
    reason: str = ""
    samples: list[Samples] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    states: list[dict[str, str]] = field(default_factory=list)

    def add(self, answer: Answer, *, process: int = 0, concurrency: int = 1) -> None:
        """Take an answer of the process of that number."""
        labelled = msgspec.structs.replace
        self.samples += [labelled(one, process=process, concurrency=concurrency) for one in answer.samples]
        self.readings += [labelled(one, process=process) for one in answer.readings]
        self.settings.update(answer.settings)
        self.note(*answer.notes)
        if answer.state:
            self.states.append(answer.state)

    def note(self, *notes: str) -> None:
        """Take what a reader must know, once."""
        self.notes += [note for note in notes if note and note not in self.notes]

    def measurements(self, machine: Machine, session: str) -> Measurements:
        """All of it, as it is stored; what others did meanwhile is in the state of ``machine`` already."""
        state = dict(sorted({**worst_of(self.states), **machine.state}.items()))
        return Measurements(
            spec=self.spec,
            machine=msgspec.structs.replace(machine, state=state),
            session=session,
            samples=tuple(self.samples),
            readings=tuple(self.readings),
            settings=dict(sorted(self.settings.items())),
            notes=tuple(self.notes),
            taken=datetime.now(UTC).isoformat(timespec="seconds"),
        )
