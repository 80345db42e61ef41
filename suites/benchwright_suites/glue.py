"""GLUE: nine tasks of English language understanding and a diagnostic set."""

from __future__ import annotations

from benchwright.types import Aggregate, Suite
from benchwright_suites._glue.inference import ax, mnli, mnli_mm, qnli, rte, wnli
from benchwright_suites._glue.published import published
from benchwright_suites._glue.sentences import cola, sst2
from benchwright_suites._glue.similarity import mrpc, qqp, stsb

_RULE = "Wang et al. 2018, section 3.4, https://arxiv.org/abs/1804.07461"

_NO_WNLI = (("cola",), ("sst2",), ("mrpc",), ("stsb",), ("qqp",), ("mnli", "mnli_mm"), ("qnli",), ("rte",))

suite = Suite(
    name="glue",
    version=1,
    tasks=(cola, sst2, mrpc, stsb, qqp, mnli, mnli_mm, qnli, rte, wnli, ax),
    aggregates=(
        Aggregate(
            recipe="glue-official-9",
            members=(*_NO_WNLI, ("wnli",)),
            title="dev GLUE (official recipe)",
            citation=_RULE,
        ),
        Aggregate(
            recipe="glue-no-wnli-8",
            members=_NO_WNLI,
            title="dev GLUE without WNLI",
            citation="Raffel et al. 2020, https://arxiv.org/abs/1910.10683 (WNLI left out)",
        ),
    ),
    folders=("glue", "glue_data", "superglue"),
    description="Nine tasks of English language understanding, scored on validation data, and a diagnostic set.",
    published=published,
)
