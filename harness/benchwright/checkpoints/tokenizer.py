"""The tokenizer of a checkpoint as its own ``tokenizer.json`` describes it, whatever the installed library makes of it.

`transformers` 5 rebuilds the tokenizers of most named classes from their vocabulary and drops normalizers, pre-tokenizers and
post-processors of ``tokenizer.json`` that the class does not know; texts that went through them in training then come out
as other tokens. Here the file itself is what tokenises. The library's object stays around it, for the names of special tokens,
lengths, and saving.
"""

from __future__ import annotations

import inspect
import json
import logging as loggers
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchwright import documents
from benchwright.checkpoints.sandbox import try_files
from benchwright.checkpoints.tokenizer_files import SPECIAL
from benchwright.checkpoints.transformers_4 import convert_files, gives_segments
from benchwright.encoders import is_failure
from benchwright.encoders.failures import complaint, explained
from benchwright.encoders.template import byte_levels
from benchwright.errors import ModelError
from benchwright.paths import is_file

FILE = "tokenizer.json"

_TALKATIVE = ("torchao", "torch.utils._pytree")
"""Loggers of what `transformers` imports with its first model where torchao is installed: of libraries for GPUs that it finds none of."""

PROBES = (
    "The film was great.",
    "",
    "  two  blanks,\ta tab\nand a line ",
    "Caf\u00e9 cafe\u0301 NA\u00cfVE \u00dcBER Stra\u00dfe",
    "\uff12\uff10\uff10\uff19 \u2026 \ufb01ne \u00bd \u2460 \u2122",
    "no\u00a0break \u2009thin\u200bzero\u200d \ufeffmark",
    "\u4f60\u597d \u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u0627\u0644\u0639\u0631\u0628\u064a\u0629 \U0001f600\U0001f468\u200d\U0001f469",
    "``quoted'' \u201ctext\u201d \u2018x\u2019 it's don't \u2013 \u2014 [x] <y> #1 a@b.c 3,14",
    "iPhone McDonald HELLO world\u2028next",
)
"""Texts on which tokenizers are compared: what normalizers and pre-tokenizers are known to treat differently."""

_LEGACY = {
    "lowercase": "do_lower_case",
    "strip_accents": "strip_accents",
    "handle_chinese_chars": "tokenize_chinese_chars",
}
"""Fields of a ``BertNormalizer``, and what ``tokenizer_config.json`` calls them."""


_NUMBERED = ("CanineTokenizer", "CTRLTokenizer")
"""Slow classes that numbered second texts until 4.57 and give zeros since."""


@dataclass(frozen=True, kw_only=True)
class CheckpointTokenizer:
    """An open tokenizer.

    Attributes:
        tokenizer: A tokenizer of `transformers`; fast ones work by the checkpoint's own file where it has one.
        source: File that decides about tokens.
        note: What the installed library would have done otherwise, in words; "" where it is the same.
    """

    tokenizer: Any
    source: str
    note: str = ""


def read_tokenizer(folder: Path, *, words: bool = False, prefix_space: bool | None = None) -> CheckpointTokenizer:
    """The tokenizer of a folder.

    Args:
        folder: A checkpoint, or the tokenizer's files alone.
        words: Whether it will read lists of words. Byte-level tokenizers of the families whose class asks for it (RoBERTa,
            GPT-2, DeBERTa, BART) then put a blank before each word, as `transformers` demands; any other is left as saved.
        prefix_space: Overrules that for byte-level tokenizers.

    Raises:
        ModelError: The file that decides cannot be read, or not within the limits of `sandbox`.
    """
    try_files(folder)
    configs = read_json(folder / "tokenizer_config.json"), read_json(folder / "config.json")
    own, source = _file_tokenizer(folder, *configs)
    tokenizer = _by_library(folder, own)
    given = str(configs[0].get("tokenizer_class") or type(tokenizer).__name__)
    segments = gives_segments(given, *configs)
    if own is None or not getattr(tokenizer, "is_fast", False):
        _name_inputs(tokenizer, segments=segments)
        if type(tokenizer).__name__ in _NUMBERED:
            tokenizer.token_type_ids_pattern = "bert_style"  # noqa: S105 - a name of the library
        note = (
            _compare_with_sentencepiece(tokenizer, folder / source)
            if own is None
            else _compare_slow_class(tokenizer, own, source)
        )
        reading = CheckpointTokenizer(tokenizer=tokenizer, source=source if own is None else _source(folder), note=note)
    else:
        reading = _by_file(tokenizer, own, source, configs[0], segments=segments)
    if words:
        _space_words(tokenizer, prefix_space)
    return reading


def open_tokenizer(folder: Path, *, words: bool = False, prefix_space: bool | None = None) -> Any:
    """The tokenizer of a folder, as `read_tokenizer` gives it."""
    return read_tokenizer(folder, words=words, prefix_space=prefix_space).tokenizer


@contextmanager
def quiet() -> Iterator[None]:
    """No log lines and no progress bars of `transformers` and of what it imports meanwhile: only the console prints."""
    from transformers.utils import logging

    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity(logging.CRITICAL)
    logging.disable_progress_bar()
    others = {one: one.level for one in map(loggers.getLogger, _TALKATIVE)}
    for one in others:
        one.setLevel(loggers.CRITICAL)
    try:
        yield
    finally:
        for one, level in others.items():
            one.setLevel(level)
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()


def read_json(path: Path) -> dict[str, Any]:
    """An object in a file; empty where there is none, or it holds something else."""
    try:
        found = documents.read_json(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _file_tokenizer(folder: Path, tokenizer_config: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[Any, str]:
    """The tokenizer that the folder's own files describe, and the file that decides; None if only the library can construct it."""
    if is_file(folder / FILE):
        return _from_file(folder / FILE), FILE
    from transformers.models.auto.tokenization_auto import TOKENIZER_MAPPING_NAMES

    usual = TOKENIZER_MAPPING_NAMES.get(str(config.get("model_type")))
    given = str(tokenizer_config.get("tokenizer_class") or config.get("tokenizer_class") or usual)
    found = convert_files(folder, given, tokenizer_config)
    return found if found is not None else (None, _source(folder))


def _from_file(file: Path) -> Any:
    from tokenizers import Tokenizer

    def explain(error: BaseException) -> ModelError:
        return ModelError(
            f"{file.name} of the checkpoint cannot be read: {complaint(error)}",
            expected="a tokenizer as `tokenizer.save_pretrained(FOLDER)` writes it",
            hint="fetch or save the tokenizer again",
        )

    with explained(explain):
        return Tokenizer.from_file(str(file.resolve()))


def _by_library(folder: Path, own: Any) -> Any:
    """What the library makes of the folder; where it fails, its generic class around the folder's own tokenizer."""
    from transformers import AutoTokenizer, PreTrainedTokenizerFast

    try:
        return AutoTokenizer.from_pretrained(str(folder.resolve()), local_files_only=True, trust_remote_code=False)
    except BaseException as error:
        if own is None or not is_failure(error):
            raise
        said = read_json(folder / "special_tokens_map.json") | read_json(folder / "tokenizer_config.json")
        specials = {name: _content(said[name]) for name in SPECIAL if said.get(name)}
        kept = {name: said[name] for name in ("model_max_length", "truncation_side") if name in said}
        return PreTrainedTokenizerFast(tokenizer_object=own, **specials, **kept)


def _content(token: Any) -> str:
    return str(token["content"] if isinstance(token, dict) else token)


def _by_file(
    tokenizer: Any, own: Any, source: str, tokenizer_config: Mapping[str, Any], *, segments: bool
) -> CheckpointTokenizer:
    """The file's tokenizer inside the library's object."""
    remarks = [*_disable_dropout(own), *_follow_config(own, tokenizer.backend_tokenizer, tokenizer_config)]
    _add_tokens(own, tokenizer.backend_tokenizer)
    before = _read_probes(tokenizer)
    tokenizer._tokenizer = own  # noqa: SLF001 - the library has no door for this; the next line sees that it is one
    assert tokenizer.backend_tokenizer is own
    gave = "token_type_ids" in tokenizer.model_input_names
    _name_inputs(tokenizer, segments=segments)
    after = _read_probes(tokenizer)
    if gave and not segments:  # what no model of the checkpoint reads is no difference
        before = [(ids, [0] * len(ids)) for ids, _ in before]
    return CheckpointTokenizer(
        tokenizer=tokenizer, source=source, note="; ".join([*remarks, *_describe_differences(before, after, source)])
    )


def _disable_dropout(own: Any) -> list[str]:
    """Switch off BPE dropout, which leaves out merges at random in training."""
    if not getattr(own.model, "dropout", None):
        return []
    own.model.dropout = None
    return [f"without the dropout of its {FILE}, which leaves out merges at random"]


def _follow_config(own: Any, library: Any, tokenizer_config: Mapping[str, Any]) -> list[str]:
    """Let ``tokenizer_config.json`` decide where it contradicts the file and both transformers 4 and 5 go by it.

    That is the case, all over the named classes, of what a ``BertNormalizer`` does and of the blank before a first byte.
    """
    remarks = []
    normalizer, other = own.normalizer, library.normalizer
    if type(normalizer).__name__ == type(other).__name__ == "BertNormalizer":
        for field, name in _LEGACY.items():
            wanted = getattr(other, field)
            if name in tokenizer_config and getattr(normalizer, field) != wanted:
                setattr(normalizer, field, wanted)
                remarks.append(f"{name}={json.dumps(wanted)} as tokenizer_config.json says, against its {FILE}")
    levels, others = byte_levels(own), byte_levels(library)
    if "add_prefix_space" in tokenizer_config and len(levels) == len(others):
        for level, other_level in zip(levels, others, strict=True):
            if level.add_prefix_space != other_level.add_prefix_space:
                level.add_prefix_space = other_level.add_prefix_space
                said = json.dumps(other_level.add_prefix_space)
                remarks.append(f"add_prefix_space={said} as tokenizer_config.json says, against its {FILE}")
    return remarks


def _add_tokens(own: Any, library: Any) -> None:
    """Add what other files of the checkpoint name as tokens and its ``tokenizer.json`` lacks, in the order of ids."""
    known = own.get_vocab(with_added_tokens=True)
    for _, token in sorted(library.get_added_tokens_decoder().items()):
        if token.content not in known:
            (own.add_special_tokens if token.special else own.add_tokens)([token])


def _name_inputs(tokenizer: Any, *, segments: bool) -> None:
    """Say which inputs the tokenizer gives; a saved copy of it says so too."""
    others = [name for name in tokenizer.model_input_names if name != "token_type_ids"]
    names = [others[0], "token_type_ids", *others[1:]] if segments else others
    tokenizer.model_input_names = names
    tokenizer.init_kwargs["model_input_names"] = names


Row = tuple[list[int], list[int]]
"""Ids and segment ids."""


def _read_probes(tokenizer: Any) -> list[Row]:
    """The probes one by one, then in pairs; segments that are not given are zeros."""
    rows: list[Row] = []
    for seconds in (None, [*PROBES[1:], *PROBES[:1]]):
        found = tokenizer(list(PROBES), seconds, padding=False, truncation=False, verbose=False)
        segments = found.get("token_type_ids") or [[0] * len(ids) for ids in found["input_ids"]]
        rows += zip(found["input_ids"], segments, strict=True)
    return rows


def _describe_differences(before: Sequence[Row], after: Sequence[Row], source: str) -> list[str]:
    """What the installed library gives otherwise."""
    from transformers import __version__

    told = []
    pairs = list(zip(before, after, strict=True))
    other = [old[0] != new[0] for old, new in pairs]
    texts = [text for text, differs in zip(PROBES, other, strict=False) if differs and text.strip()]
    if any(other):
        among = (
            f" on {len(texts)} of {len(PROBES)} test texts, such as {min(texts, key=len)!r}" if texts else " on pairs"
        )
        told.append(f"tokens by its own {source}: those of transformers {__version__} differ{among}")
    if any(old[1] != new[1] for old, new in pairs if old[0] == new[0]):
        told.append(f"segment ids by its own {source}: transformers {__version__} gives none")
    return told


def _compare_with_sentencepiece(tokenizer: Any, file: Path) -> str:
    """Where a class that is left to the library splits test texts otherwise than its SentencePiece model does; "" if nowhere."""
    if file.suffix != ".model" or find_spec("sentencepiece") is None:
        return ""
    from sentencepiece import SentencePieceProcessor
    from transformers import __version__

    model = SentencePieceProcessor(model_file=str(file.resolve()))
    rows = tokenizer(list(PROBES), add_special_tokens=False, padding=False, truncation=False)["input_ids"]
    pieces = [[model.id_to_piece(number) for number in model.encode(text)] for text in PROBES]
    found = [tokenizer.convert_ids_to_tokens(row) for row in rows]
    texts = [text for text, mine, its in zip(PROBES, found, pieces, strict=True) if mine != its and text.strip()]
    if not texts:
        return ""
    among = f"{len(texts)} of {len(PROBES)} test texts, such as {min(texts, key=len)!r}"
    return f"tokens of transformers {__version__} differ from those of its own {file.name} on {among}"


def _compare_slow_class(tokenizer: Any, own: Any, source: str) -> str:
    """Where a class that knows no file of `tokenizers` gives other tokens than the one beside it says; "" if nowhere."""
    from transformers import __version__

    rows = [ids for ids, _ in _read_probes(tokenizer)]
    texts = [text for text, ids in zip(PROBES, rows, strict=False) if text.strip() and ids != own.encode(text).ids]
    if not texts:
        return ""
    among = f"{len(texts)} of {len(PROBES)} test texts, such as {min(texts, key=len)!r}"
    name = type(tokenizer).__name__
    return (
        f"tokens of {name} in transformers {__version__}, which reads no {source}: its own {source} differs on {among}"
    )


def _source(folder: Path) -> str:
    names = ("spm.model", "spiece.model", "sentencepiece.bpe.model", "vocab.txt", "vocab.json")
    return next((name for name in names if is_file(folder / name)), "the files of its class")


def _space_words(tokenizer: Any, wanted: bool | None) -> None:  # noqa: FBT001 - passed on
    """Set whether a byte-level tokenizer puts a blank before each word of a list."""
    by_class = "add_prefix_space" in inspect.signature(type(tokenizer).__init__).parameters
    if wanted is None and by_class:
        wanted = True
    levels = byte_levels(getattr(tokenizer, "backend_tokenizer", None))
    if wanted is None or all(level.add_prefix_space is wanted for level in levels):
        return
    for level in levels:
        level.add_prefix_space = wanted
    if by_class:  # the class remembers it, so that it is saved
        tokenizer.add_prefix_space = wanted
        tokenizer.init_kwargs["add_prefix_space"] = wanted
