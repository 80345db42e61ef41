"""Bias: identity swaps of any task, and published probes of masked language models and of answers, each with what is disputed about it."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._bias import bbq, crows_pairs

suite = Suite(
    name="bias",
    version=1,
    tasks=(*crows_pairs.tasks, *bbq.tasks),
    includes=("superglue/axg",),
    folders=("bias",),
    views=("identity",),
    configured="benchwright_suites._bias.options:configure",
    published=(*bbq.published,),
    description="Any task with words for people exchanged (--on says which), and published probes of bias, each with what is disputed about it.",
)
