"""A file is written beside and renamed: whole or not at all, whoever is killed and however full the disk is."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchwright.errors import BenchwrightError, StoreError
from benchwright.store import Store, atomic, removal

SLOW_WRITER = """
import os, sys, time
from pathlib import Path
from benchwright.store import atomic
real = os.fsync
def slow(descriptor):
    print("written", flush=True)
    time.sleep(60)
os.fsync = slow
atomic.write(Path(sys.argv[1]), b"new" * 1000)
"""


@pytest.fixture
def killed(tmp_path):
    """A file whose second writer was killed before it could rename its draft."""
    path = tmp_path / "store" / "notes" / "w.json"
    atomic.write(path, b"old")
    with subprocess.Popen([sys.executable, "-c", SLOW_WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"written\n"
        assert len(atomic.drafts(path.parent)) == 1
        assert not atomic.is_abandoned(atomic.drafts(path.parent)[0])
        assert removal.prune(Store(tmp_path / "store")).paths == ()
        writer.send_signal(signal.SIGKILL)
    return path


def test_a_killed_writer_leaves_the_old_file_and_the_next_one_tidies_up(killed):
    """The draft of the dead goes when anybody writes to the folder; that of the living stayed."""
    assert killed.read_bytes() == b"old"
    atomic.write(killed.with_name("other.json"), b"x")
    assert sorted(path.name for path in killed.parent.iterdir()) == ["other.json", "w.json"]


def test_prune_tidies_up_too(killed):
    """A store that nobody writes to is tidied by `store prune`, which only says so when asked for a dry run."""
    store = Store(killed.parents[1])
    (draft,) = removal.prune(store, dry_run=True).paths
    assert (killed.parents[1] / draft).is_file()
    assert removal.prune(store).paths == (draft,)
    assert [path.name for path in killed.parent.iterdir()] == ["w.json"]


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, call, before):
    """No room when the content is written, brought to the disk or renamed: the old file or none, no draft, exit code 2."""
    path = tmp_path / "c.md"
    if before is not None:
        path.write_bytes(before)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "write":
        real = Path.open
        monkeypatch.setattr(
            Path, "open", lambda self, mode="r", **k: full() if mode == "r+b" else real(self, mode, **k)
        )
    else:
        monkeypatch.setattr(*((os, "fsync") if call == "fsync" else (Path, "replace")), full)

    with pytest.raises(BenchwrightError, match=r"--markdown .*c\.md cannot be written: No space left") as refused:
        atomic.write_output(path, "text", what="--markdown")
    with pytest.raises(StoreError, match="no space left"):
        atomic.write(path, b"text")

    assert refused.value.exit_code == 2
    assert refused.value.hint
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == ({} if before is None else {"c.md": before})


def test_links_modes_and_streams(tmp_path):
    """A link is followed, a mode kept, a device written to, and standard output appended to."""
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "real.md").chmod(0o640)
    (tmp_path / "link.md").symlink_to("real.md")
    atomic.write_output(tmp_path / "link.md", "new", what="-o")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "real.md").stat().st_mode) == 0o640
    atomic.write_output("/dev/null", "new", what="-o")
    code = "from benchwright.store.atomic import write_output; print('a', flush=True); write_output('/dev/stdout', 'b\\n', what='-o')"
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code], stdout=out, check=True)
    assert (tmp_path / "out").read_text() == "a\nb\n"
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "folder"])
def test_a_place_that_cannot_be(tmp_path, name):
    """A name that is too long, or none, or a folder's: a message, and nothing is left."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(BenchwrightError, match="cannot be written"):
        atomic.write_output(tmp_path / name, "text", what="-o")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize(
    ("name", "hint"), [("", "give it a name"), ("x" * 300, "choose a shorter name")], ids=["empty", "long"]
)
def test_a_name_that_cannot_be_has_a_hint_that_helps(tmp_path, monkeypatch, name, hint):
    """No name, or one that is too long: what to type instead; room on the disk would not help, and 300 letters are not repeated."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BenchwrightError, match=hint) as refused:
        atomic.write_output(name, "text", what="-o")
    assert "free some space" not in str(refused.value)
    assert "x" * 200 not in str(refused.value)


def test_the_longest_name_is_written(tmp_path):
    """A name as long as the file system takes has a draft too."""
    atomic.write_output(tmp_path / ("ä" * 127), "text", what="-o")
    assert [path.name for path in tmp_path.iterdir()] == ["ä" * 127]


def test_new_files_and_folders_replace_nothing(tmp_path):
    """Where something stands, it stays; a folder that fails half-way is not there."""
    atomic.write_output(tmp_path / "a.toml", "first", what="the rules", new=True)
    with pytest.raises(BenchwrightError, match="File exists"):
        atomic.write_output(tmp_path / "a.toml", "second", what="the rules", new=True)
    atomic.write_folder(tmp_path / "package", {"src/a.py": "1"}, what="the package")
    with pytest.raises(BenchwrightError):
        atomic.write_folder(tmp_path / "package", {"b.py": "2"}, what="the package")
    with pytest.raises(BenchwrightError):
        atomic.write_folder(tmp_path / "other", {"a.py": "1", "x" * 300: "2"}, what="the package")
    assert sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()) == [
        "a.toml",
        "package/src/a.py",
    ]


@pytest.mark.slow
def test_killed_again_and_again_while_writing(tmp_path):
    """Whenever SIGKILL comes, there is the old file or the new one, and the last writer leaves nothing beside it."""
    path = tmp_path / "v.json"
    code = (
        "import sys; from pathlib import Path; from benchwright.store import atomic\n"
        "print(flush=True)\nfor at in range(10**6): atomic.write(Path(sys.argv[1]), bytes([48 + at % 10]) * 300_000)"
    )
    for wait in (0.0, 0.003, 0.007, 0.012, 0.02):
        with subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(wait)
            writer.kill()
        if path.exists():
            content = path.read_bytes()
            assert (len(content), len(set(content))) == (300_000, 1)
    atomic.write(path, b"end")
    assert list(tmp_path.iterdir()) == [path]
