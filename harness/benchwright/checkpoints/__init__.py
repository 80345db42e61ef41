"""Read the files of a `transformers` checkpoint: location, configuration, head, weights, tokenizer; nothing here imports torch.

Any engine that runs such a checkpoint may use it: `transformers` and `finetune` do, and one that converts it can.
"""

from benchwright.checkpoints.config import find_threshold, own_code, read_config
from benchwright.checkpoints.files import (
    CheckpointFiles,
    check_environment,
    digest_files,
    linked_files,
    packages_of,
    read_files,
)
from benchwright.checkpoints.head import CheckpointHead, auto_class, output_labels, read_head
from benchwright.checkpoints.head_checks import check_head, check_scheme
from benchwright.checkpoints.locate import CheckpointFolder, locate_checkpoint
from benchwright.checkpoints.sandbox import try_files
from benchwright.checkpoints.tokenizer import CheckpointTokenizer, quiet, read_tokenizer

__all__ = [
    "CheckpointFiles",
    "CheckpointFolder",
    "CheckpointHead",
    "CheckpointTokenizer",
    "auto_class",
    "check_environment",
    "check_head",
    "check_scheme",
    "digest_files",
    "find_threshold",
    "linked_files",
    "locate_checkpoint",
    "output_labels",
    "own_code",
    "packages_of",
    "quiet",
    "read_config",
    "read_files",
    "read_head",
    "read_tokenizer",
    "try_files",
]
