"""Tables as text fit the terminal, lose nothing, and hold nothing that does anything."""

from hypothesis import given
from hypothesis import strategies as st

from benchwright.tables import text_table, text_width

WORDS = st.text(st.sampled_from("ab :é猫-"), max_size=60)


def test_a_table_that_fits_is_aligned():
    """Texts to the left, numbers to the right, columns without any text left out."""
    lines = text_table(("model", "empty", "n"), [("a", "", "1"), ("longer", "", "1,000")], right=(1, 2))

    assert lines == ["model       n", "a           1", "longer  1,000"]


def test_wide_texts_are_folded():
    """A long text goes on below itself, beside columns that stay whole."""
    remark = "a remark that is far too long to stand on one line of a terminal of eighty columns"
    lines = text_table(("model", "value", "remark"), [("m", "84.40 [81.77, 86.71]", remark)], right=(1,), width=60)

    assert max(map(len, lines)) <= 60
    assert "84.40 [81.77, 86.71]" in lines[1]
    assert " ".join(line[28:].strip() for line in lines[1:]).strip().endswith("eighty columns")


def test_columns_that_do_not_fit_follow_below():
    """Many models are told in blocks, each with the task again; no interval is torn apart."""
    columns = ("task", "score", *(f"model-{at}" for at in range(9)))
    rows = [("glue/sst2", "accuracy", *(f"{80 + at}.00 [{70 + at}.00, {90 + at}.00]" for at in range(9)))]
    lines = text_table(columns, rows, width=80)

    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if line] == ["task", "glue/sst2"] * 5
    assert all(any(cell in line for line in lines) for cell in rows[0])


@given(rows=st.lists(st.tuples(WORDS, WORDS, WORDS, WORDS), min_size=1, max_size=4), width=st.integers(60, 120))
def test_no_line_is_longer_than_the_terminal(rows, width):
    """Whatever the texts, every sign of them is there and no line is longer than asked for; wide signs count twice."""
    lines = text_table(("one", "two", "three", "four"), rows, width=width, indent=2)

    assert max(map(text_width, lines), default=0) <= width + 3  # a colon made inert takes three more
    for sign in "é猫":
        assert "".join(lines).count(sign) >= "".join(map("".join, rows)).count(sign)
    assert not any(line.lstrip().startswith("::") for line in lines)


def test_folding_brings_no_command_to_the_front():
    """A line that folding begins with two colons is made inert as any other."""
    lines = text_table(("text",), [("x" * 30 + " ::stop-commands::token and more words to fold",)], width=34)

    assert not any(line.lstrip().startswith("::") for line in lines)
    assert any("\\x3a:stop-commands" in line for line in lines)


def test_the_terminal_says_how_wide(monkeypatch):
    """``COLUMNS`` bounds the lines; without it and without a terminal they are as long as they are."""
    columns, rows = ("a", "b"), [("word " * 30, "word " * 30)]
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(map(len, text_table(columns, rows))) > 280
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, text_table(columns, rows))) <= 80
