"""Which codec serves a task, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchwright.encoders.choices import ChoiceCodec
from benchwright.encoders.codec import Codec, CodecOptions, HeadOutputs
from benchwright.encoders.masked import FillCodec
from benchwright.encoders.pooled import PooledCodec
from benchwright.encoders.spans import LENGTH, SpanCodec
from benchwright.encoders.texts import NumberCodec, TextCodec
from benchwright.encoders.tokenise import Tokenizing
from benchwright.encoders.words import WordCodec
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    EmbeddingTask,
    FillTask,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

_CODECS: Mapping[type[Task], Callable[[Task, Tokenizing, HeadOutputs, CodecOptions], Codec]] = {
    ClassificationTask: TextCodec,
    RegressionTask: NumberCodec,
    TaggingTask: WordCodec,
    SpanTask: SpanCodec,
    ChoiceTask: ChoiceCodec,
    FillTask: FillCodec,
    EmbeddingTask: PooledCodec,
}
_LENGTH = 512


def codec_for(task: Task, tokenizing: Tokenizing, head: HeadOutputs, options: CodecOptions | None = None) -> Codec:
    """The codec of a task.

    Args:
        task: Of a kind that encoders answer: a label, a number, tags, a span, a choice, words at a slot or a vector.
        tokenizing: How texts become rows.
        head: The model's outputs.
        options: How inputs are cut and answers read.

    Raises:
        ModelError: The head has other outputs than the task needs, or windows leave no room for text.
    """
    return _CODECS[type(task)](task, tokenizing, head, options or CodecOptions())


def usual_length(task: Task) -> int:
    """Most tokens to an input where the user and the model ask for nothing less."""
    return LENGTH if isinstance(task, SpanTask) else _LENGTH
