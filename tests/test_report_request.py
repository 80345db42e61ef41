"""What is asked of a report: options, notes of files, and all mistakes at once."""

import json

import pytest

import benchwright
from benchwright.cli.main import call
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.render.notes import LARGEST
from benchwright.report_request import Problems, ReportRequest, read_options
from benchwright.store import Store
from benchwright.testing.fixtures import make_suite
from benchwright.testing.write_run import write_run
from benchwright.types import Record

TASK = make_suite().task("polarity")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A run of two models on one task."""
    store = Store(tmp_path_factory.mktemp("request") / "store")
    rows = [Record(id=str(at), target="positive", output="positive" if at % 3 else "negative") for at in range(9)]
    write_run(store, "r", {"a": {"s/t": rows}, "b": {"s/t": rows}}, {"s/t": TASK}, scored=True)
    return store


def options_of(**asked):
    problems = Problems()
    options = read_options(ReportRequest(**asked), problems)
    return options, [str(one) for one in problems]


def test_a_note_is_a_text_or_a_file(tmp_path):
    (tmp_path / "n.md").write_bytes(b"\xef\xbb\xbfof a file: \xc3\xa9")

    options, problems = options_of(notes=("a text", tmp_path / "n.md"), author="Ada")

    assert problems == []
    assert options.notes == ("a text", "of a file: é")
    assert options.author == "Ada"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"x" * (LARGEST + 1), "has more than 65,536 bytes"),
        (b"ab\xff", "is not UTF-8: byte 3 is 0xff"),
        (b"> " * 90 + b"x", "nested too deeply"),
        (b"\xef\xbb\xbf \n\n", "is empty"),
    ],
)
def test_a_note_that_cannot_be_shown_is_refused_with_the_reason(tmp_path, content, why):
    (tmp_path / "n.md").write_bytes(content)

    _, problems = options_of(notes=(tmp_path / "n.md",))

    assert len(problems) == 1
    assert why in problems[0]


def test_a_note_that_is_not_there_or_no_file_is_refused(tmp_path):
    _, problems = options_of(notes=(tmp_path / "gone.md", tmp_path))

    assert [line.splitlines()[0].rpartition("' ")[2] for line in problems] == ["is not there", "is no file"]


def test_all_mistakes_of_a_request_are_told_together(store, tmp_path):
    with pytest.raises(ConfigError) as told:
        benchwright.report(
            ["r"],
            tmp_path / "x.docx",
            store=store.root,
            models=["c"],
            tasks=["u"],
            notes=[tmp_path / "gone.md"],
            max_examples=-1,
        )

    text = str(told.value)
    assert "5 problems in what was asked of the report" in text
    assert all(part in text for part in ("x.docx", "no model 'c'", "no task 'u'", "gone.md", "--max-examples -1"))
    assert not (tmp_path / "x.docx").exists()


def test_one_mistake_is_told_as_it_is(store, tmp_path):
    with pytest.raises(BenchwrightError, match=r"no run 'gone'") as told:
        benchwright.report("gone", tmp_path / "x.html", store=store.root)

    assert not isinstance(told.value, ConfigError)


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_author_and_notes_stand_at_the_top_as_words_of_the_author(store, tmp_path, suffix):
    (tmp_path / "n.md").write_text("# Why\n\nWe *ship* on [Monday](https://example.org).\n")
    path = tmp_path / f"r.{suffix}"

    code = call(
        ["report", "r", "--store", str(store.root), "-o", str(path), "--quiet", "--author", "Ada <A>"]
        + 2 * ["--note", str(tmp_path / "n.md")]
    )

    text = path.read_text()
    assert code == 0
    assert "Report by Ada &lt;A&gt;" in text
    assert "Note by Ada &lt;A&gt;" in text
    assert "benchwright measured and checked nothing of it" in text
    assert text.count("Monday") == 2
    assert text.index("Monday") < text.index("<table" if suffix == "html" else "| **a**")


def test_a_command_line_with_mistakes_ends_with_two_and_no_file(store, tmp_path, capsys):
    path = tmp_path / "r.html"
    code = call(["report", "r", "--store", str(store.root), "-o", str(path), "--note", str(tmp_path / "gone.md")])

    assert code == 2
    assert "the note" in capsys.readouterr().err
    assert not path.exists()


def test_max_examples_bounds_the_examples_of_a_task(tmp_path):
    store = Store(tmp_path / "store")
    rows = [
        Record(id=str(at), target="positive", output="negative", extra={"inputs": {"text": f"text number {at}."}})
        for at in range(9)
    ]
    write_run(store, "r", {"a": {"s/t": rows}, "b": {"s/t": rows}}, {"s/t": TASK}, scored=True)
    shown = {}
    for most in (0, 2, None):
        path = benchwright.report("r", tmp_path / "r.html", store=store.root, max_examples=most)
        shown[most] = sum(f"text number {at}." in path.read_text() for at in range(9))

    assert shown[0] == 0
    assert shown[2] <= 2
    assert shown[None] > 2


def test_the_format_and_size_are_told_as_json(store, tmp_path, capsys):
    path = tmp_path / "r.md"
    assert call(["report", "r", "--store", str(store.root), "-o", str(path), "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert told == {"report": str(path), "format": "markdown", "bytes": path.stat().st_size}
