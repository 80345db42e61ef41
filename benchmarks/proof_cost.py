"""What the proof that a model reads buffers adds to a run: ``python benchmarks/proof_cost.py MODEL [--dtype bfloat16] [--threads 1 2] [--rounds 5]``.

Fresh processes in turns load the same checkpoint and answer one buffer of 1,024 tokens. One proves the model as every run does;
the other is told beforehand what the proof finds (which layers are computed as one, what the head reads) and sets the model so. Both
touch the weights for the first time and lay them out for oneDNN, so that their difference is the proof alone. Printed are medians of wall
and processor time from loaded weights to the answered buffer, and the median of the differences with the least and the largest. On a busy
machine read processor time.

``--shape 12x768`` takes tokenizer and family of MODEL, and random weights of so many layers and numbers.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchwright.encoders.flat import Buffer

LIBRARIES = (
    "torch",
    "transformers.modeling_utils",
    "transformers.models.bert.modeling_bert",
    "benchwright_adapters._transformers.forward",
)
"""What a process has imported before it begins; nothing was computed yet."""
TEXTS = (120, 97, 97, 64, 64, 64, *(32,) * 8, *(25,) * 9)
"""Tokens of the texts of the buffer; what is left of it is filling."""
WALL, PROCESSOR = "wall", "processor"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="folder of a checkpoint for classes that reads buffers")
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--shape", help="layers x numbers of random weights, such as 12x768")
    options = parser.parse_args()
    fresh = multiprocessing.get_context("forkserver")
    fresh.set_forkserver_preload(list(LIBRARIES))
    with tempfile.TemporaryDirectory() as made:
        model = make_shape(options.model, options.shape, made) if options.shape else options.model
        for threads in options.threads:
            compare(fresh, model, options.dtype, threads=threads, rounds=options.rounds)


def compare(fresh: Any, model: str, dtype: str, *, threads: int, rounds: int) -> None:
    """Print what the proof adds with so many threads."""

    def measure(known: dict[str, Any] | None) -> dict[str, Any]:
        with ProcessPoolExecutor(1, mp_context=fresh) as process:
            return process.submit(open_and_answer, model, dtype, threads, known).result()

    known = measure(None)["known"]  # and files are read once
    pairs = [(measure(known), measure(None)) for _ in range(rounds)]
    print(f"{threads} thread(s), {dtype}: milliseconds, medians of {rounds} processes each")
    for clock in (WALL, PROCESSOR):
        told, proved = ([1000 * pair[at][clock] for pair in pairs] for at in (0, 1))
        more = sorted(after - before for before, after in zip(told, proved, strict=True))
        print(
            f"  {clock:10} told {statistics.median(told):6.0f} proved {statistics.median(proved):6.0f}"
            f"   the proof adds {statistics.median(more):5.0f} [{more[0]:.0f}, {more[-1]:.0f}]",
            flush=True,
        )


def open_and_answer(model: str, dtype: Any, threads: int, known: dict[str, Any] | None) -> dict[str, Any]:
    """Seconds of both clocks from loaded weights to an answered buffer, and what the model was set to; ``known``: this, and nothing is proved."""
    from benchwright.checkpoints.config import read_config
    from benchwright.checkpoints.files import read_files
    from benchwright.checkpoints.open_model import open_checkpoint
    from benchwright_adapters._transformers import forward as module
    from benchwright_adapters._transformers.flat import linear

    os.environ["OMP_NUM_THREADS"] = str(threads)
    files = read_files(Path(model), model, read_config(Path(model), model))
    opened = open_checkpoint(files, dtype=dtype, device="cpu", exact=True)
    if known is not None:
        module.prove = lambda subject: set_as_known(subject, known)
    fused: list[Any] = []
    fuse = linear.fuse
    linear.fuse = lambda layers: (fused.extend(layers), fuse(layers))[1]
    began = clocks()
    forward = module.TorchForward(opened, dtype)
    assert forward.flat.tokens is not None, f"the model reads no buffers: {forward.flat.reason}"
    forward.compute(random_buffer(forward.inputs.vocabulary))
    seconds = {name: value - began[name] for name, value in clocks().items()}
    return {**seconds, "known": describe(forward._flat, fused)}  # noqa: SLF001 - what the proof found is no part of what it shows


def clocks() -> dict[str, float]:
    """Both, now."""
    return {WALL: time.perf_counter(), PROCESSOR: time.process_time()}


def describe(flat: Any, fused: list[Any]) -> dict[str, Any]:
    """What a proof found, by names that another process understands."""
    from benchwright_adapters._transformers.flat.heads import OF_TEXTS, OF_TOKENS

    names = {module: name for name, module in flat.base.named_modules()}
    readers = {reader: name for name, reader in {**OF_TEXTS, **OF_TOKENS}.items()}
    pairs = [(names[one.layer], names.get(one.activation)) for one in fused] if flat.is_fused else []
    return {"pairs": pairs, "reader": readers[flat.reader]}


def set_as_known(subject: Any, known: dict[str, Any]) -> Any:
    """The model as the proof leaves it, with nothing tried."""
    from benchwright_adapters._transformers.flat import attention, linear
    from benchwright_adapters._transformers.flat.heads import OF_TEXTS, OF_TOKENS, Head
    from benchwright_adapters._transformers.flat.inputs import FlatInputs
    from benchwright_adapters._transformers.flat.model import FlatModel

    model, base = subject.model, subject.model.base_model
    modules = dict(base.named_modules())
    attention.register()
    model.set_attn_implementation(attention.NAME)
    linear.fuse([linear.FusableLayer(modules[layer], modules.get(after)) for layer, after in known["pairs"]])
    return FlatModel(
        base=base,
        inputs=FlatInputs(base, subject.device),
        device=subject.device,
        head=Head(model, subject.padding),
        reader={**OF_TEXTS, **OF_TOKENS}[known["reader"]],
        is_fused=bool(known["pairs"]),
    )


def random_buffer(vocabulary: int) -> Buffer:
    """Texts of random tokens, as long as `TEXTS`, in 1,024."""
    ids = np.random.default_rng(1).integers(5, vocabulary, size=1024)
    offsets = np.concatenate([[0], np.cumsum(TEXTS)]).astype(np.int64)
    columns = {"input_ids": ids, "token_type_ids": np.zeros_like(ids)}
    return Buffer(rows=np.arange(len(TEXTS)), columns=columns, offsets=offsets)


def make_shape(model: str, shape: str, folder: str) -> str:
    """The folder with a checkpoint of the family of another, of so many layers x numbers, its weights random."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    layers, width = map(int, shape.split("x"))
    config = AutoConfig.from_pretrained(model)
    config.num_hidden_layers, config.hidden_size = layers, width
    config.intermediate_size, config.num_attention_heads = 4 * width, width // 64
    torch.manual_seed(0)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(model).save_pretrained(folder)
    return folder


if __name__ == "__main__":
    main()
