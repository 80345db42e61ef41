"""On a real GPU: allocator and NVML agree with a count of bert-base by hand. Skipped, with the reason, where there is none."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from benchwright import environment

pytestmark = [pytest.mark.torch, pytest.mark.slow]

H, FF, LAYERS, VOCABULARY, POSITIONS, TYPES = 768, 3072, 12, 30_522, 512, 2
BATCH, LENGTH = 32, 128
FLOAT = 4

WORKSPACE = (2 * 4096 + 8 * 16) * 1024
"""Bytes of cuBLAS's workspace under ``CUBLAS_WORKSPACE_CONFIG=:4096:2:16:8``, which torch's allocator holds."""

PROGRAM = """
import json, torch, transformers
from benchwright.measuring.gpu_memory import GpuMemory
memory = GpuMemory.open("cuda")
small = transformers.BertModel(transformers.BertConfig(hidden_size=64, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64))
ids = torch.ones((%d, %d), dtype=torch.long, device="cuda")
with torch.inference_mode():
    small.eval().cuda()(ids)  # loads the kernels, which belong to the context
torch.cuda.synchronize(); del small; torch.cuda.empty_cache()
told = lambda: {one.quantity: one.value if one.value is not None else one.reason for one in memory.readings()}
before = told()
reserved = torch.cuda.memory_reserved()
model = transformers.BertModel(transformers.BertConfig()).eval().cuda()
memory.reset()
with torch.inference_mode():
    model(ids)
torch.cuda.synchronize()
print(json.dumps({"before": before, "after": told(), "reserved": torch.cuda.memory_reserved() - reserved, "parameters": sum(p.numel() for p in model.parameters())}))
"""


def _weights():
    """Embeddings with their norm, layers of four projections, two norms and a feed-forward, and the pooler."""
    embeddings = (VOCABULARY + POSITIONS + TYPES) * H + 2 * H
    layer = 4 * (H * H + H) + 2 * (2 * H) + (H * FF + FF) + (FF * H + H)
    return embeddings + LAYERS * layer + (H * H + H)


def _activations():
    """At most at once, in the feed-forward of a layer: embeddings, the layer's input, what attention gave (one width each), and what goes
    into GELU and comes out of it (four each).
    """
    return (3 + 2 * FF // H) * BATCH * LENGTH * H * FLOAT


def test_the_count_by_hand_has_the_published_number_of_weights():
    assert _weights() == 109_482_240


def test_allocator_and_nvml_agree_with_the_count_by_hand_within_5_percent():
    if problem := environment.cuda_problem():
        pytest.skip(f"no GPU here ({problem}): bert-base's memory by hand was not compared with a device's")
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    variables = {**os.environ, "CUBLAS_WORKSPACE_CONFIG": ":4096:2:16:8"}
    program = PROGRAM % (BATCH, LENGTH)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=variables)
    told = json.loads(done.stdout.splitlines()[-1])
    print(told)

    assert told["parameters"] == _weights()
    by_hand = _weights() * FLOAT + _activations() + WORKSPACE
    assert told["after"]["gpu_memory_peak"] == pytest.approx(by_hand, rel=0.05)
    if isinstance(told["after"]["gpu_memory_process"], str):
        print(f"NVML tells no memory of the process here: {told['after']['gpu_memory_process']}")
        return
    grown = told["after"]["gpu_memory_process"] - told["before"]["gpu_memory_process"]
    assert grown == pytest.approx(told["reserved"], rel=0.05), "the allocator reserves in steps of up to 20 MiB"
    assert by_hand - WORKSPACE <= grown <= 1.15 * by_hand
