"""Evaluate many texts at once: encode, drop duplicates, sort by length, batch by tokens, restore the order."""

from benchwright.bulk.batches import Batch, pad, plan_batches
from benchwright.bulk.encoded import Encoded, join_rows
from benchwright.bulk.failure import is_failure
from benchwright.bulk.memory import is_out_of_memory
from benchwright.bulk.run import Answers, run
from benchwright.bulk.tokenise import Truncation, encode
from benchwright.bulk.unique import Unique, find_unique

__all__ = [
    "Answers",
    "Batch",
    "Encoded",
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
