"""The hardware profiles of a run, from its store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from benchwright.alarm import in_order, note
from benchwright.errors import NotComparable
from benchwright.hardware.of_measurements import profile_of
from benchwright.hardware.ratios import ratios_of_session
from benchwright.store import Store
from benchwright.types import CellResult, LatencyRatio, Measurements, Profile, Task


def score_profiles(store: Store, cells: Sequence[CellResult], tasks: Mapping[str, Task]) -> tuple[Profile, ...]:
    """A profile for each cell that was measured, in the order of the cells; read from the raw samples alone.

    Args:
        store: Holds the measurements.
        cells: Of a run.
        tasks: ``suite/task`` -> card, of the same run.

    Raises:
        StoreError: Measurements are gone, damaged, or not those that were written.
    """
    timed = [cell for cell in cells if cell.status == "measured" and cell.key and cell.task_path in tasks]
    found = {(cell.model, cell.task_path, cell.split): store.read_measurements(str(cell.key)) for cell in timed}
    profiles = []
    for cell in timed:
        path, split = cell.task_path, cell.split
        session = {model: one for (model, *place), one in found.items() if place == [path, split]}
        ratios, why = _ratios(session)
        made = profile_of(
            found[cell.model, path, split],
            model=cell.model,
            suite=cell.suite,
            base=tasks[path].view_of,
            key=str(cell.key),
            about=store.read_cell(str(cell.key)).key,
            ratios=(ratios[cell.model],) if cell.model in ratios else (),
        )
        alarms = in_order((*made.alarms, note("ratio", why))) if why else made.alarms
        profiles.append(msgspec.structs.replace(made, alarms=alarms))
    return tuple(profiles)


def _ratios(session: Mapping[str, Measurements]) -> tuple[Mapping[str, LatencyRatio], str]:
    """Ratios of the models of an interleaved session to its first one, or why there are none."""
    if any(one.spec.scenario != "interleaved" for one in session.values()):
        return {}, ""
    try:
        return ratios_of_session(session), ""
    except NotComparable as error:
        return {}, f"no ratio: {error.problem}"
