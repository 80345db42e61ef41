"""Damaged checkpoint folders are refused with one message that names the file: no traceback, no wait, no swollen memory."""

import json
import os
import random
import signal
import time
from pathlib import Path

import pytest
import transformers_bench as bench

from benchwright import labels
from benchwright.errors import BenchwrightError, LabelError, ModelError
from benchwright.types import Context, Example, ModelRef
from benchwright_adapters.transformers import adapter

pytestmark = [pytest.mark.torch]


TASK = bench.make_task()

STRANGE = (
    *(None, True, 0, -1, 3, 10**9, 10**30, 1.5, -0.0, float("inf"), "", "x", "\u202e\x00\x1b[2J", "a" * 5000),
    *([], [[]], [None], [3], ["x", 3], {}, {"0": None}, {"x": "y"}, {"0": ["a"], "1": {}}, {"": {"": {"": []}}}),
)
"""Values of every kind, at the place of any other."""


def ask(folder, *, open_too=False):
    """The refusal of a folder, or None where it answers; anything else that is raised fails the test."""
    model = ModelRef(name="m", adapter="transformers", path=str(folder))
    context = Context(suite="s", train=None, items=tuple, workdir=folder.parent / "work", offline=True)
    started = time.monotonic()
    try:
        facts = adapter.inspect(model, TASK, context)
        labels.align(TASK, facts.labels, model="m")
        if open_too:
            session = adapter.open(model, TASK, context)
            session.predict([Example(id="t/0", index=0, inputs={"text": "the film was lovely"})])
            session.close()
    except BenchwrightError as error:
        return check_short(error)
    finally:
        assert time.monotonic() - started < 120
    return None


def check_short(error):
    """The error, whose message does not repeat what it complains of at length."""
    assert len(str(error)) < 3000
    return error


def check_told(error, folder, name):
    """A refusal names the folder and the file."""
    if error is not None and not isinstance(error, LabelError):
        assert str(folder) in str(error)
        assert name in str(error) or "head" in str(error) or "output" in str(error), str(error)


def test_any_value_for_any_setting(folder):
    """Each setting of config.json, and some that only other families have, with values of every kind."""
    path = folder / "config.json"
    good = json.loads(path.read_text())
    more = ("sentence_transformers", "num_labels", "text_config", "quantization_config", "auto_map", "n_positions")
    for name in (*good, *more):
        for value in STRANGE:
            path.write_text(json.dumps({**good, name: value}))
            error = ask(folder)
            check_told(error, folder, "config.json")
            if name in ("architectures", "id2label", "model_type") and not isinstance(value, str) and value:
                assert error is not None, (name, value)
    path.write_text(json.dumps(good))
    assert ask(folder, open_too=True) is None


def test_any_value_for_any_setting_when_it_is_opened(folder):
    """A sample of them is opened too: the library's own complaint becomes one message."""
    draw = random.Random(7)
    path = folder / "config.json"
    good = json.loads(path.read_text())
    found = []
    for name in good:
        for value in draw.sample(STRANGE, 1):
            path.write_text(json.dumps({**good, name: value}))
            found.append(ask(folder, open_too=True))
    assert None in found, "some values change nothing"
    assert any(found), "and some are refused"


@pytest.mark.parametrize("setting", ["num_hidden_layers", "vocab_size", "hidden_size", "max_position_embeddings"])
@pytest.mark.parametrize("value", [10**7, 10**9, 10**12, 1e300])
def test_sizes_that_no_weights_have(folder, setting, value):
    """A model of that size is never made: the setting is named while planning."""
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), setting: value}))
    assert f"`{setting}` in config.json" in str(ask(folder))


NESTED = "[" * 100_000 + "]" * 100_000


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "special_tokens_map.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1e999", '"x"', NESTED, '{"a":' * 50_000 + "1" + "}" * 50_000, "\xff"])  # fmt: skip
def test_files_that_are_no_objects(folder, name, text):
    """Broken, nested, in another encoding, or another value than an object."""
    (folder / name).write_bytes(text.encode("latin-1"))
    error = ask(folder)
    assert isinstance(error, ModelError)
    assert name in str(error)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer_config.json", "tokenizer.json"])
def test_files_that_are_no_files(folder, name):
    """A pipe that never ends, a folder, a link to nowhere: nothing is waited for."""
    path = folder / name
    for make in (
        os.mkfifo,
        Path.mkdir,
        lambda place: place.symlink_to("/nowhere/at/all"),
        lambda place: place.symlink_to(place),
    ):
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        make(path)
        error = ask(folder)
        if name == "tokenizer_config.json" and error is None:
            continue  # as if it were not there
        assert isinstance(error, ModelError)


def header_of(path):
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(length)), file.read()


def write_header(path, header, data, *, raw=None):
    text = raw if raw is not None else json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def test_any_value_in_the_header_of_the_weights(folder):
    """Types, shapes and offsets of every kind; each refusal names the file."""
    draw = random.Random(11)
    path = folder / "model.safetensors"
    header, data = header_of(path)
    names = [name for name in header if name != "__metadata__"]
    refused = 0
    for value in STRANGE:
        for field in ("dtype", "shape", "data_offsets", None, "__metadata__"):
            damaged = json.loads(json.dumps(header))
            name = draw.choice(names)
            if field == "__metadata__":
                damaged[field] = value
            elif field is None:
                damaged[name] = value
            else:
                damaged[name][field] = value
            write_header(path, damaged, data)
            error = ask(folder)
            refused += error is not None
            check_told(error, folder, "model.safetensors")
            if field != "__metadata__" and value != []:
                assert error is not None, (field, value)
    assert refused > 80


def test_headers_of_another_shape(folder):
    """Nested, overlapping, with gaps, with the type of numbers exchanged, too long, empty."""
    path = folder / "model.safetensors"
    header, data = header_of(path)
    name, other = [name for name in header if name != "__metadata__"][:2]

    def change(**fields):
        return {**header, name: {**header[name], **fields}}

    begin, end = header[name]["data_offsets"]
    for damaged in (
        change(data_offsets=[begin, end + 4]),
        change(data_offsets=[end, begin]),
        change(data_offsets=header[other]["data_offsets"], shape=header[other]["shape"]),
        change(dtype="F64"),
        change(dtype="F4"),
        change(shape=[2**62, 2**62]),
        change(shape=[1] * 1000),
        {key: value for key, value in header.items() if key != name},
        {},
    ):
        write_header(path, damaged, data)
        assert "model.safetensors" in str(ask(folder))
    for raw in (NESTED.encode(), b'{"a":' * 50_000, b"", b"\xff\xfe{}", b"{}" + b" " * 1000):
        write_header(path, None, data, raw=raw)
        assert "model.safetensors" in str(ask(folder))
    path.write_bytes((2**63).to_bytes(8, "little") + b"{}")
    assert "truncated" in str(ask(folder))
    with path.open("wb") as file:  # a header of 200 MB that is a hole in the disk
        file.write((200_000_000).to_bytes(8, "little"))
        file.truncate(200_000_100)
    assert "its header has 200,000,000 bytes" in str(ask(folder))


def test_integers_in_place_of_weights(folder):
    """Numbers of another type under the same names are no weights, while planning."""
    path = folder / "model.safetensors"
    header, data = header_of(path)
    for name in header:
        if header[name].get("dtype") == "F32":
            header[name]["dtype"] = "I32"
    write_header(path, header, data)
    assert "of the type I32" in str(ask(folder))


def test_indexes_of_every_kind(folder):
    """An index that is no index, or leads out of the folder, is refused with its name."""
    outside = folder.parent / "outside.safetensors"
    (folder / "model.safetensors").rename(outside)
    index = folder / "model.safetensors.index.json"
    for value in (*STRANGE, {"a": "../outside.safetensors"}, {"a": str(outside)}, {"a": "config.json"}, {"a": "."}):
        index.write_text(json.dumps({"weight_map": value}))
        assert index.name in str(ask(folder))


def test_weights_through_a_link(folder):
    """A link to a whole file is followed, as the hub's cache is made of them; its content is in the digest."""
    outside = folder.parent / "outside.safetensors"
    (folder / "model.safetensors").rename(outside)
    (folder / "model.safetensors").symlink_to(outside)
    assert ask(folder, open_too=True) is None


def test_folders_damaged_by_bytes(folder):
    """Bytes of each file changed, cut and doubled at random."""
    draw = random.Random(3)
    for name in ("config.json", "tokenizer_config.json", "model.safetensors"):
        path = folder / name
        good = path.read_bytes()
        reach = min(len(good), 3000)
        for _ in range(60):
            at, size = draw.randrange(reach), draw.randrange(1, 20)
            new = draw.choice((b"", draw.randbytes(size), good[at : at + size] * 2, b"[" * size, b"9" * size, b'"'))
            path.write_bytes(good[:at] + new + good[at + size :])
            ask(folder)
        path.write_bytes(good)
    assert ask(folder, open_too=True) is None


def test_signals_are_left_alone(folder):
    """Trying a folder leaves no alarm clock and no handler behind."""
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ask(folder)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
