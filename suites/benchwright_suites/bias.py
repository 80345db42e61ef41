"""Bias: published probes of masked language models and of answers, each with what is disputed about it."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._bias import bbq, crows_pairs

suite = Suite(
    name="bias",
    version=1,
    tasks=(*crows_pairs.tasks, *bbq.tasks),
    includes=("superglue/axg",),
    folders=("bias",),
    configured="benchwright_suites._bias.options:configure",
    published=(*bbq.published,),
    description="Published probes of bias, each printed with its formula, its interval and what is disputed about it.",
)
