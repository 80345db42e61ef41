"""Passes apart from those that count: where the time of a query goes, how much work it is, what the machine could do."""

from __future__ import annotations

import msgspec

from benchwright.measuring.matrix_rate import QUANTITY as MATRIX_RATE
from benchwright.measuring.matrix_rate import matrix_rate
from benchwright.measuring.stages import measure_stages
from benchwright.measuring.work import read_work
from benchwright.profiling.messages import Answer, Stages
from benchwright.profiling.opened_model import OpenedModel
from benchwright.profiling.questions import Query
from benchwright.types import Describes, HasStages, Reading, Samples
from benchwright.types.hardware import Preset

_SECONDS: dict[Preset, float] = {"quick": 1.0, "standard": 5.0, "official": 20.0}
"""After which no further query is asked in stages."""

_QUERIES = 200

_SHORT = "the short form measures no matrix rate"

NO_STAGES = "no stages: the adapter answers a query as a whole"


def measure_parts(opened: OpenedModel, command: Stages) -> Answer:
    """Stages of queries of a shape, their work, and on request the best matrix product of this machine.

    The queries are those of the passes that count, asked once more: to ask them in stages changes no answer and no other pass.
    """
    asked = command.shape
    opened.batch_as(command.spec.scenario)
    queries: list[Query] = [*opened.passes.get(asked, ())] or opened.queries(opened.shape(asked.warm))[:_QUERIES]
    readings = [*read_work(opened.session, queries, batch=asked.batch, length=asked.length), *_rate(opened, command)]
    if not isinstance(opened.session, HasStages):
        return Answer(readings=tuple(readings), notes=(NO_STAGES,))
    samples = _stages(opened, opened.session, queries, command)
    labelled = (msgspec.structs.replace(one, batch=asked.batch, length=asked.length) for one in samples)
    return Answer(samples=tuple(labelled), readings=tuple(readings))


def _stages(opened: OpenedModel, session: HasStages, queries: list[Query], command: Stages) -> tuple[Samples, ...]:
    measure_stages(session, queries[:1], opened.clock)  # warms up what only this pass does
    again = [query for _ in range(-(-_QUERIES // len(queries))) for query in queries][:_QUERIES]
    return measure_stages(session, again, opened.clock, most_seconds=_SECONDS[command.spec.preset])


def _rate(opened: OpenedModel, command: Stages) -> tuple[Reading, ...]:
    if not command.rate:
        preset = command.spec.preset
        return () if wants_rate(preset) else (Reading(quantity=MATRIX_RATE, value=None, reason=_SHORT, phase="start"),)
    session = opened.session
    dtype = session.settings.get("dtype", "float32") if isinstance(session, Describes) else "float32"
    return (matrix_rate(dtype, opened.clock, device=opened.subject.context.device),)


def wants_rate(preset: Preset) -> bool:
    """Whether the matrix rate is measured, which takes a second or two: not in the short form."""
    return preset != "quick"
