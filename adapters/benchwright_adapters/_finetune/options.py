"""The options of the adapter, a line of help for each."""

from __future__ import annotations

from collections.abc import Mapping

SHAPE_OPTIONS: Mapping[str, str] = {
    "layers": "of `tiny`: layers, 1 to 24 (default 1)",
    "hidden": "of `tiny`: width, 8 to 2048, a multiple of heads (default 128)",
    "heads": "of `tiny`: attention heads, 1 to 64 (default 4)",
    "vocab": "of `tiny`: most word pieces, 100 to 100000 (default 4000)",
}

OPTIONS: Mapping[str, str] = {
    "recipe": "full (default), frozen (only the head), partial (lowest layers frozen), gradual (one more layer an epoch)",
    "epochs": "passes over the training rows, 1 to 1000 (default by recipe)",
    "lr": "highest learning rate, above 0 to 1 (default by recipe)",
    "batch": "rows to a forward pass, 1 to 4096 (default by recipe and kind of task)",
    "accumulate": "forward passes to a step, 1 to 1024 (default 1)",
    "max_length": "most tokens to an input, 8 to 8192, in training and evaluation (default 128; span 384)",
    "doc_stride": "of span: tokens that windows of a long context share, at most half of max_length (default 128, at most a third)",
    "most_options": "of choose: options of a question that are learned from at once, 2 to 256 (default 8)",
    "schedule": "linear (default) or cosine fall of the learning rate after the warm-up",
    "warmup": "share of the steps in which the learning rate rises, 0 to 1 (default 0.1)",
    "layer_decay": "learning rate of a layer relative to the one above it, above 0 to 1 (default 1)",
    "weight_decay": "0 to 1, never on biases and norms (default 0.01)",
    "clip": "longest gradient, above 0, or 0 for no limit (default 1)",
    "dropout": "0 to 0.9, everywhere in the model (default: what the base says)",
    "hold": "share of the train split held back to choose the epoch, 0 to 0.5, at most 1000 rows (default 0.1)",
    "patience": "epochs without a better held-back score before training stops, 1 to 1000 (default 3)",
    "seed": "of the new weights, the order, the dropout and the rows held back (default: the run's)",
    "train_limit": "train on a random sample of this many rows, drawn with the seed (default: all)",
    "freeze": "of recipe=partial: how many of the lowest layers stay as they are (default: half of them)",
    "precision": "fp32 (default) or bf16, mixed (default with --precision fast on cuda)",
    "save_seconds": "seconds between checkpoints while training, 0 for each step (default 60); changes no weight",
    **SHAPE_OPTIONS,
}
