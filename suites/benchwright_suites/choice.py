"""Multiple choice for encoders: OpenBookQA and ARC."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._choice.cards import arc_challenge, arc_easy, openbookqa

suite = Suite(
    name="choice",
    version=1,
    tasks=(openbookqa, arc_easy, arc_challenge),
    folders=("multiple_choice", "choice"),
    description="Which of three to five options answers a question of elementary science.",
)
