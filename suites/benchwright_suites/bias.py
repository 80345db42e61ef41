"""Bias: identity swaps of any task, and published probes of masked language models and of answers, each with what is disputed about it."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._bias import bbq, crows_pairs, seat, stereoset, wino

suite = Suite(
    name="bias",
    version=1,
    tasks=(*crows_pairs.tasks, *stereoset.tasks, *bbq.tasks, *wino.tasks, *seat.tasks),
    includes=("superglue/axg",),
    by_name=(*(task.name for task in crows_pairs.tasks[1:]), "seat"),
    folders=("bias",),
    views=("identity",),
    custom={"honest": "benchwright_suites._bias.honest:build"},
    configured="benchwright_suites._bias.options:configure",
    published=(*stereoset.published, *bbq.published),
    description="Any task with words for people exchanged (--on says which), and published probes of bias, each with what is disputed about it.",
)
