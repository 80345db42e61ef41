"""Long names made short without making two of them look the same."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.formatting import clip_middle


def shorten(names: Sequence[str], limit: int) -> list[str]:
    """Each name in at most ``limit`` characters; different names stay different.

    Both ends are kept; where that hides the difference, the part that differs; where even that is too long, the
    position is written before the name.
    """
    for candidates in ([clip_middle(name, limit) for name in names], _cores(names, limit)):
        if len(set(candidates)) == len(set(names)):
            return candidates
    places = {name: f"{at}. " for at, name in enumerate(dict.fromkeys(names), start=1)}
    return [places[name] + clip_middle(name, max(2, limit - len(places[name]))) for name in names]


def _cores(names: Sequence[str], limit: int) -> list[str]:
    """The parts that differ, with as much of the common start as there is room for."""
    start = _alike(names)
    end = min(_alike([name[::-1] for name in names]), min(map(len, names), default=0) - start)
    found = []
    for name in names:
        core = name[start : len(name) - end]
        after = "…" if end else ""
        room = max(0, limit - len(core) - len(after) - 1)
        before = name[max(0, start - room) : start]
        found.append(clip_middle(f"{'…' if len(before) < start else ''}{before}{core}{after}", limit))
    return found


def _alike(names: Sequence[str]) -> int:
    """How many characters all names share at their start."""
    first, last = min(names, default=""), max(names, default="")
    pairs = zip(first, last, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(first), len(last)))
