"""An index lies where its URL says, and nobody is told the password in it."""

import pytest

from benchwright.cli.main import call
from benchwright.errors import BenchwrightError
from benchwright_leaderboards.index import place
from benchwright_leaderboards.index.open import open_index
from benchwright_leaderboards.index.place import place_of

SECRET = "s3cret-w0rd"


def test_without_configuration_it_is_a_file_of_the_board(tmp_path):
    """Nothing given: `index.sqlite` beside `board.toml`."""
    found = place_of(tmp_path)

    assert (found.file, found.is_own, found.schema) == (tmp_path / "index.sqlite", True, None)


def test_the_option_goes_before_the_variable(tmp_path, monkeypatch):
    """A URL that is given, else that of BENCHWRIGHT_BOARD_INDEX."""
    monkeypatch.setenv(place.VARIABLE, f"sqlite:///{tmp_path}/variable.db")

    assert place_of(tmp_path).file == tmp_path / "variable.db"
    assert place_of(tmp_path, f"sqlite:///{tmp_path}/option.db").file == tmp_path / "option.db"


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql", "postgres"])
def test_boards_in_one_database_have_a_schema_each(tmp_path, scheme):
    """By folder, also two of one name; by `?board=` where that is given, which is not handed to the driver."""
    first, second = (place_of(tmp_path / parent / "board", f"{scheme}://u@h/d") for parent in "ab")
    named = place_of(tmp_path / "a" / "board", f"{scheme}://u@h/d?board=mine&sslmode=require")

    assert first.schema != second.schema
    assert all(one.schema.startswith("benchwright_board_") for one in (first, second))
    assert named.schema == "benchwright_mine"
    assert dict(named.url.query) == {"sslmode": "require"}
    assert named.url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@h/d?board=Not%20a%20name",
        f"mysql://u:{SECRET}@h/d",
        f"postgresql://u:{SECRET}/x@h:5432/d",
        f"postgresql://u:pass@{SECRET}@h/d",
        f"postgresql://u:pa:{SECRET}@h:port/d",
        f"postgresql:u:{SECRET}",
        f"{SECRET}",
        "sqlite://",
        "sqlite:///:memory:",
        f"sqlite:///x.db?key={SECRET}",
        f"postgresql://u:{SECRET}@127.0.0.1:1/d",
        f"postgresql://u@127.0.0.1:1/d?password={SECRET}",
        f"postgresql://u:{SECRET}@127.0.0.1:1/d?{SECRET}=1",
        f"postgresql://u:{SECRET}@no-such-host.invalid/d",
    ],
)
def test_a_url_that_leads_nowhere_is_refused_without_a_word_of_its_secrets(made, tmp_path, capsys, url):
    """What is wrong is told, with what is expected; neither message nor value repeats the password."""
    root = made.board(tmp_path / "board")

    assert call(["board", "rebuild", "--board", str(root), "--index", url]) == 2
    out, err = capsys.readouterr()
    assert "expected: " in err
    assert "Traceback" not in err
    assert SECRET not in out + err


def test_the_value_of_a_place_shows_no_password(tmp_path):
    """Neither in its text nor where it is named."""
    found = place_of(tmp_path, f"postgresql://user:{SECRET}@host:5432/data?password={SECRET}")

    assert found.shown == "postgresql+psycopg://host:5432/data"
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("package", "url", "extra"), [("sqlalchemy", None, "board"), ("psycopg", "postgresql://h/d", "postgres")]
)
def test_a_missing_package_is_told_with_its_extra(tmp_path, monkeypatch, package, url, extra):
    """What to install is said, in the words of pyproject.toml."""
    found = place.find_spec
    monkeypatch.setattr(place, "find_spec", lambda name: None if name == package else found(name))

    with pytest.raises(BenchwrightError, match=package) as raised:
        place_of(tmp_path, url)
    assert raised.value.hint == f'pip install "benchwright[{extra}]"'


def test_a_database_of_something_else_is_left_alone(made, tmp_path):
    """A SQLite file by URL that somebody else uses is refused, and is as it was."""
    import contextlib
    import sqlite3

    other = tmp_path / "other.db"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE meta (name, value)")
    before = other.read_bytes()

    with (
        pytest.raises(BenchwrightError, match="something else"),
        open_index(made.board(tmp_path / "b"), f"sqlite:///{other}"),
    ):
        pass
    (tmp_path / "text.db").write_text("no database at all, and rather longer than a header of one" * 50)
    with (
        pytest.raises(BenchwrightError, match="not a database"),
        open_index(tmp_path / "b", f"sqlite:///{tmp_path}/text.db"),
    ):
        pass
    assert other.read_bytes() == before
