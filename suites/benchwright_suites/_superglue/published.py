"""Published SuperGLUE averages that `benchwright verify` puts through the recipe of the suite."""

from __future__ import annotations

from benchwright.types import Published

_README = (
    "T5 v1.1 base on validation data, lm_eval/tasks/super_glue/README.md of "
    "https://github.com/EleutherAI/lm-evaluation-harness (commit 4e7e0d4)"
)


def _row(what: str, value: str, **scores: tuple[float, ...]) -> Published:
    return Published(what=what, source=_README, value=value, recipe="superglue-official-8", scores=scores)


published = (
    _row(
        "SuperGLUE average, T5x",
        "69.47",
        boolq=(78.47,),
        cb=(87.5, 83.93),
        copa=(50.0,),
        multirc=(73.81, 33.26),
        record=(71.34, 70.09),
        rte=(78.7,),
        wic=(63.64,),
        wsc=(75.0,),
    ),
    # Its ReCoRD has EM (69.85) above F1 (68.86), which no predictions can have: a test of the arithmetic only.
    _row(
        "SuperGLUE average, LM-Eval",
        "71.35",
        boolq=(79.36,),
        cb=(87.5, 83.63),
        copa=(63.0,),
        multirc=(73.45, 33.26),
        record=(68.86, 69.85),
        rte=(78.34,),
        wic=(65.83,),
        wsc=(75.96,),
    ),
)
"""Order within a task: its score metrics (CB: accuracy, macro-F1; MultiRC: F1a, EM; ReCoRD: F1, EM)."""
