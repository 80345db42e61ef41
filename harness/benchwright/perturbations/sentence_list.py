"""Sentences that say nothing about anything a text may be about: no opinion, no name, no number, no negation, no event."""

from __future__ import annotations

SENTENCES: tuple[str, ...] = (
    "The chairs in the hallway are made of wood.",
    "A bus stops at the corner of the street.",
    "The kitchen has a window that faces the garden.",
    "Paper is kept in the drawer below the printer.",
    "The door of the shed is painted green.",
    "Someone put a cup on the table.",
    "The carpet in the corridor is grey.",
    "A bicycle leans against the fence.",
    "The lamp stands beside the bookshelf.",
    "Umbrellas are kept in a stand near the entrance.",
    "The shelves in the cellar hold glass jars.",
    "A clock hangs on the wall of the office.",
    "The curtains are made of cotton.",
    "Pencils are sold in boxes.",
    "The staircase leads to the attic.",
    "A ladder stands behind the garage.",
    "The path goes round the pond.",
    "Towels hang on a hook in the bathroom.",
    "The parcel was put on the shelf.",
    "A map of the building hangs in the lobby.",
    "The benches in the courtyard are made of stone.",
    "Milk is kept in the refrigerator.",
    "The keys hang beside the door.",
    "A basket of laundry stands in the hallway.",
)
