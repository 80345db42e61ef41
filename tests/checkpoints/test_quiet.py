"""What libraries say while they are imported is kept from the console."""

import subprocess
import sys

import pytest

IMPORT = """
from benchwright.checkpoints.tokenizer import quiet
with quiet():
    import torchao.quantization
"""


def test_torchao_says_nothing_while_a_checkpoint_is_opened():
    """`transformers` imports it with its first model where it is installed; it then tells of GPU libraries that fit nothing here."""
    pytest.importorskip("torchao", reason="the extra quantize is not installed")
    done = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("", "")
