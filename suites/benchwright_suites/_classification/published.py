"""A published accuracy that `benchwright verify` recomputes from a system's published output."""

from __future__ import annotations

from benchwright.types import Published

_FOLDER = "reference_outputs/explainaboard/sst2"

published = (
    Published(
        what="SST-2 test, LSTM of ExplainaBoard, accuracy",
        source="data/reports/report.json of https://github.com/neulab/ExplainaBoard (commit b8c1dad)",
        value="0.8803",
        predictions=f"{_FOLDER}/sst2-lstm-output.txt?format=lines",
        selector=f"classification/custom?path={_FOLDER}/sst2-dataset.tsv&columns=text,label",
        metric="accuracy",
        scale=1.0,
    ),
)
