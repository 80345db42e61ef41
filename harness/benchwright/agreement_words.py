"""Why answers do not agree enough with exact ones for ``--precision fast``, in words."""

from __future__ import annotations

from benchwright.formatting import percent
from benchwright.items import count
from benchwright.types import LEAST_SAME, MARGIN, MOVED, Agreement, PrecisionChoice


def why_refused(found: Agreement) -> str:
    """Which part of the agreement is not reached; empty where all of it is."""
    if not found.n:
        return "it answers nothing"
    if found.lost:
        return f"{count(found.lost, 'answer')} of exact or of this one missing"
    same = f"{percent(found.share or 0.0, 2)} of the answers are the same"
    if found.same < LEAST_SAME * found.n:
        return f"{same}, and {percent(LEAST_SAME)} are asked for"
    if found.beyond:
        return f"{count(found.beyond, 'answer')} changed though exact was surer of it than {MARGIN:g}"
    return "" if found.is_reached else _told_moves(found.moved or 0.0)


def how_computed(choice: PrecisionChoice | None, variant: str = "") -> str:
    """How answers were computed that are not those of exact, for a note beside their number; empty: exactly.

    Args:
        choice: What ``--precision fast`` took; None: the reference itself says how it is computed.
        variant: What the model does otherwise by its reference, as in `Facts`.
    """
    taken = None if choice is None else choice.taken
    if taken is None:
        return f"computed as {variant}" if variant else ""
    told = f"computed as {', '.join(filter(None, [variant, taken.name]))} by --precision fast"
    found = taken.agreement
    if found is None or found.share is None:
        return told
    return f"{told}: {percent(found.share, 2)} of {count(found.n, 'answer')} of a sample are those of exact"


def _told_moves(share: float) -> str:
    """Margins that move too far for a sample to vouch for the whole."""
    told = f"it moves {percent(share, 1)} of the margins by more than {MOVED:g}"
    return f"{told}, and a sample vouches for a way that moves at most {percent(1 - LEAST_SAME, 1)} of them so"
