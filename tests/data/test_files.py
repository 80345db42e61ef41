"""Files are found by layout, below the data folder or the suite's own sub-folder."""

import pytest

from benchwright.data import files as data_files
from benchwright.errors import DataError
from benchwright.types import Files, Source, Suite

SUITE = Suite(name="mood", version=1, tasks=(), folders=("mood",))


def tree(folder, *names):
    """Empty files of those names."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def find(folder, *layouts):
    """What is found for layouts of those names; a tuple is a layout of several."""
    files = [Files(names=(names,) if isinstance(names, str) else names, format="tsv") for names in layouts]
    return data_files.find(Source(files=tuple(files)), suite=SUITE, folder=folder)


@pytest.mark.parametrize("place", ["T/dev.tsv", "mood/T/dev.tsv", "MOOD/t/DEV.tsv"])
def test_places(tmp_path, place):
    """A file is found in the folder itself or the suite's, whatever the letter case."""
    tree(tmp_path, place)

    found = find(tmp_path, "T/dev.tsv")

    assert found.parts == ((tmp_path / place,),)
    assert found.origin == f"files:{place.removeprefix('mood/').removeprefix('MOOD/')}"


def test_first_layout_wins(tmp_path):
    """Layouts are tried in order, each of them everywhere."""
    tree(tmp_path, "second.tsv", "mood/first.tsv")

    assert find(tmp_path, "first.tsv", "second.tsv").origin == "files:first.tsv"
    assert find(tmp_path, "third.tsv") is None


def test_all_parts_are_needed(tmp_path):
    """A layout of two files is not there when one is missing, and the missing one can be named."""
    tree(tmp_path, "a.tsv")
    source = Source(files=(Files(names=("a.tsv", "b.tsv"), format="tsv"),))

    assert data_files.find(source, suite=SUITE, folder=tmp_path) is None
    assert data_files.missing_parts(source, suite=SUITE, folder=tmp_path) == ("b.tsv",)


def test_exact_name_before_another_case(tmp_path):
    """The exact spelling is taken; two other spellings are refused."""
    tree(tmp_path, "T/dev.tsv", "T/DEV.tsv", "T/test.TSV", "T/Test.tsv")

    assert find(tmp_path, "T/dev.tsv").parts[0][0].name == "dev.tsv"
    with pytest.raises(DataError, match="letter case alone"):
        find(tmp_path, "T/test.tsv")


def test_shards(tmp_path):
    """A pattern stands for all shards in order, and one that is missing is an error."""
    shards = [f"t/dev-{part:05}-of-00003.parquet" for part in (2, 0, 1)]
    tree(tmp_path, *shards)

    assert [path.name for path in find(tmp_path, "t/dev-*.parquet").parts[0]] == sorted(
        name.removeprefix("t/") for name in shards
    )
    (tmp_path / shards[0]).unlink()
    with pytest.raises(DataError, match="stands for 3 shards, of which 2"):
        find(tmp_path, "t/dev-*.parquet")


def test_pattern_characters_are_plain(tmp_path):
    """Only `*` is special in a name."""
    tree(tmp_path, "a[1].tsv", "a1.tsv")

    assert find(tmp_path, "A[1].tsv").parts[0][0].name == "a[1].tsv"


def test_no_folder(tmp_path):
    """A data folder that does not exist is an error, not a missing split."""
    with pytest.raises(DataError, match="no data folder 'nowhere'"):
        find(tmp_path / "nowhere", "a.tsv")
