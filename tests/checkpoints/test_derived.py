"""What is made of a checkpoint here is there whole or not at all, and is what was made."""

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from benchwright.checkpoints.derived import Derivation, derive, digest_of, is_whole
from benchwright.errors import ModelError, StoreError
from benchwright.store import atomic
from benchwright.types import Context

WANTED = Derivation(digest=digest_of({"of": "a checkpoint"}), what="making it")


@pytest.fixture
def context(tmp_path):
    """A store of its own, and what was told."""
    return Context(suite="s", train=None, items=tuple, workdir=tmp_path / "work", models=tmp_path / "models")


def write(draft):
    """Two files, one in a folder."""
    (draft / "model.onnx").write_bytes(b"graph")
    (draft / "1_Pooling").mkdir()
    (draft / "1_Pooling" / "config.json").write_text("{}")


@pytest.fixture
def made(context):
    return derive(WANTED, context, write)


def in_process(script, context):
    """Run a script that has the context and `derive` in a process of its own."""
    start = f"""
    import os, resource, signal, sys, time
    from pathlib import Path
    from benchwright.checkpoints.derived import Derivation, derive
    from benchwright.types import Context
    context = Context(suite="s", train=None, items=tuple, workdir=Path({str(context.workdir)!r}), models=Path({str(context.models)!r}))
    wanted = Derivation(digest={WANTED.digest!r}, what="making it")
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
    )


def lying_in(context):
    """Names in the folder of models but for locks."""
    return sorted(path.name for path in context.models.iterdir() if path.name != ".making")


def test_it_is_made_once(context, made):
    """What is there is not made again; a file that a file manager hides there changes nothing."""
    (made / ".DS_Store").write_bytes(b"view")

    assert derive(WANTED, context, lambda _: pytest.fail("made twice")) == made
    assert made.parent == context.models


def cut(place):
    (place / "model.onnx").write_bytes(b"gra")


def exchange(place):
    (place / "model.onnx").write_bytes(b"other")


def link(place):
    (place / "model.onnx").rename(place.parent / "elsewhere")
    (place / "model.onnx").symlink_to(place.parent / "elsewhere")


def add(place):
    (place / "model.safetensors").write_bytes(b"another model, which would be read first")


def lose(place):
    (place / "1_Pooling" / "config.json").unlink()


def forget(place):
    (place / "derived.json").unlink()


def nest(place):
    (place / "derived.json").write_bytes(b"[" * 100_000)


def rename(place):
    other = place.parent / "moved"
    place.rename(other)
    place.symlink_to(other)
    cut(other)


@pytest.mark.parametrize("change", [cut, exchange, link, add, lose, forget, nest, rename], ids=lambda one: one.__name__)
def test_what_was_changed_is_made_again(context, made, change):
    """Files cut, exchanged, linked, added or lost, also where size and time are as they were: none is taken for what was made."""
    change(made)
    told = []
    assert not is_whole(made, WANTED.digest, context)
    again = derive(WANTED, replace(context, tell=lambda what, *_: told.append(what)), write)

    assert (again / "model.onnx").read_bytes() == b"graph"
    assert is_whole(again, WANTED.digest, context)
    assert told == ["making it again: what was made before is not as it was"]


def test_a_killed_process_leaves_nothing_that_is_read(context):
    """Killed with a file half written, and with all written but what is told of them: the next one makes it, and sweeps."""
    for rest in ("os.kill(os.getpid(), signal.SIGKILL)", "(draft / 'derived.json').write_text('{')"):
        script = f"""
        def make(draft):
            (draft / "model.onnx").write_bytes(b"gr")
            {rest}
            os.kill(os.getpid(), signal.SIGKILL)
        derive(wanted, context, make)
        """
        done = in_process(script, context)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert not is_whole(WANTED.place(context), WANTED.digest, context)
        assert len(lying_in(context)) == 1
    place = derive(WANTED, context, write)

    assert lying_in(context) == [place.name]
    assert (place / "model.onnx").read_bytes() == b"graph"


def test_of_two_one_makes_it(context):
    """The other waits and takes what it made."""
    with ThreadPoolExecutor(2) as pool:
        script = """
        def make(draft):
            (draft / "model.onnx").write_bytes(str(os.getpid()).encode())
            time.sleep(0.3)
        print((derive(wanted, context, make) / "model.onnx").read_text())
        """
        found = [done.stdout for done in pool.map(lambda _: in_process(script, context), range(2))]

    assert len(set(found)) == 1
    assert found[0].strip().isdigit()


def test_a_file_larger_than_allowed_leaves_nothing(context):
    """A limit, whether Python meets it or a library that tells nothing of it: one sentence, and no file."""
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    for fails in ("", "raise ModelError('the library: iostream error') from None"):
        script = f"""
        from benchwright.errors import BenchwrightError, ModelError
        {limit}
        def make(draft):
            try:
                (draft / "model.onnx").write_bytes(bytes(10_000))
            except OSError:
                {fails or "raise"}
        try:
            derive(wanted, context, make)
        except BenchwrightError as error:
            print(type(error).__name__, error)
        """
        done = in_process(script, context)
        assert "StoreError no space left for" in done.stdout, done.stderr
        assert lying_in(context) == []


def test_what_a_library_cannot_do_is_told_as_it_is(context):
    """There is room, so it was not for want of that."""

    def make(_):
        raise ModelError("an operation has no counterpart")

    with pytest.raises(ModelError, match="no counterpart"):
        derive(WANTED, context, make)
    assert lying_in(context) == []


def test_a_store_that_cannot_be_written_is_named(context, monkeypatch):
    """What is there already is taken from it; nothing else can be made."""
    context.models.write_text("a file")
    with pytest.raises(StoreError, match="is not a folder"):
        derive(WANTED, context, write)
    context.models.unlink()
    place = derive(WANTED, context, write)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic.Path, "mkdir", refuse)
    assert derive(WANTED, context, write) == place
    with pytest.raises(StoreError, match="cannot be written"):
        derive(Derivation(digest="0" * 64, what="another"), context, write)
