"""Keys beside one another on a QWERTY keyboard, and characters that a scanner takes for one another."""

from __future__ import annotations

_ROWS = (("qwertyuiop", 0.0), ("asdfghjkl", 0.25), ("zxcvbnm", 0.75))
"""Rows of letters and how far each is shifted to the right, in widths of a key."""


def _neighbours() -> dict[str, str]:
    places = {key: (shift + at, row) for row, (keys, shift) in enumerate(_ROWS) for at, key in enumerate(keys)}
    return {
        key: "".join(
            other
            for other, (column, row) in places.items()
            if other != key and abs(row - here[1]) <= 1 and abs(column - here[0]) <= 1
        )
        for key, here in places.items()
    }


NEIGHBOURS: dict[str, str] = _neighbours()
"""Small letter -> the letters on keys that touch its own: ``g`` -> ``tyfhvb``."""

OCR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("rn", ("m",)),
    ("cl", ("d",)),
    ("ri", ("n",)),
    ("li", ("h",)),
    ("nn", ("rm",)),
    ("vv", ("w",)),
    ("m", ("rn",)),
    ("w", ("vv",)),
    ("d", ("cl",)),
    ("l", ("1", "I")),
    ("i", ("l", "1")),
    ("o", ("0",)),
    ("e", ("c",)),
    ("c", ("e",)),
    ("h", ("b", "li")),
    ("b", ("h", "6")),
    ("g", ("q", "9")),
    ("q", ("g",)),
    ("n", ("ri",)),
    ("u", ("ii",)),
    ("f", ("t",)),
    ("t", ("f",)),
    ("s", ("5",)),
    ("a", ("o",)),
    ("z", ("2",)),
    ("I", ("l", "1")),
    ("O", ("0", "Q")),
    ("S", ("5",)),
    ("B", ("8",)),
    ("Z", ("2",)),
    ("G", ("6", "C")),
    ("D", ("O",)),
    ("E", ("F",)),
    ("Q", ("O",)),
)
"""What is printed -> what a scanner reads instead; longer ones first."""
