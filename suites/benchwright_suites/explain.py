"""Explanations: how much each word of a task's inputs counts for a model's answers, its inputs as they are."""

from __future__ import annotations

from benchwright.types import Suite

suite = Suite(
    name="explain",
    version=1,
    tasks=(),
    views=("shap", "random"),
    description="How much each word of the inputs counts for a model's answers, and whether that is more than chance; --on says of which tasks.",
)
