"""The attention function that keeps the texts of a buffer apart, registered with `transformers`.

While a `BufferLayout` is held, queries, keys and values are those of a buffer: texts of equal length are attended to as one batch,
and nothing is added to them. Without a layout the function and its masks are those of `transformers` itself (``sdpa``), so that a model
that was set to it reads padded batches and single rows as before.

transformers pull request 45153 would bring this natively; this module alone would go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from benchwright.encoders.flat import EqualLengths

from . import kernel

NAME = "benchwright_flat"
"""What a model's attention is set to."""

_USUAL = "sdpa"
_READ = frozenset(("dropout", "scaling", "is_causal", "sliding_window"))
_HARMLESS = frozenset(
    (
        "deterministic",
        "position_ids",
        "cu_seq_lens_q",
        "cu_seq_lens_k",
        "max_length_q",
        "max_length_k",
        "output_attentions",
        "output_hidden_states",
        "return_dict",
        "use_cache",
    )
)
"""Settings that say nothing more than the layout, or nothing of the numbers."""


class FlatRefused(Exception):
    """A model asks its attention for what is not done over buffers; the message says what."""


@dataclass
class BufferLayout:
    """Where the texts of a buffer lie, while a model reads it.

    Attributes:
        groups: Texts of equal length, in the order of the buffer.
        tokens: Tokens of the buffer, those of the filling included.
        offsets: Cumulative lengths as a tensor on the model's device, int32: what kernels for varying lengths take.
        longest: Tokens of the longest text.
        calls: How often attention was asked for.
        by_kernel: How often of these the kernel for varying lengths computed it.
    """

    groups: Sequence[EqualLengths]
    tokens: int
    offsets: Any = None
    longest: int = 0
    calls: int = 0
    by_kernel: int = 0
    _masks: dict[tuple[int, int, bool], Any] = field(default_factory=dict)

    @property
    def filled(self) -> int:
        """Tokens of the texts alone."""
        return sum(group.count * group.length for group in self.groups)

    def mask(self, length: int, window: int, *, causal: bool, device: Any) -> Any:
        """Tokens x tokens of a text: whether one sees the other, at most so far away; made once for all layers."""
        import torch

        key = (length, window, causal)
        if key not in self._masks:
            place = torch.arange(length, device=device)
            apart = place[:, None] - place
            seen = apart.abs() <= window
            self._masks[key] = seen & (apart >= 0) if causal else seen
        return self._masks[key]


_held: ContextVar[BufferLayout | None] = ContextVar("flat layout", default=None)


@contextmanager
def reading(layout: BufferLayout) -> Iterator[None]:
    """Meanwhile models in this thread that were set to `NAME` read a buffer of this layout."""
    token = _held.set(layout)
    try:
        yield
    finally:
        _held.reset(token)


def is_reading() -> bool:
    """Whether a buffer is read in this thread."""
    return _held.get() is not None


def register() -> None:
    """Tell `transformers` of the function and of its masks; again is harmless."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, mask)


def mask(*given: Any, **options: Any) -> Any:
    """No mask while a buffer is read; else that of `transformers`."""
    if is_reading():
        return None
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    return ALL_MASK_ATTENTION_FUNCTIONS[_USUAL](*given, **options)


def attend(module: Any, query: Any, key: Any, value: Any, attention_mask: Any, **options: Any) -> tuple[Any, Any]:
    """Attention as `transformers` asks for it.

    Args:
        module: Layer that asks.
        query: 1 x heads x tokens x numbers; keys and values may have fewer heads.
        key: As the query.
        value: As the query.
        attention_mask: None, as `mask` gives it.
        options: ``scaling``, the factor of the products; ``is_causal``, whether a token sees only those before it, otherwise what
            the layer says, as for ``sdpa``; ``sliding_window``: it sees those less than this far away; and what else a family hands over.

    Returns:
        1 x tokens x heads x numbers, zeros at the filling; and None, since weights are not kept.

    Raises:
        FlatRefused: The family wants something else.
    """
    import torch

    if torch.compiler.is_compiling():  # a layer that is compiled for buffers alone: see `compiled`
        asked = _attention_of(module, options)
        return torch.ops.benchwright.attend_buffer(
            query, key, value, asked.scaling, asked.is_causal, asked.window
        ), None
    layout = _held.get()
    if layout is None:
        return _attend_as_usual(module, query, key, value, attention_mask, **options)
    layout.calls += 1
    if query.shape[0] != 1 or query.shape[2] != layout.tokens or key.shape[2] != layout.tokens:
        raise FlatRefused("attends to something else than the tokens of its text")
    if attention_mask is not None:
        raise FlatRefused("makes an attention mask of its own")
    asked = _attention_of(module, options)
    return _attend((query, key, value), layout, asked), None


def _attend_as_usual(*given: Any, **options: Any) -> tuple[Any, Any]:
    """What `transformers` computes by itself."""
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    found: tuple[Any, Any] = ALL_ATTENTION_FUNCTIONS[_USUAL](*given, **options)
    return found


def attend_held(states: _States, *, scaling: float | None, is_causal: bool, window: int | None) -> Any:
    """What `attend` gives for the buffer that is being read, asked by a compiled layer."""
    layout = _held.get()
    assert layout is not None, "a layer that was compiled for buffers was asked without one"
    layout.calls += 1
    return _attend(states, layout, _Attention(scaling=scaling, is_causal=is_causal, window=window)).contiguous()


_States = tuple[Any, Any, Any]
"""Queries, keys and values, each 1 x heads x tokens x numbers."""


@dataclass(frozen=True)
class _Attention:
    """How a layer attends; ``window``: to tokens at most this far away, None: to all."""

    scaling: float | None
    is_causal: bool
    window: int | None

    @property
    def reach(self) -> kernel.Reach:
        """What a token sees."""
        return kernel.Reach(causal=self.is_causal, window=self.window)


def _attention_of(module: Any, options: Mapping[str, Any]) -> _Attention:
    """How a layer attends; raises FlatRefused for what is not done here."""
    others = {name: value for name, value in options.items() if name not in _READ | _HARMLESS}
    unknown = sorted(name for name, value in others.items() if value is not None)
    if unknown:
        raise FlatRefused(f"asks its attention for {', '.join(unknown)}")
    if options.get("dropout"):
        raise FlatRefused("drops out some of its attention")
    causal, window = options.get("is_causal"), options.get("sliding_window")
    return _Attention(
        scaling=options.get("scaling"),
        is_causal=bool(getattr(module, "is_causal", True) if causal is None else causal),
        window=None if window is None else window - 1,
    )


def _attend(states: _States, layout: BufferLayout, asked: _Attention) -> Any:
    if kernel.takes(*states):
        layout.by_kernel += 1
        return _by_kernel(states, layout, asked)
    return _by_groups(states, layout, asked)


def _by_groups(states: _States, layout: BufferLayout, asked: _Attention) -> Any:
    """Texts of equal length as one batch of scaled dot products."""
    import torch

    parts = [_attend_group(states, group, layout, asked) for group in layout.groups]
    filling = layout.tokens - layout.filled
    if filling:
        parts.append(parts[0].new_zeros(filling, *parts[0].shape[1:]))
    return (parts[0] if len(parts) == 1 else torch.cat(parts))[None]


def _attend_group(states: _States, group: EqualLengths, layout: BufferLayout, asked: _Attention) -> Any:
    """Tokens x heads x numbers of the texts of one length."""
    import torch

    query, key, value = (_of_group(one, group) for one in states)
    seen = None
    if asked.window is not None and group.length > asked.window + 1:
        seen = layout.mask(group.length, asked.window, causal=asked.is_causal, device=query.device)
    found = torch.nn.functional.scaled_dot_product_attention(
        query,
        key,
        value,
        attn_mask=seen,
        is_causal=asked.is_causal and seen is None and group.length > 1,
        scale=asked.scaling,
        enable_gqa=query.shape[1] != key.shape[1],
    )
    return found.transpose(1, 2).flatten(0, 1)


def _of_group(states: Any, group: EqualLengths) -> Any:
    """Texts x heads x tokens x numbers, a view."""
    own = states[0, :, group.start : group.start + group.count * group.length]
    return own.unflatten(1, (group.count, group.length)).transpose(0, 1)


def _by_kernel(states: _States, layout: BufferLayout, asked: _Attention) -> Any:
    """The kernel of torch for varying lengths."""
    import torch

    own = kernel.find_kernel()
    assert own is not None
    query, key, value = (one[0].transpose(0, 1) for one in states)
    found = own.attend((query, key, value), layout.offsets, layout.longest, scaling=asked.scaling, reach=asked.reach)
    filling = layout.tokens - layout.filled
    if filling:
        found = torch.cat([found[: layout.filled], found.new_zeros(filling, *found.shape[1:])])
    return found[None]
