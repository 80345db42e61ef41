"""Files taken out of the page cache, looked at, and said of where that cannot be known."""

import errno
import mmap
import os

import pytest

from benchwright.measuring import page_cache
from benchwright.measuring.page_cache import evict

needs_linux = pytest.mark.skipif(not hasattr(os, "RWF_NOWAIT"), reason="this system has no RWF_NOWAIT")


def written(folder, name="weights.bin", size=3 << 20):
    path = folder / name
    path.write_bytes(os.urandom(size))
    return path


@needs_linux
def test_a_file_that_was_just_written_is_cached_until_it_is_evicted(tmp_path):
    """Its content stays, its pages go; a file is counted once."""
    path = written(tmp_path)
    content = path.read_bytes()
    try:
        cached = page_cache._is_cached(path)
    except OSError as error:
        pytest.skip(f"this file system cannot say what is cached: {error}")
    assert cached
    done = evict([path, path])
    assert (done.cold, done.reason, done.files, done.size) == (True, "", 1, 3 << 20)
    assert not page_cache._is_cached(path)
    assert path.read_bytes() == content
    assert page_cache._is_cached(path)


@needs_linux
def test_a_file_that_is_mapped_stays_and_that_is_said(tmp_path):
    """Pages that somebody maps and touched are kept by the kernel."""
    path = written(tmp_path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert sum(mapped[at] for at in range(0, len(mapped), 4096)) >= 0
        done = evict([path])
    if done.reason.startswith("whether"):
        pytest.skip(done.reason)
    assert not done.cold
    assert "stayed in the page cache" in done.reason


def test_a_system_that_cannot_say_is_no_cold_start(tmp_path, monkeypatch):
    """Without the calls, or where the file system does not support them, there is a reason and no claim."""
    path = written(tmp_path, size=10)
    monkeypatch.setattr(page_cache, "_reads_at_once", lambda *_: (_ for _ in ()).throw(OSError(errno.EOPNOTSUPP, "no")))
    done = evict([path])
    assert not done.cold
    assert "cannot be seen" in done.reason
    monkeypatch.delattr(os, "posix_fadvise", raising=False)
    assert evict([path]).reason == "this system has no posix_fadvise"


def test_no_files_are_cold_and_an_empty_one_as_well(tmp_path):
    """What does not exist is not read."""
    assert evict([]).cold
    assert evict([tmp_path / "absent", written(tmp_path, size=0)]).files == 1
