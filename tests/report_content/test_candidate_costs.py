"""Costs as lines of the first table."""

from __future__ import annotations

import msgspec

from benchwright.alarm import CONSTANT, alarm


def with_constant(several, model):
    """The same models, of which one gives one answer to everything."""
    cells = tuple(
        msgspec.structs.replace(cell, alarms=(alarm(CONSTANT, "constant baseline"),)) if cell.model == model else cell
        for cell in several.run.cells
    )
    several.run = msgspec.structs.replace(several.run, cells=cells)
    return several


def costs(found):
    return [line.title for line in found.candidates.lines if line.kind == "cost"]


def test_a_cost_that_only_a_constant_model_has_is_named_below(made, content, latency):
    """A latency of the constant model alone says nothing about the candidate; with that of the candidate both stand there."""
    answers = {"m": {"a": "1" * 90 + "0" * 10}, "same": {"a": "1" * 50 + "0" * 50}}
    alone = content(with_constant(made(answers, profiles=(latency("same", 0.001),)), "same"))
    assert costs(alone) == []
    assert "latency (but for a model that always says the same)" in alone.candidates.unmeasured

    both = content(with_constant(made(answers, profiles=(latency("same", 0.001), latency("m", 0.1))), "same"))
    assert costs(both) == ["latency"]
    assert "latency" not in " ".join(both.candidates.unmeasured)
