"""The published sets that test robustness, under one name: they are tasks of other suites."""

from __future__ import annotations

from benchwright.types import Suite

suite = Suite(
    name="robustness_sets",
    version=1,
    tasks=(),
    includes=(
        *(f"nli/advglue_{name}" for name in ("sst2", "qqp", "mnli", "mnli_mm", "qnli", "rte")),
        "nli/hans",
        *(f"nli/anli_r{number}" for number in (1, 2, 3)),
        "paraphrase/paws",
        "paraphrase/pawsx_en",
        "contrast/imdb",
        "contrast/boolq",
    ),
    description="AdvGLUE, HANS, ANLI, PAWS and contrast sets: published data on which strong models fail.",
)
