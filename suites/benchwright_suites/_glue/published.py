"""Published GLUE scores that `benchwright verify` puts through the recipe of the suite."""

from __future__ import annotations

from benchwright.types import Published

_SERVER = "output of the GLUE server, https://github.com/nyu-mll/GLUE-baselines/issues/6"


def _row(what: str, value: str, **scores: tuple[float, ...]) -> Published:
    return Published(what=what, source=_SERVER, value=value, recipe="glue-official-9", scores=scores)


published = (
    _row(
        "GLUE score, BiLSTM baseline",
        "63.5",
        cola=(24.0,),
        sst2=(85.8,),
        mrpc=(71.9, 82.1),
        stsb=(68.8, 67.0),
        qqp=(80.2, 59.1),
        mnli=(65.8,),
        mnli_mm=(66.0,),
        qnli=(71.1,),
        rte=(46.8,),
        wnli=(63.7,),
    ),
    _row(
        "GLUE score, a user's run",
        "60.4",
        cola=(13.9,),
        sst2=(84.6,),
        mrpc=(73.0, 81.6),
        stsb=(68.8, 66.7),
        qqp=(79.7, 57.2),
        mnli=(61.3,),
        mnli_mm=(61.8,),
        qnli=(63.0,),
        rte=(54.2,),
        wnli=(52.7,),
    ),
)
"""Order within a task: its score metrics (MRPC, QQP: accuracy, F1; STS-B: Pearson, Spearman)."""
