"""The forward pass of a masked language model, whose head is applied only where something is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright.checkpoints.open_model import OpenCheckpoint
from benchwright.checkpoints.settings import Dtype
from benchwright.encoders import Batch
from benchwright.encoders.encoded import Ints
from benchwright.encoders.flat import Buffer
from benchwright.encoders.masked import ATTENTIONS, RELATIVE, TOKENS, TOTALS
from benchwright.encoders.work import EncoderWork

from .flat.heads import ROWS, encoder_gives, filled_up
from .flat.model import FlatModel
from .forward import TorchForward
from .stages import UNTIMED, ForwardStages

_TOLERANCE = {"float32": 1e-4}
_COARSE = 5e-2


class MaskedForward(TorchForward):
    """A masked language model: log-probabilities of tokens at positions.

    The encoder reads the whole batch, and the class's own head the hidden states of the positions that are read: for this
    the encoder inside the model stands aside and hands over those states. That this changes nothing is tried on the first batch; a model
    whose head is no function of one position alone has it applied everywhere.

    Args:
        opened: Model and tokenizer.
        dtype: What it computes in.
        attention: Whether the attention that each position receives is given too.
        top: How many most probable tokens are given where a batch asks for reads; 0: the tokens that it names.
        asked: The attention that the user asked for, as of a `TorchForward`.
        fuses: Whether linear layers may be computed by oneDNN, as of a `TorchForward`.
    """

    _rowwise = True

    def __init__(
        self,
        opened: OpenCheckpoint,
        dtype: Dtype,
        *,
        attention: bool,
        top: int,
        asked: str | None = None,
        fuses: bool = True,
    ) -> None:
        if attention:
            opened.model.set_attn_implementation("eager")  # the only one that keeps its weights
        self._attention, self._top = attention, top
        super().__init__(opened, dtype, asked=asked, fuses=fuses)
        self._barred = sorted({token for token in opened.tokenizer.all_special_ids if token is not None})
        self._sparse: bool | None = None
        self._close_to = _TOLERANCE.get(dtype, _COARSE)

    def __call__(self, batch: Batch) -> Mapping[str, NDArray[np.float32]]:
        """What is read of a batch, in single precision and on the host, an entry for each read.

        ``relative_logits`` are the raw outputs of the tokens less the highest at their position, and ``totals`` the sums over
        the vocabulary of the exponentials of such differences: the log-probability is the one less the logarithm of the other, which the codec takes in
        double precision. With attention also ``attentions``: the mean, over layers, heads and all tokens that attend, of what the
        position receives. Where words are asked for, ``relative_logits`` and ``tokens`` are reads x top, most probable first; special
        tokens are left out. Without reads (a probe) each token of each line is read at its own position.
        """
        return self._compute(batch, UNTIMED)

    def _prove(self, opened: OpenCheckpoint, dtype: Dtype) -> FlatModel | str:
        if self._attention:
            return "its rule reads weights of the attention, which only attention over whole texts keeps"
        return super()._prove(opened, dtype)

    @property
    def work(self) -> EncoderWork | str:
        """Operations of the model; its head is counted where it is applied."""
        known = super().work
        is_sparse = self._sparse or self._flat is not None
        return known if isinstance(known, str) or is_sparse else known.read_everywhere()

    def _compute_flat(self, buffer: Buffer, stages: ForwardStages) -> Mapping[str, NDArray[np.float32]]:
        import torch

        flat = self._flat
        assert flat is not None, "a model that reads no buffers was given one"
        places, tokens = _flat_places(buffer)
        distinct, inverse = np.unique(places, return_inverse=True)
        with torch.inference_mode():
            with stages.to_device():
                inputs, layout = flat.prepare(buffer)
            with stages.forward():
                states = _AtPlaces(hidden=flat.states(inputs, layout)[torch.from_numpy(distinct).to(self._device)])
            return self._read(states, inverse, tokens, stages, top=self._top if buffer.reads is not None else 0)

    def _compute(self, batch: Batch, stages: ForwardStages) -> Mapping[str, NDArray[np.float32]]:
        import torch

        lines, positions, tokens = _places(batch)
        width = batch.mask.shape[1]
        distinct, inverse = np.unique(lines * width + positions, return_inverse=True)
        places = distinct // width, distinct % width
        with torch.inference_mode():
            with stages.to_device():
                inputs = self._tensors(batch)
            with stages.forward():
                states, attentions = self._states(inputs, places)
            top = self._top if batch.reads is not None else 0
            found = self._read(states, inverse, tokens, stages, top=top)
            if attentions is not None:
                with stages.forward():
                    received = _received(attentions, batch.mask)
                with stages.to_host():
                    found[ATTENTIONS] = received.cpu().numpy()[lines, positions]
            return found

    def _states(self, inputs: Mapping[str, Any], places: tuple[Ints, Ints]) -> tuple[_AtPlaces, tuple[Any, ...] | None]:
        """What the head is asked for at some places: hidden states for it, or its raw outputs if it wants all positions."""
        options = {"output_attentions": True} if self._attention else {}
        if self._sparse is None:
            self._sparse = self._may_be_sparse(inputs, places)
        if not self._sparse:
            found = self.model(**inputs, **options)
            return _AtPlaces(logits=found.logits[places]), found.attentions if self._attention else None
        found = self.model.base_model(**inputs, **options)
        return _AtPlaces(hidden=found[0][places]), found.attentions if self._attention else None

    def _may_be_sparse(self, inputs: Mapping[str, Any], places: tuple[Ints, Ints]) -> bool:
        """Whether the head gives at some positions alone what it gives there among all."""
        import torch

        if self.model.base_model is self.model:
            return False
        full = self.model(**inputs).logits[places].float()
        hidden = self.model.base_model(**inputs)[0]
        if hidden.ndim != 3 or tuple(hidden.shape[:2]) != tuple(inputs["input_ids"].shape):
            return False
        try:
            alone = self._head(hidden[places]).float()
        except (AttributeError, IndexError, RuntimeError, TypeError, ValueError):
            return False
        return alone.shape == full.shape and bool(torch.allclose(alone, full, rtol=self._close_to, atol=self._close_to))

    def _read(
        self, states: _AtPlaces, inverse: Ints, tokens: Ints, stages: ForwardStages, *, top: int
    ) -> dict[str, NDArray[np.float32]]:
        """What the head says at the places that are read, applied to as many at a time as memory is set aside for."""
        order = np.argsort(inverse, kind="stable")
        where = inverse[order]
        shape = (len(tokens), top) if top else (len(tokens),)
        found = {RELATIVE: np.empty(shape, dtype=np.float32), TOTALS: np.empty(len(tokens), dtype=np.float32)}
        if top:
            found[TOKENS] = np.empty(shape, dtype=np.float32)
        for begin, end in self._chunks(len(states)):
            mine = order[slice(*np.searchsorted(where, (begin, end)))]
            with stages.forward():
                read = self._read_chunk(states.part(begin, end), inverse[mine] - begin, tokens[mine], top=top)
            with stages.to_host():
                for name, numbers in read.items():
                    found[name][mine] = numbers.cpu().numpy()
        return found

    def _read_chunk(self, states: _AtPlaces, rows: Ints, tokens: Ints, *, top: int) -> dict[str, Any]:
        """The same of some places, as tensors; ``rows``: the place of each read among them."""
        import torch

        # Filled up: products of few rows have other digits, and so has the sum over a single long one, which threads share.
        logits = self._head(filled_up(states.hidden)) if states.logits is None else filled_up(states.logits)
        values = logits.float()
        values = values - values.amax(dim=-1, keepdim=True)
        places = torch.from_numpy(rows).to(values.device)
        read = {TOTALS: values.exp().sum(dim=-1)[places]}
        if top:
            values = values[: len(states)]
            values[:, self._barred] = -torch.inf
            best = values.topk(top, dim=-1)
            return read | {RELATIVE: best.values[places], TOKENS: best.indices[places]}
        return read | {RELATIVE: values[places, torch.from_numpy(tokens).to(values.device)]}

    def _chunks(self, places: int) -> Iterator[tuple[int, int]]:
        size = ROWS[self._device]
        for begin in range(0, places, size):
            yield begin, min(begin + size, places)

    def _head(self, hidden: Any) -> Any:
        """Raw outputs of the model's own head for hidden states (n, width): n x vocabulary."""
        import torch

        with encoder_gives(self.model, hidden[None]):
            return self.model(input_ids=torch.zeros((1, len(hidden)), dtype=torch.long, device=hidden.device)).logits[0]


@dataclass(frozen=True, kw_only=True)
class _AtPlaces:
    """Hidden states of places, or raw outputs at them."""

    hidden: Any = None
    logits: Any = None

    def __len__(self) -> int:
        return len(self.hidden if self.logits is None else self.logits)

    def part(self, begin: int, end: int) -> _AtPlaces:
        """Some of the places."""
        if self.logits is None:
            return _AtPlaces(hidden=self.hidden[begin:end])
        return _AtPlaces(logits=self.logits[begin:end])


def _places(batch: Batch) -> tuple[Ints, Ints, Ints]:
    """Line, position and token of each read."""
    if batch.reads is not None:
        return batch.reads.owners, batch.reads.positions, batch.reads.tokens
    lines, positions = np.nonzero(batch.mask)
    return lines, positions, batch.columns["input_ids"][lines, positions]


def _flat_places(buffer: Buffer) -> tuple[Ints, Ints]:
    """Place in a buffer and token of each read; without reads each token of each text at its own place."""
    reads = buffer.reads
    if reads is not None:
        return buffer.offsets[reads.owners] + reads.positions, reads.tokens
    places = np.arange(int(buffer.offsets[-1]))
    return places, buffer.columns["input_ids"][places]


def _received(attentions: tuple[Any, ...], mask: NDArray[np.bool_]) -> Any:
    """Lines x tokens: the mean attention that each token receives, over layers, heads and the line's own tokens."""
    import torch

    attends = torch.from_numpy(mask).to(attentions[0].device)
    total = sum((layer.float().mean(dim=1) * attends[:, :, None]).sum(dim=1) for layer in attentions)
    return total / len(attentions) / attends.sum(dim=1)[:, None]
