"""Attention by the kernel for varying lengths: the path of a GPU, with a loop over texts in the place of the one call that needs the device.

What the loop asserts is what FlashAttention asks for. Whether the kernel itself gives these numbers is for a GPU to show.
"""

import copy

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("torch.nn.attention.varlen")

import flat_models as models
import torch

from benchwright_adapters._transformers.flat import kernel
from benchwright_adapters._transformers.flat.model import FlatModel
from benchwright_adapters._transformers.flat.proof import prove
from benchwright_adapters._transformers.flat.trial import TriedModel

pytestmark = pytest.mark.torch


def _loop(query, key, value, starts, starts_k, most, most_k, dropout, causal, _debug, **options):
    """Each text by itself; behind the last one nothing is written, as the kernel does."""
    assert starts.dtype == starts_k.dtype == torch.int32
    assert query.dtype in (torch.bfloat16, torch.float16)
    assert query.stride(-1) == key.stride(-1) == value.stride(-1) == 1
    assert query.shape[-1] % 8 == 0
    assert query.shape[0] >= int(starts[-1])
    assert dropout == 0
    assert options["num_splits"] in (None, 1)
    left, right = options["window_size_left"], options["window_size_right"]
    assert causal == ((left, right) == (-1, 0))
    found = torch.full_like(query, torch.nan)
    lengths = starts.diff().tolist()
    assert max(lengths) == most == most_k
    for begin, length in zip(starts.tolist(), lengths, strict=False):
        own = slice(begin, begin + length)
        place = torch.arange(length)
        apart = place - place[:, None]
        seen = (apart <= (length if right < 0 else right)) & (-apart <= (length if left < 0 else left))
        q, k, v = (one[own].transpose(0, 1)[None].float() for one in (query, key, value))
        gives = torch.nn.functional.scaled_dot_product_attention(
            q, k, v, attn_mask=seen, scale=options["scale"], enable_gqa=q.shape[1] != k.shape[1]
        )
        found[own] = gives[0].transpose(0, 1).to(query.dtype)
    state = torch.zeros(2, dtype=torch.uint64)
    return found, query.new_zeros(query.shape[1], len(query), dtype=torch.float32), state, state, state


@pytest.fixture
def on_device(monkeypatch):
    """The processor in the place of a GPU."""
    library = torch.library.Library("aten", "IMPL")
    library.impl("_flash_attention_forward", _loop, "CPU")
    monkeypatch.setattr(kernel, "_computes_on", lambda _device: True)
    kernel.find_kernel.cache_clear()
    yield
    library._destroy()
    kernel.find_kernel.cache_clear()


def _proved(family):
    model = copy.deepcopy(models.make(family)).to(torch.bfloat16)
    return prove(
        TriedModel(model=model, device="cpu", special=models.SPECIAL, padding=model.config.pad_token_id, single=False)
    )


def _states(flat, buffer):
    with torch.inference_mode():
        inputs, layout = flat.prepare(buffer)
        return flat.states(inputs, layout).float(), layout


@pytest.mark.parametrize("family", ["bert", "roberta", "modernbert", "eurobert, late", "gpt2"])
def test_the_kernel_is_asked_for_what_groups_of_equal_lengths_compute(family, monkeypatch, on_device):
    """Windows, causal attention, fewer heads of keys: in bfloat16 the states of ten texts are those of the other way."""
    flat = _proved(family)
    assert isinstance(flat, FlatModel), flat
    assert flat.by_kernel
    texts = models.draw_texts()
    buffer = models.buffer_of(texts, tokens=200, segments=[np.zeros_like(text) for text in texts])
    found, layout = _states(flat, buffer)
    assert layout.by_kernel == layout.calls > 0
    assert bool(found.isfinite().all()), "what fills a buffer up is no number"
    monkeypatch.setattr(kernel, "_computes_on", lambda _device: False)
    wanted, layout = _states(flat, buffer)
    assert layout.by_kernel == 0
    filled = int(buffer.offsets[-1])
    exact = (wanted[:filled] - found[:filled]).abs().max() / wanted[:filled].abs().max()
    assert exact < 0.03


def test_heads_that_the_kernel_does_not_take_are_computed_in_groups(on_device):
    """Single precision, heads of 12 or 264 numbers, and values wider than keys."""
    narrow, odd, wide = (torch.zeros(1, 2, 5, width, dtype=torch.bfloat16) for width in (16, 12, 264))
    assert kernel.takes(narrow, narrow, narrow)
    for other in (narrow.float(), odd, wide):
        assert not kernel.takes(other, other, other)
    assert not kernel.takes(narrow, narrow, torch.zeros(1, 2, 5, 24, dtype=torch.bfloat16))


def test_each_release_of_torch_is_asked_for_what_it_knows(monkeypatch):
    """Before 2.11 it has no window and is not asked; 2.11 knows neither splits nor grouped heads; one refuses splits."""
    asked = []

    def oldest(q, k, v, cu_seq_q, cu_seq_k, max_q, max_k, is_causal=False, return_aux=None):
        raise AssertionError("asked")

    def old(q, k, v, cu_seq_q, cu_seq_k, max_q, max_k, *, return_aux=None, scale=None, window_size=(-1, -1)):
        asked.append((window_size, scale))

    def picky(
        q,
        k,
        v,
        cu_seq_q,
        cu_seq_k,
        max_q,
        max_k,
        *,
        scale=None,
        window_size=(-1, -1),
        enable_gqa=False,
        num_splits=None,
    ):
        asked.append((num_splits, enable_gqa))
        if num_splits is not None:
            raise RuntimeError("num_splits is not supported by FlashAttention 2")

    states = (torch.zeros(4, 4, 8), torch.zeros(4, 2, 8), torch.zeros(4, 2, 8))
    reaches = [kernel.Reach(), kernel.Reach(causal=True), kernel.Reach(window=3), kernel.Reach(causal=True, window=3)]
    for reach in reaches:
        kernel.Kernel(old).attend(states, None, 4, scaling=0.5, reach=reach)
    own = kernel.Kernel(picky)
    for reach in reaches[:2]:
        own.attend(states, None, 4, scaling=None, reach=reach)
    assert asked[:4] == [((-1, -1), 0.5), ((-1, 0), 0.5), ((3, 3), 0.5), ((3, 0), 0.5)]
    assert asked[4:] == [(1, True), (None, True), (None, True)]
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", oldest)
    kernel.find_kernel.cache_clear()
    assert kernel.find_kernel() is None
    kernel.find_kernel.cache_clear()


def test_memory_that_runs_out_in_the_kernel_is_told_as_such():
    """Only a refusal of splits is tried again without them."""

    def full(q, k, v, cu_seq_q, cu_seq_k, max_q, max_k, *, scale=None, window_size=(-1, -1), num_splits=None):
        raise torch.OutOfMemoryError("CUDA out of memory")

    states = (torch.zeros(4, 2, 8),) * 3
    with pytest.raises(torch.OutOfMemoryError):
        kernel.Kernel(full).attend(states, None, 4, scaling=None, reach=kernel.Reach())
