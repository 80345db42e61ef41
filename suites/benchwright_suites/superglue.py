"""SuperGLUE: eight harder tasks of English language understanding and two diagnostic sets."""

from __future__ import annotations

from benchwright.types import Aggregate, Suite
from benchwright_suites._superglue.inference import axb, axg, cb, rte
from benchwright_suites._superglue.published import published
from benchwright_suites._superglue.reading import boolq, copa, multirc, record
from benchwright_suites._superglue.words import wic, wsc

suite = Suite(
    name="superglue",
    version=1,
    tasks=(boolq, cb, copa, multirc, record, rte, wic, wsc, axb, axg),
    aggregates=(
        Aggregate(
            recipe="superglue-official-8",
            members=(("boolq",), ("cb",), ("copa",), ("multirc",), ("record",), ("rte",), ("wic",), ("wsc",)),
            title="dev SuperGLUE (official recipe)",
            citation="Wang et al. 2019, section 3.3, https://arxiv.org/abs/1905.00537",
        ),
    ),
    folders=("superglue", "super_glue", "glue"),
    description="Eight harder tasks of English language understanding, scored on validation data, and two diagnostic sets.",
    published=published,
)
