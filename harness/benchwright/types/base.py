"""Versions of what the store writes, the base of all nouns, and the kinds of task."""

from __future__ import annotations

from enum import StrEnum

import msgspec

SCHEMA = 2
"""Version of the files of a cell; one of another version is computed anew. No cell key holds it.

2: records have slices, group and official_id; a card holds the fields of its kind alone."""


KEY = 1
"""Version of the cell key: raised when its fields or their meaning change, never because a file's format does."""


RESULTS = 3
"""Version of files that hold scores (runs, scores of cells): 1 had flags, 2 has alarms, 3 says slice for group. No part of any key."""


ENGINE = 3
"""Version of the engine's semantics; part of every cell key, so a change of meaning never reuses an old cell.

2: rows that repeat share a cluster where the task states none; records hold it.
3: a prediction of an encoder depends on model, text and kind of machine alone, never on what it was computed with."""


class Frozen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all nouns."""


class Kind(StrEnum):
    """What is asked of a model."""

    CLASSIFY = "classify"
    """One or two texts -> a label name and a score per label (multi-label tasks: a tuple of label names)."""
    REGRESS = "regress"
    """One or two texts -> a number."""
    TAG = "tag"
    """Words -> a label per word."""
    SPAN = "span"
    """Question and context -> answer text, start, score, null score."""
    CHOOSE = "choose"
    """Context and options -> the 0-based number of the option, a score per option."""
    FILL = "fill"
    """Text with a masked slot, or a whole sentence -> token log-probabilities, pseudo-log-likelihood."""
    SCORE = "score"
    """Prefix and continuation -> log-likelihood."""
    GENERATE = "generate"
    """Prompt -> text."""
    EMBED = "embed"
    """Text -> vector."""
