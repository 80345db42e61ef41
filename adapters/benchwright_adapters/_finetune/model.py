"""The model that is trained: a base with a fresh head for the task, and its tokenizer, which `tiny` learns from the rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from benchwright.checkpoints.files import linked_files
from benchwright.checkpoints.model import choose_max_length, input_columns, stand_in, text_config
from benchwright.checkpoints.tensors import check_base, read_report
from benchwright.checkpoints.tokenizer import open_tokenizer, quiet
from benchwright.encoders.codec import Codec, CodecOptions, HeadOutputs, NullThreshold
from benchwright.encoders.codec_by_kind import codec_for
from benchwright.encoders.failures import complaint, explained, is_out_of_memory
from benchwright.encoders.tokenise import Tokenizing
from benchwright.errors import ModelError
from benchwright.types import Example, LabelMap, SpanTask, TaggingTask, Task

from .config import ArchitectureSize, TrainingConfig
from .heads import find_class, make_tiny, output_settings
from .identity import BaseModel


@dataclass(frozen=True, kw_only=True)
class BuiltModel:
    """A built model in single precision on its device, with its codec.

    Attributes:
        model: With a head for the kind of task: see `heads`.
        task: The task that is trained.
        codec: Of the task, with the tokenizer: the one that reads and answers in evaluation too.
        stride: Tokens that windows of a long context share; 0 where there are none.
        device: ``cpu`` or ``cuda``.
        shown: Its name in messages.
    """

    model: Any
    task: Task
    codec: Codec
    stride: int
    device: str
    shown: str

    @property
    def tokenizer(self) -> Any:
        """The tokenizer."""
        return self.codec.tokenizing.tokenizer

    @property
    def max_length(self) -> int:
        """Most tokens to an input."""
        return self.codec.tokenizing.max_length


def build(
    base: BaseModel, config: TrainingConfig, task: Task, examples: Sequence[Example], *, device: str
) -> BuiltModel:
    """The base with a new head for the task; new weights are drawn from torch's generator, which the caller has seeded.

    Args:
        base: The base model.
        config: Says dropout, length, and the shape of an architecture made here.
        task: Gives the names of the outputs.
        examples: Training rows; a vocabulary made here is learned from their texts.
        device: ``cpu`` or ``cuda``.

    Raises:
        ModelError: The base cannot be loaded, memory does not suffice, or ``max_length`` exceeds its positions.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError(
            f"torch {torch.__version__} sees no CUDA device here",
            expected="a GPU with its driver, and a CUDA build of torch",
            hint="type --device cpu, or `benchwright doctor` to see what is missing",
        )
    with quiet():
        if base.shape is None:
            model, tokenizer = _open(base, config, task)
        else:
            model, tokenizer = _make(base.shape, config, task, examples)
        _mend_padding(model, tokenizer)
        model = model.to(device)
        max_length = _max_length(model, tokenizer, config, base.shown)
        stride = _stride(config, max_length)
        tokenizing = Tokenizing(
            tokenizer=tokenizer,
            max_length=max_length,
            names=input_columns(model),
            stand_in=stand_in(model, tokenizer),
            shown=base.shown,
        )
        codec = _make_codec(task, tokenizing, model.config.num_labels, stride)
    return BuiltModel(model=model, task=task, codec=codec, stride=stride, device=device, shown=base.shown)


def _make_codec(task: Task, tokenizing: Tokenizing, outputs: int, stride: int) -> Codec:
    """The codec of a head whose outputs are the task's own labels, in their order; no null threshold is applied."""
    labels = LabelMap(to_task=tuple(range(len(task.labels))), origin="task")
    options = CodecOptions()
    if isinstance(task, SpanTask):
        threshold = NullThreshold(value=math.inf, origin="default") if task.unanswerable else None
        options = CodecOptions(doc_stride=stride, threshold=threshold)
    return codec_for(task, tokenizing, HeadOutputs(count=outputs, labels=labels), options)


def _open(base: BaseModel, config: TrainingConfig, task: Task) -> tuple[Any, Any]:
    from transformers import AutoConfig

    contents = base.contents
    assert contents is not None
    local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}

    with explained(lambda error: _cannot_open(error, base.shown)), linked_files(contents) as folder:
        architecture = AutoConfig.from_pretrained(str(folder), **local, **output_settings(task))
        _set_dropout(architecture, config.dropout)
        model, report = find_class(architecture, task, base.shown).from_pretrained(
            str(folder),
            config=architecture,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
            **local,
        )
        check_base(model, read_report(report), contents.weights, base.shown)
        return model, open_tokenizer(folder, words=isinstance(task, TaggingTask))


def _cannot_open(error: BaseException, shown: str) -> ModelError:
    if is_out_of_memory(error):
        return ModelError(
            f"{shown} does not fit into memory", expected="room for all weights", hint="take a smaller base"
        )
    return ModelError(
        f"{shown} cannot be opened as a base: {complaint(error)}",
        expected="an encoder that the installed `transformers` can give a head for the task, with its tokenizer",
        hint="`benchwright doctor` shows the versions; code that comes with a checkpoint is never run",
    )


def _make(shape: ArchitectureSize, config: TrainingConfig, task: Task, examples: Sequence[Example]) -> tuple[Any, Any]:
    from transformers import BertConfig

    texts = (text for example in examples for value in example.inputs.values() for text in _texts(value))
    tokenizer = learn_tokenizer(texts, size=shape.vocab, max_length=config.max_length)
    architecture = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=4 * shape.hidden,
        max_position_embeddings=config.max_length,
        pad_token_id=tokenizer.pad_token_id,
        **output_settings(task),
    )
    _set_dropout(architecture, config.dropout)
    return make_tiny(architecture, task).to(torch.float32), tokenizer


def _texts(value: Any) -> Iterator[str]:
    """Texts of an input: itself, or each of a list of words or options."""
    if isinstance(value, list | tuple):
        yield from map(str, value)
    else:
        yield str(value)


def _set_dropout(architecture: Any, dropout: float | None) -> None:
    """Set every dropout probability of a configuration, under the names of any model family."""
    if dropout is None:
        return
    for name, value in architecture.to_dict().items():
        is_dropout = "dropout" in name or name.endswith(("_pdrop", "drop"))
        if is_dropout and isinstance(value, int | float) and not isinstance(value, bool):
            setattr(architecture, name, dropout)


def _mend_padding(model: Any, tokenizer: Any) -> None:
    """Models without a padding token (GPT-2) pool at the last other token, so they get the one that ends a text."""
    config = text_config(model)
    if config.pad_token_id is None:
        config.pad_token_id = next(
            (token for token in (tokenizer.pad_token_id, tokenizer.eos_token_id) if token is not None), 0
        )
    if hasattr(model.config, "use_cache"):
        model.config.use_cache = False


def _max_length(model: Any, tokenizer: Any, config: TrainingConfig, shown: str) -> int:
    if config.max_length_given:
        return choose_max_length(config.max_length, model, tokenizer, shown)
    return min(config.max_length, choose_max_length(None, model, tokenizer, shown))


def _stride(config: TrainingConfig, max_length: int) -> int:
    """The stride of the configuration, reduced if the base has fewer positions than ``max_length``."""
    if config.doc_stride is None:
        return 0
    return config.doc_stride if max_length == config.max_length else min(config.doc_stride, max_length // 3)


_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_ALPHABET = 256


def learn_tokenizer(texts: Iterable[str], *, size: int, max_length: int) -> Any:
    """A lower-casing tokenizer of at most ``size`` pieces that frames inputs as BERT does.

    Pieces are merged bytes (BPE), so no text has an unknown part, and the same texts give the same pieces in every
    process; the word-piece trainer of `tokenizers` breaks ties by chance. At least 261 pieces are made: the bytes and
    the special tokens.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=max(size, _ALPHABET + len(_SPECIAL)),
        min_frequency=2,
        special_tokens=list(_SPECIAL),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    first, last = _SPECIAL[2], _SPECIAL[3]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B:1 {last}:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (first, last)],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=max_length,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        pad_token="[PAD]",  # noqa: S106 - a token of text, no password
        unk_token="[UNK]",  # noqa: S106
        cls_token="[CLS]",  # noqa: S106
        sep_token="[SEP]",  # noqa: S106
        mask_token="[MASK]",  # noqa: S106
    )
