"""One process of a machine measures at a time: who holds it is told, and where that cannot be read nothing is made up."""

import os
import subprocess
import sys

import pytest

from benchwright.errors import BenchwrightError
from benchwright.profiling import whole_machine as whole
from benchwright.profiling.whole_machine import holder_of, whole_machine

HOLD = """
import sys
from benchwright.profiling.whole_machine import whole_machine
with whole_machine(print):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def lock(tmp_path, monkeypatch):
    monkeypatch.setenv("BENCHWRIGHT_LOCK", str(tmp_path / "lock"))
    return tmp_path / "lock"


def test_who_holds_the_machine_is_told_once_to_who_waits(lock):
    """Its process id, and nothing where nobody is waited for."""
    told = []
    with whole_machine(told.append):
        assert told == []
        assert holder_of(lock) in (os.getpid(), None)
    other = subprocess.Popen([sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "held\n"

    def let_go(text):
        told.append(text)
        other.communicate("go on\n", timeout=300)

    who = "another process" if holder_of(lock) is None else f"process {other.pid}"
    with whole_machine(let_go):
        assert told == [f"waiting: {who} measures on this machine"]


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("1: FLOCK  ADVISORY  WRITE 42 {place} 0 EOF", 42),
        ("1: -> FLOCK  ADVISORY  WRITE 42 {place} 0 EOF", None),  # waits itself
        ("1: FLOCK  ADVISORY  WRITE -1 {place} 0 EOF", None),  # of another container
        ("1: FLOCK  ADVISORY  WRITE 0 {place} 0 EOF", None),
        ("1: FLOCK  ADVISORY  WRITE 42 fe:00:1 0 EOF", None),  # another file
        ("1: POSIX", None),
        ("", None),
    ],
)
def test_the_list_of_locks_is_read_as_the_kernel_writes_it(tmp_path, monkeypatch, line, known):
    """proc(5): ordinal, type, mode, access, process, major:minor:inode of the file, start, end."""
    lock = tmp_path / "lock"
    lock.touch()
    of_file = lock.stat()
    place = f"{os.major(of_file.st_dev):02x}:{os.minor(of_file.st_dev):02x}:{of_file.st_ino}"
    (tmp_path / "locks").write_text(line.format(place=place))
    monkeypatch.setattr(whole, "_LOCKS", tmp_path / "locks")

    assert holder_of(lock) == known
    assert holder_of(tmp_path / "gone") is None


@pytest.mark.parametrize("what", ["a folder", "a link", "below a file"])
def test_a_lock_file_that_cannot_be_opened_is_a_mistake_with_what_to_type(tmp_path, monkeypatch, what):
    """No traceback, and nothing is written through a link."""
    precious = tmp_path / "precious"
    precious.write_text("as it was")
    lock = {"a folder": tmp_path, "a link": tmp_path / "link", "below a file": precious / "lock"}[what]
    if what == "a link":
        lock.symlink_to(precious)
    monkeypatch.setenv("BENCHWRIGHT_LOCK", str(lock))
    with pytest.raises(BenchwrightError, match="cannot be opened") as raised, whole_machine(print):
        pass
    assert raised.value.hint == "name one: export BENCHWRIGHT_LOCK=FILE"
    assert precious.read_text() == "as it was"


@pytest.mark.parametrize("what", ["a folder", "a link", "a dangling link"])
def test_what_somebody_put_in_place_of_the_shared_lock_is_left_alone(tmp_path, monkeypatch, what):
    """A file of this user's holds the machine then."""
    monkeypatch.delenv("BENCHWRIGHT_LOCK")
    monkeypatch.setattr(whole.tempfile, "gettempdir", lambda: str(tmp_path))
    shared, target = tmp_path / "benchwright-profiles.lock", tmp_path / "target"
    if what == "a folder":
        shared.mkdir()
    else:
        shared.symlink_to(target)
    if what == "a link":
        target.write_text("as it was")
    with whole_machine(print):
        assert whole.lock_file().name.startswith("benchwright-profiles-")
    assert not target.exists() or target.read_text() == "as it was"
