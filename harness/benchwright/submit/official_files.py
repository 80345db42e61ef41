"""File names of official submissions, for writing and reading."""

from __future__ import annotations

FILES: dict[str, dict[str, str]] = {
    "glue": {
        "cola": "CoLA.tsv",
        "sst2": "SST-2.tsv",
        "mrpc": "MRPC.tsv",
        "stsb": "STS-B.tsv",
        "qqp": "QQP.tsv",
        "mnli": "MNLI-m.tsv",
        "mnli_mm": "MNLI-mm.tsv",
        "qnli": "QNLI.tsv",
        "rte": "RTE.tsv",
        "wnli": "WNLI.tsv",
        "ax": "AX.tsv",
    },
    "superglue": {
        "boolq": "BoolQ.jsonl",
        "cb": "CB.jsonl",
        "copa": "COPA.jsonl",
        "multirc": "MultiRC.jsonl",
        "record": "ReCoRD.jsonl",
        "rte": "RTE.jsonl",
        "wic": "WiC.jsonl",
        "wsc": "WSC.jsonl",
        "axb": "AX-b.jsonl",
        "axg": "AX-g.jsonl",
    },
}
"""Suite -> task -> name of its file, in the order of the official tables."""

SAME_MODEL = {
    "glue": {"mnli_mm": "mnli", "ax": "mnli"},
    "superglue": {"axb": "rte", "axg": "rte"},
}
"""Suite -> task -> task whose model must have answered it."""
