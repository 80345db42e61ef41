"""Encoders, shared by every engine that runs them: a codec for each kind of task, a forward pass for each engine, one session.

A codec makes rows of token ids of examples and predictions of raw outputs; a `Forward` computes raw outputs of a batch, or of a
buffer without padding; `EncoderSession` drops duplicates, puts equal lengths together under a number of tokens, halves it when memory
runs out, and restores the order.
"""

from benchwright.encoders.batches import Batch, pad, plan_batches
from benchwright.encoders.codec import Codec, CodecOptions, HeadOutputs, NullThreshold, Row
from benchwright.encoders.codec_by_kind import codec_for, usual_length
from benchwright.encoders.encoded import Encoded, InputRows, Unique, find_unique, join_rows
from benchwright.encoders.failures import complaint, is_failure, is_out_of_memory
from benchwright.encoders.flat import Buffer, ComputesBuffers, FlatPlan
from benchwright.encoders.running import RawOutputs, run
from benchwright.encoders.session import EncoderSession, Forward, ModelInputs, ProbeError
from benchwright.encoders.tokenise import Tokenizing, encode
from benchwright.encoders.truncation import Truncation

__all__ = [
    "Batch",
    "Buffer",
    "Codec",
    "CodecOptions",
    "ComputesBuffers",
    "Encoded",
    "EncoderSession",
    "FlatPlan",
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
