"""Metrics: `INDEX` maps a metric's name to the module that holds it, so that names are known without importing numpy."""

from __future__ import annotations

INDEX: dict[str, str] = {
    "accuracy": "classification",
    "precision": "classification",
    "recall": "classification",
    "f1": "classification",
    "macro_f1": "classification",
    "micro_f1": "classification",
    "macro_precision": "averaged",
    "macro_recall": "averaged",
    "micro_precision": "averaged",
    "micro_recall": "averaged",
    "balanced_accuracy": "classification",
    "mcc": "classification",
    "pearson": "regression",
    "spearman": "regression",
    "rmse": "regression",
    "mae": "regression",
    "roc_auc": "ranking",
    "average_precision": "ranking",
}
