"""Encoders, shared by every engine that runs them: a codec for each kind of task, a forward pass for each engine, one session.

A codec makes rows of token ids of examples and predictions of raw outputs; a `Forward` computes raw outputs of a batch;
`EncoderSession` drops duplicates, sorts by length, batches by tokens, halves the batch when memory runs out, and restores the order.
"""

from benchwright.encoders.batches import Batch, RawOutputs, pad, plan_batches, run
from benchwright.encoders.codec import Codec, CodecOptions, HeadOutputs, NullThreshold, Row
from benchwright.encoders.codec_by_kind import codec_for, usual_length
from benchwright.encoders.encoded import Encoded, InputRows, Unique, find_unique, join_rows
from benchwright.encoders.failures import complaint, is_failure, is_out_of_memory
from benchwright.encoders.session import EncoderSession, Forward, ModelInputs, ProbeError
from benchwright.encoders.tokenise import Tokenizing, encode
from benchwright.encoders.truncation import Truncation

__all__ = [
    "Batch",
    "Codec",
    "CodecOptions",
    "Encoded",
    "EncoderSession",
    "Forward",
    "HeadOutputs",
    "InputRows",
    "ModelInputs",
    "NullThreshold",
    "ProbeError",
    "RawOutputs",
    "Row",
    "Tokenizing",
    "Truncation",
    "Unique",
    "codec_for",
    "complaint",
    "encode",
    "find_unique",
    "is_failure",
    "is_out_of_memory",
    "join_rows",
    "pad",
    "plan_batches",
    "run",
    "usual_length",
]
