"""Evaluate many texts at once: encode, drop duplicates, sort by length, batch by tokens, restore the order."""

from benchwright.encoders.batches import Batch, pad, plan_batches
from benchwright.encoders.encoded import Encoded, Unique, find_unique, join_rows
from benchwright.encoders.failures import is_failure, is_out_of_memory
from benchwright.encoders.run import RawOutputs, run
from benchwright.encoders.tokenise import Truncation, encode

__all__ = [
    "Batch",
    "Encoded",
    "RawOutputs",
    "Truncation",
    "Unique",
    "encode",
    "find_unique",
    "is_failure",
    "is_out_of_memory",
    "join_rows",
    "pad",
    "plan_batches",
    "run",
]
