"""How large a model is: bytes of its files and number of its weights, as its adapter knows them without loading it."""

from __future__ import annotations

from benchwright.types import Facts, Reading


def size_readings(facts: Facts) -> tuple[Reading, Reading]:
    """``size_bytes`` and ``parameters``; None with the reason where the adapter does not know, never a guess from the other."""
    if facts.replayed:
        reason = "its answers were made elsewhere and are read here, so nothing of the model is known"
        return (
            Reading(quantity="size_bytes", value=None, reason=reason, source="files", phase="start"),
            Reading(quantity="parameters", value=None, reason=reason, source="weights", phase="start"),
        )
    return (
        _known("size_bytes", facts.size_bytes, "files", "the adapter does not know which files decide its answers"),
        _known("parameters", facts.parameters, "weights", "the adapter does not know how many weights the model has"),
    )


def _known(quantity: str, value: int | None, source: str, reason: str) -> Reading:
    return Reading(
        quantity=quantity, value=value, reason="" if value is not None else reason, source=source, phase="start"
    )
