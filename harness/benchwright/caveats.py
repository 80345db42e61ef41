"""What a reader must know before a number of a task is believed, as alarms and notes: they go wherever the number goes.

The card of a task states its caveats. A cell's alarms hold them from the moment it is scored, so that every output that prints
alarms and notes prints kind, reason and reference with them, and none has to remember it.
"""

from __future__ import annotations

from benchwright.alarm import alarm, note
from benchwright.types import Alarm, Caveat, Task

_LOUD = "contested"
"""What is disputed is a warning; the other kinds say what the number rests on."""


def caveat_alarms(task: Task) -> tuple[Alarm, ...]:
    """An alarm for each caveat that disputes the number, a note for the others; the code is the kind of the caveat."""
    return tuple((alarm if caveat.kind == _LOUD else note)(caveat.kind, caveat_text(caveat)) for caveat in task.caveats)


def caveat_text(caveat: Caveat) -> str:
    """Kind, reason and reference as one sentence: ``contested: it measures ... (Blodgett et al. 2021, https://...)``."""
    return f"{caveat.kind}: {caveat.reason}" + (f" ({caveat.reference})" if caveat.reference else "")


def caveat_texts(task: Task) -> tuple[str, ...]:
    """`caveat_text` of each caveat."""
    return tuple(map(caveat_text, task.caveats))
