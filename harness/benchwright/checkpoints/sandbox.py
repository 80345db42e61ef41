"""Try a tokenizer file in a process of its own, with limits, before it is loaded into this one.

The libraries that read these files are not made for hostile ones: a few bytes in the wrong place abort the whole process, a few
replacements in a row make a text of terabytes. What is tried is tokenizers and SentencePiece alone, which start in a tenth
of a second; what passed is not tried again by the same process, in whatever file it stands: checkpoints of one base have one tokenizer.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from benchwright.errors import ModelError
from benchwright.paths import is_file

SECONDS = 10
"""Processor time that any file may take; a larger one more."""
SECONDS_PER_BYTE = 3e-7
"""A vocabulary of 250,000 pieces (17 MB) takes 2 s."""
BYTES = 512 * 2**20
"""Memory that any file may take; a larger one more."""
BYTES_PER_BYTE = 150
"""That vocabulary takes 80 bytes for each of its file."""
MOST_BYTES = 64 * 2**20
"""The largest vocabularies of models to fine-tune have half of it."""
_LARGE = 20 * 2**20
"""Bytes from which on a file is looked through before it is loaded: it takes longer then, and may take much longer."""
_PATIENCE = 12
"""Wall clock for each second of processor time, on a busy machine."""

_TEXTS = ("The film was great, 3.14 (a) caf\u00e9!", "a" * 200 + "!", "x" * 200, " " * 200 + ".", "1" * 200 + "-")
_MODELS = ("spiece.model", "spm.model", "sentencepiece.bpe.model", "sentencepiece.model", "tokenizer.model")

_SCRIPT = """
import json, sys
path, seconds, memory, texts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
large = sys.argv[5] == "large"
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
except (ImportError, ValueError, OSError):
    pass
def encode(tokenizer):
    special = tokenizer.num_special_tokens_to_add(True)
    if special > 100:
        raise ValueError(f"post_processor: {special:,} special tokens around a pair of texts")
    added = len(tokenizer.get_added_tokens_decoder())
    if added > 100_000:
        raise ValueError(f"added_tokens: {added:,}, more than 100,000")
    for text in texts:
        if len(tokenizer.encode(text).ids) > 50 * len(text) + 200:
            raise ValueError(f"a text of {len(text)} characters becomes more than {50 * len(text)} tokens")
def key_of(path):
    from tokenizers import Tokenizer
    document = json.load(open(path, encoding="utf-8"))
    words = {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}
    for key in ("truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model"):
        small = {"version": "1.0", "added_tokens": [], "model": words}
        try:
            Tokenizer.from_str(json.dumps(small | {key: document.get(key, small.get(key))}))
        except BaseException:
            return key
    return ""
def look(path):
    document = json.load(open(path, encoding="utf-8"))
    for key, value in document.items():
        size = len(json.dumps(value)) if key not in ("model", "added_tokens") else 0
        if size > 4_000_000:
            raise ValueError(f"{key}: {size:,} characters")
    if len(document.get("added_tokens") or ()) > 100_000:
        raise ValueError("added_tokens: more than 100,000")
try:
    if path.endswith(".json"):
        from tokenizers import Tokenizer
        if large:
            look(path)
        tokenizer = Tokenizer.from_file(path)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        encode(tokenizer)
    else:
        from sentencepiece import SentencePieceProcessor
        model = SentencePieceProcessor(model_file=path)
        for text in texts:
            model.encode(text)
except MemoryError:
    sys.exit(4)
except ImportError:
    sys.exit(0)  # a library that is not installed loads no file here either
except BaseException as error:
    try:
        key = key_of(path) if path.endswith(".json") else ""
    except BaseException:
        key = ""
    print(json.dumps([key, f"{str(error).strip() or type(error).__name__}"[:300]]))
    sys.exit(3)
"""

_passed: set[str] = set()


def try_files(folder: Path, workdir: Path | None = None) -> None:
    """Raise ModelError where the ``tokenizer.json`` or SentencePiece model of a folder cannot be loaded within its limits.

    Args:
        folder: A checkpoint.
        workdir: As in `try_file`.
    """
    for name in ("tokenizer.json", *_MODELS):
        if is_file(folder / name):
            try_file((folder / name).resolve(), workdir)
            return


def try_file(path: Path, workdir: Path | None = None) -> None:
    """Load a file in a process of its own and let it read a few texts.

    Args:
        path: A ``tokenizer.json`` or a SentencePiece model.
        workdir: Where it is remembered, by its content, that it passed; None: in this process alone.

    Raises:
        ModelError: That fails, or takes longer or more memory than a file of its size may.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise _refused(path, f"it has {size:,} bytes", f"at most {MOST_BYTES:,}")
    identity = _identity(path)
    mark = None if workdir is None else workdir / "tried" / identity
    if identity in _passed or (mark is not None and is_file(mark)):
        _passed.add(identity)
        return
    seconds = int(SECONDS + SECONDS_PER_BYTE * size)
    memory = int(BYTES + BYTES_PER_BYTE * size)
    given = [str(path), str(seconds), str(memory), json.dumps(_TEXTS), "large" if size > _LARGE else "small"]
    command = [sys.executable, "-P", "-c", _SCRIPT, *given]  # -P: no module of the working folder
    quiet = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "RAYON_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own script in our own interpreter; the file is an argument
            command, capture_output=True, timeout=_PATIENCE * seconds, check=False, env=quiet, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(path, f"it takes longer than {seconds} s", _enough(seconds, memory)) from error
    if done.returncode == 0:
        _passed.add(identity)
        if mark is not None and _identity(path) == identity:
            _remember(mark)
        return
    raise _refused(path, *_why(done, seconds, memory))


def _identity(path: Path) -> str:
    """Of what a file holds, of its kind, and of the limits under which it is tried."""
    digest = hashlib.sha256(f"{path.suffix}|{SECONDS}|{BYTES}|".encode())
    digest.update(path.read_bytes())
    return digest.hexdigest()[:40]


def _remember(mark: Path) -> None:
    """Leave a mark; a folder that cannot be written only costs time."""
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        return


def _why(done: subprocess.CompletedProcess[bytes], seconds: int, memory: int) -> tuple[str, str]:
    """What happened, and what was expected."""
    enough = _enough(seconds, memory)
    expected = "a tokenizer as `tokenizer.save_pretrained(FOLDER)` writes it"
    if done.returncode == 3:
        try:
            key, problem = json.loads(done.stdout)
        except ValueError:
            return "it cannot be read", expected
        return (f"`{key}`: {problem}" if key else problem), expected
    if done.returncode == 4 or b"memory allocation" in done.stderr or b"bad_alloc" in done.stderr:
        return f"it takes more than {memory / 2**20:,.0f} MB", enough
    if done.returncode in (-int(getattr(signal, "SIGXCPU", 24)), -int(getattr(signal, "SIGKILL", 9))):
        return f"it takes longer than {seconds} s of processor time", enough
    return "the library that reads it breaks down", expected


def _enough(seconds: int, memory: int) -> str:
    return f"a tokenizer that is loaded and reads {len(_TEXTS)} short texts in {seconds} s and {memory / 2**20:,.0f} MB"


def _refused(path: Path, problem: str, expected: str) -> ModelError:
    return ModelError(
        f"{path.name} of the checkpoint cannot be used: {problem}",
        expected=expected,
        hint="fetch or save the tokenizer again",
    )
