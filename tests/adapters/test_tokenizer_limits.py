"""A tokenizer that loops, swells, breaks the library or holds values of another kind is one message with file and key."""

import json
import shutil
import time

import pytest
import transformers_bench as bench
import transformers_checkpoints as checkpoints

pytest.importorskip("torch")
pytest.importorskip("transformers")

from benchwright.checkpoints import sandbox
from benchwright.checkpoints.tokenizer import read_tokenizer
from benchwright.encoders import encode, is_failure
from benchwright.encoders.template import tokens_of
from benchwright.errors import ModelError
from benchwright.types import Context, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = pytest.mark.torch


TASK = bench.make_task()


def refused(folder, **changes):
    """What is said about a tokenizer.json with changed parts."""
    path = folder / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(ModelError) as caught:
        read_tokenizer(folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"normalizer": {"type": "Nothing"}}, "`normalizer`: data did not match"),
        ({"pre_tokenizer": 3}, "`pre_tokenizer`: "),
        ({"added_tokens": {"a": 1}}, "`added_tokens`: "),
        ({"model": {"type": "WordPiece", "vocab": ["a"]}}, "`model`: "),
        ({"post_processor": []}, "`post_processor`: "),
        ({"truncation": "all"}, "`truncation`: "),
    ],
)
def test_a_value_of_another_kind_is_named(folder, changes, said):
    """File and key."""
    message = refused(folder, **changes)

    assert "tokenizer.json of the checkpoint cannot be used" in message
    assert said in message


def test_deep_nesting_is_refused(folder):
    """100,000 normalizers within one another."""
    (folder / "tokenizer.json").write_text('{"normalizer":' + '{"type":"Sequence","normalizers":[' * 100_000)
    with pytest.raises(ModelError, match="recursion limit"):
        read_tokenizer(folder)


def test_a_tokenizer_that_swells_is_stopped(folder, monkeypatch):
    """Forty replacements of one letter by two make a terabyte of a word; this process takes none of it."""
    monkeypatch.setattr(sandbox, "SECONDS", 1)
    swell = {"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}
    started = time.perf_counter()
    message = refused(folder, normalizer={"type": "Sequence", "normalizers": [swell] * 40})

    assert "it takes more than 5" in message or "it takes longer than 1 s" in message
    assert time.perf_counter() - started < 300


def test_a_template_of_thousands_of_tokens_is_refused(folder):
    """Each text would have them."""
    special = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
    post = json.loads((folder / "tokenizer.json").read_text())["post_processor"]
    message = refused(folder, post_processor=post | {"pair": [special] * 5000 + post["pair"]})

    assert "post_processor: 5," in message


def test_more_tokens_than_any_vocabulary_adds_are_refused(folder):
    """In tokenizer.json as in added_tokens.json."""
    flags = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized", "special"), False)
    tokens = json.loads((folder / "tokenizer.json").read_text())["added_tokens"]
    tokens += [{"id": 1000 + at, "content": f"added{at}", **flags} for at in range(100_001)]

    assert "added_tokens: 100,006, more than 100,000" in refused(folder, added_tokens=tokens)


def test_a_regular_expression_without_end_is_refused(folder):
    """The library gives up on it with a panic, which Python sees as no exception."""
    loop = {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": False}

    assert "retry-limit" in refused(folder, pre_tokenizer=loop)


def test_a_file_that_aborts_the_library_is_refused(folder):
    """A damaged table of characters ends the process that reads it, and that is not this one."""
    message = refused(folder, normalizer={"type": "Precompiled", "precompiled_charsmap": "AAAA////AAAABBBB"})

    assert "tokenizer.json of the checkpoint cannot be used" in message


def test_no_module_of_the_working_folder_is_run(folder, tmp_path, monkeypatch, tried):
    """A folder that was fetched may hold a `tokenizers.py`."""
    (tmp_path / "tokenizers.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    sandbox.try_files(folder)

    assert len(tried) == 1, "and the file itself passed"


def test_a_damaged_sentencepiece_model_is_refused(tmp_path):
    """It is tried as tokenizer.json is."""
    folder = checkpoints.save(tmp_path / "checkpoint", "albert")
    (folder / "tokenizer.json").unlink()
    (folder / "spiece.model").write_bytes(b"\x0a\xff\xff\xff\xff" * 50)
    with pytest.raises(ModelError, match=r"spiece\.model of the checkpoint cannot be used"):
        read_tokenizer(folder)


def test_a_larger_file_than_any_is_refused(folder, monkeypatch):
    """Before it is read."""
    monkeypatch.setattr(sandbox, "MOST_BYTES", 1000)

    assert "expected: at most 1,000" in refused(folder)


@pytest.fixture
def tried(monkeypatch):
    """Files that were tried in a process of their own, of which this one knows nothing yet."""
    found, run = [], sandbox.subprocess.run
    monkeypatch.setattr(sandbox.subprocess, "run", lambda command, **how: found.append(command) or run(command, **how))
    monkeypatch.setattr(sandbox, "_passed", set())
    return found


def test_what_passed_is_not_tried_again(folder, tmp_path, tried):
    """Until it changes, and wherever it lies: checkpoints of one base have one tokenizer."""
    read_tokenizer(folder)
    copy = shutil.copytree(folder, tmp_path / "copy")
    read_tokenizer(folder)
    read_tokenizer(copy)
    assert len(tried) == 1

    path = copy / "tokenizer.json"
    path.write_text(path.read_text() + " ")
    read_tokenizer(copy)
    read_tokenizer(folder)
    assert len(tried) == 2


def test_another_process_knows_what_passed(folder, tmp_path, tried):
    """By a mark in the working folder."""
    sandbox.try_files(folder, tmp_path / "work")
    sandbox._passed.clear()
    sandbox.try_files(folder, tmp_path / "work")
    assert len(tried) == 1


def test_a_broken_tokenizer_is_refused_while_planning(folder, tmp_path):
    """Before anything runs, with what to do next."""
    (folder / "tokenizer.json").write_text('{"version": "1.0"')
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path)
    with pytest.raises(ModelError, match=r"tokenizer\.json of the checkpoint cannot be used: EOF"):
        adapter.inspect(ModelRef(name="m", adapter="transformers", path=str(folder)), TASK, context)


@pytest.mark.parametrize(
    ("file", "key", "value", "expected"),
    [
        ("tokenizer_config.json", "model_max_length", "many", "a number above 0"),
        ("tokenizer_config.json", "tokenizer_class", ["BertTokenizer"], "the name of a class"),
        ("tokenizer_config.json", "do_lower_case", "yes", "true or false"),
        ("tokenizer_config.json", "truncation_side", "middle", "left or right"),
        ("tokenizer_config.json", "model_input_names", "input_ids", "a list of names"),
        ("tokenizer_config.json", "pad_token", 3, "a token"),
        ("tokenizer_config.json", "added_tokens_decoder", {"a": {"content": "x"}}, "tokens by number"),
        ("special_tokens_map.json", "cls_token", {"text": "[CLS]"}, "a token"),
        ("added_tokens.json", "word", "3", "the number of the token"),
    ],
)
def test_values_beside_the_vocabulary_are_checked(folder, tmp_path, file, key, value, expected):
    """While planning, before anything is loaded."""
    path = folder / file
    content = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(content | {key: value}))
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path)
    with pytest.raises(ModelError) as caught:
        adapter.inspect(ModelRef(name="m", adapter="transformers", path=str(folder)), TASK, context)

    assert f"`{key}` in {file}" in str(caught.value)
    assert expected in str(caught.value)


def test_more_added_tokens_than_any_vocabulary_has_are_refused(folder, tmp_path):
    """Each costs the libraries time."""
    (folder / "added_tokens.json").write_text(json.dumps({f"t{at}": 1000 + at for at in range(100_001)}))
    context = Context(suite="s", train=None, items=tuple, workdir=tmp_path)
    with pytest.raises(ModelError, match="100,001 tokens"):
        adapter.inspect(ModelRef(name="m", adapter="transformers", path=str(folder)), TASK, context)


def test_merges_are_never_left_out_at_random(tmp_path):
    """A BPE with dropout reads a text alike each time, and that is said."""
    folder = checkpoints.save(tmp_path / "checkpoint", "roberta")
    plain = read_tokenizer(folder).tokenizer(["the wonderful film was lovely"])["input_ids"]
    content = json.loads((folder / "tokenizer.json").read_text())
    content["model"]["dropout"] = 0.9
    (folder / "tokenizer.json").write_text(json.dumps(content))
    reading = read_tokenizer(folder)

    assert reading.tokenizer(["the wonderful film was lovely"])["input_ids"] == plain
    assert "without the dropout of its tokenizer.json" in reading.note


class PanicException(BaseException):
    """What such a library throws when it gives up."""


def test_a_panic_on_one_text_is_an_error_of_that_text(folder):
    """Not the end of the program: a regular expression that gives up on a long text."""
    from tokenizers import Regex, pre_tokenizers

    tokenizer = read_tokenizer(folder).tokenizer
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("(a+)+$"), "isolated")
    texts = ["a", "a" * 60 + "!", "b"]

    found = encode(tokenizer, texts, max_length=99)
    assert list(found.errors) == [1]
    assert "PanicException" in found.errors[1]
    assert list(tokens_of(tokenizer, texts)[1]) == [1]
    assert is_failure(PanicException())
    assert not is_failure(KeyboardInterrupt())
    assert not is_failure(MemoryError())
