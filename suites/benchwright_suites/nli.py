"""Natural language inference beyond GLUE: SNLI, ANLI, HANS, and the adversarial pairs of AdvGLUE."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._nli.adversarial import (
    advglue_mnli,
    advglue_mnli_mm,
    advglue_qnli,
    advglue_qqp,
    advglue_rte,
    advglue_sst2,
)
from benchwright_suites._nli.inference import anli_r1, anli_r2, anli_r3, hans, snli

suite = Suite(
    name="nli",
    version=1,
    tasks=(
        snli,
        anli_r1,
        anli_r2,
        anli_r3,
        hans,
        advglue_sst2,
        advglue_qqp,
        advglue_mnli,
        advglue_mnli_mm,
        advglue_qnli,
        advglue_rte,
    ),
    folders=("nli", "robustness"),
    description="Does one text follow from another: SNLI, ANLI by round, HANS-like heuristics, and adversarial GLUE.",
)
