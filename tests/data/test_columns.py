"""CoNLL columns are read rightly where the format allows it, and refused with file and line where it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.data import formats
from benchwright.errors import DataError
from benchwright.types import Cluster, Files, Label, Source, Suite, TaggingTask

TAGS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-PER", "I-PER", "B-LOC", "I-LOC")))


def read(path, content, header=("word", "tag"), **changes):
    """Rows of one file."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    layout = Files(names=(path.name,), format="columns", header=header, **changes)
    return formats.read(path, layout, shown=f"ner/{path.name}")


def load(folder, content, header=("word", "tag"), **changes):
    """Examples of a tag task whose test split lies in one file of columns."""
    from benchwright.data.load import load as load_split

    (folder / "a.conll").write_bytes(content if isinstance(content, bytes) else content.encode())
    layout = Files(names=("a.conll",), format="columns", header=header, **changes)
    task = TaggingTask(
        name="names",
        splits={"test": Source(files=(layout,))},
        default_split="test",
        inputs={"words": ("word",)},
        target=("tag",),
        labels=TAGS,
        metrics=("entity_f1",),
        cluster=Cluster(by="column", columns=("document",)),
    )
    return load_split(task, "test", suite=Suite(name="s", version=1, tasks=(task,)), folder=folder, offline=True)


def words(rows):
    return [row["word"] for row in rows.cells]


@pytest.mark.parametrize(
    "content",
    [
        "Ann\tB-PER\nruns\tO\n\nGo\tO\n",
        "Ann B-PER\nruns O\n\nGo O\n",
        "Ann  B-PER \nruns   O\n\nGo O\n",
        "Ann\tB-PER\r\nruns\tO\r\n\r\nGo\tO\r\n",
        "\ufeffAnn\tB-PER\nruns\tO\n\nGo\tO",
        "\n\n\nAnn\tB-PER\nruns\tO\n\n\n \n\nGo\tO\n\n\n",
        "Ann\tB-PER\nruns\tO\n\t\nGo\tO\n",
        "Ann\tB-PER\nruns\tO\n \t \nGo\tO\n",
        "-DOCSTART- -X- -X- O\n\nAnn\tB-PER\nruns\tO\n\nGo\tO\n",
        "-DOCSTART-\tO\nAnn\tB-PER\nruns\tO\n-DOCSTART-\nGo\tO\n",
    ],
)
def test_one_sense_of_many_spellings(tmp_path, content):
    """TAB or blanks, CRLF, a byte-order mark, blank lines in any number, a lone TAB, no final newline: the same sentences."""
    rows = read(tmp_path / "a.conll", content)

    assert words(rows) == [["Ann", "runs"], ["Go"]]
    assert [row["tag"] for row in rows.cells] == [["B-PER", "O"], ["O"]]


def test_words_that_look_like_something_else(tmp_path):
    """A hash is a word, not a comment; no-break spaces, U+0085 and U+2028 split neither words nor lines."""
    rows = read(tmp_path / "a.conll", "# O\n#tag O\na\u00a0b O\nx\u0085y\u2028z O\n\u00a0x O\n")

    assert words(rows) == [["#", "#tag", "a\u00a0b", "x\u0085y\u2028z", "\u00a0x"]]


COMMENTS = [
    "# text = Ann runs\n# sent_id = 1\nAnn\tB-PER\nruns\tO\n\n# text = Go\nGo\tO\n",
    "#\thttp://example.org [2005-02-26]\nAnn\tB-PER\nruns\tO\n\n#\tn-tv.de vom 26.02.2005\nGo\tO\n",
    "#\thttp://example.org\tp. 3\nAnn\tB-PER\nruns\tO\n\n## x\nGo\tO\n",
    "# global.columns = ID FORM\n-DOCSTART-\tO\n\nAnn\tB-PER\nruns\tO\n\n# end\nGo\tO\n",
]


@pytest.mark.parametrize("content", COMMENTS)
@pytest.mark.parametrize("cut", ["\t", " "])
def test_comments_are_no_words(tmp_path, content, cut):
    """Lines of CoNLL-U and GermEval that begin with # before a sentence are left out, and counted."""
    rows = read(tmp_path / "a.conll", content.replace("\t", cut))

    assert words(rows) == [["Ann", "runs"], ["Go"]]
    assert rows.notes == (f"{content.count('#') - content.count('##')} comment lines (#) left out",)


@pytest.mark.parametrize(
    ("line", "scheme"), [("# O", "IOB2"), ("#tag O", "IOB2"), ("# B-PER", "IOB2"), ("# S-X", "BIOES"), ("# PER", "IO")]
)
def test_a_word_row_of_a_hash_is_a_word(tmp_path, line, scheme):
    """A line with the columns of a word and a tag of the scheme is a word, wherever it stands; so is it amid a sentence."""
    first, *_ = read(tmp_path / "a.conll", f"{line}\nb O\n{line}\n", scheme=scheme).cells

    assert first["word"] == [line.split()[0], "b", line.split()[0]]


@pytest.mark.parametrize("line", ["#", "# "])
def test_a_hash_alone_has_lost_its_tag(tmp_path, line):
    """It is refused, not left out."""
    with pytest.raises(DataError, match="1 cell"):
        read(tmp_path / "a.conll", f"Ann O\n\n{line}\nb O\n")


def test_empty_words_are_kept(tmp_path):
    """Between TABs a word may be empty: its tag counts, and a note says so."""
    rows = read(tmp_path / "a.conll", "Ann\tB-PER\n\tO\nruns\tO\n")

    assert words(rows) == [["Ann", "", "runs"]]
    assert rows.notes == ("1 words are empty cells",)


def test_a_blank_in_a_cell(tmp_path):
    """Where a line holds a TAB, a blank belongs to the word."""
    assert words(read(tmp_path / "a.conll", "New York\tO\n")) == [["New York"]]


def test_latin_1(tmp_path):
    """Another encoding is read when the layout names it, and named with its line when it does not."""
    content = "Ann O\n\ncaf\u00e9 O\n".encode("latin-1")

    assert words(read(tmp_path / "a.conll", content, encoding="latin-1"))[1] == ["caf\u00e9"]
    with pytest.raises(DataError, match=r"ner/a.conll, line 3: byte 0xe9 at offset 10 is not utf-8"):
        read(tmp_path / "a.conll", content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Ann O\nruns\n", "line 2: 1 cell: runs"),
        ("Ann O\n\nruns fast O\n", "line 3: 3 cells: runs | fast | O"),
        ("Ann\tO\nruns\t\n", "line 2: the cell 'tag' is empty"),
        ("Ann O\n# a comment of four words\n", "line 2: 6 cells: # | a | comment | of | four | words"),
    ],
)
def test_ragged_columns(tmp_path, content, said):
    """Too few, too many and empty cells are told with file, line and what the line holds."""
    with pytest.raises(DataError) as caught:
        read(tmp_path / "a.conll", content)

    assert caught.value.problem == f"ner/a.conll, {said}"
    assert caught.value.expected.startswith("2 cells")


@pytest.mark.parametrize("content", ["", "\n\n \n", "-DOCSTART- O\n\n"])
def test_no_words(tmp_path, content):
    """A file without a word is an error, not an empty split."""
    with pytest.raises(DataError, match=r"is empty|holds no words"):
        read(tmp_path / "a.conll", content)


def test_columns_that_nobody_names(tmp_path):
    """A layout must name the columns of such a file."""
    with pytest.raises(DataError, match="the columns are not named"):
        read(tmp_path / "a.conll", "Ann O\n", header=())


def test_a_column_that_some_files_lack(tmp_path):
    """An optional column may stand in the middle; the first line decides for the whole file."""
    header = ("word", "pos?", "tag")

    assert read(tmp_path / "a.conll", "Ann O\n", header=header).columns == ("word", "tag", "document")
    assert read(tmp_path / "a.conll", "Ann N O\n", header=header).cells[0]["pos"] == ["N"]
    with pytest.raises(DataError, match="line 2: 3 cells"):
        read(tmp_path / "a.conll", "Ann O\nruns V O\n", header=header)


def test_documents(tmp_path):
    """Sentences between -DOCSTART- lines form a cluster; in a file without such lines every sentence stands alone."""
    told = load(tmp_path, "a O\n\n-DOCSTART- O\n\nb O\n\nc O\n\n-DOCSTART- O\n\nd O\n")
    untold = load(tmp_path, "a O\n\nb O\n")

    assert [example.cluster for example in told.examples] == [None, "names/1", "names/1", None]
    assert [example.cluster for example in untold.examples] == [None, None]


def test_a_column_of_documents(tmp_path):
    """A column called document says which document a sentence belongs to."""
    data = load(tmp_path, "a d1 O\nx d1 O\n\nb d2 O\n\nc d2 O\n", header=("word", "document", "tag"))

    assert [example.cluster for example in data.examples] == [None, "names/1", "names/1"]


@pytest.mark.parametrize(
    ("scheme", "tags", "found"),
    [
        ("IOB1", "I-PER I-PER B-PER O I-LOC", ("B-PER", "I-PER", "B-PER", "O", "B-LOC")),
        ("IOB1", "B-PER I-PER B-PER O B-LOC", ("B-PER", "I-PER", "B-PER", "O", "B-LOC")),
        ("BIOES", "B-PER E-PER S-PER O S-LOC", ("B-PER", "I-PER", "B-PER", "O", "B-LOC")),
        ("BIOES", "B-PER L-PER U-PER O U-LOC", ("B-PER", "I-PER", "B-PER", "O", "B-LOC")),
        ("IOB2", "I-PER I-PER B-PER O I-LOC", ("I-PER", "I-PER", "B-PER", "O", "I-LOC")),
    ],
)
def test_schemes(tmp_path, scheme, tags, found):
    """IOB1, BIOES and BILOU become IOB2 once, as the file is read; IOB2 is left as it is, legal or not."""
    lines = "".join(f"w{at} {tag}\n" for at, tag in enumerate(tags.split()))

    assert load(tmp_path, lines, scheme=scheme).examples[0].target == found


def test_unknown_tag(tmp_path):
    """An unknown tag is told with the line of its word, not that of its sentence, and with the tags there are."""
    with pytest.raises(DataError) as caught:
        load(tmp_path, "a O\n\nb O\nc O\nd B-GOD\n")

    assert caught.value.problem == "a.conll, line 5: the tag 'B-GOD' is not one of the task (column 'tag')"
    assert "1 B-PER" in caught.value.expected


def test_scheme_that_the_file_does_not_have(tmp_path):
    """BIOES tags read as IOB2 are unknown tags, never silent ones."""
    with pytest.raises(DataError, match="line 2: the tag 'E-PER'"):
        load(tmp_path, "a B-PER\nb E-PER\n")


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.text(st.characters(codec="utf-8", exclude_characters=" \t\r\n"), min_size=1, max_size=6).filter(
                    lambda word: word.strip() and word != "-DOCSTART-" and not word.startswith("\ufeff")
                ),
                st.sampled_from(["O", "B-PER", "I-PER"]),
            ),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["\t", " "]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_written_and_read_again(tmp_path_factory, sentences, separator, line_end):
    """Any words without blanks come back as they were written, each sentence at the line where it begins."""
    path = tmp_path_factory.mktemp("columns") / "a.conll"
    text = (line_end * 2).join(
        line_end.join(f"{word}{separator}{tag}" for word, tag in sentence) for sentence in sentences
    )

    rows = read(path, text)

    assert [list(zip(row["word"], row["tag"], strict=True)) for row in rows.cells] == sentences
    starts = [sum(len(sentence) + 1 for sentence in sentences[:at]) + 1 for at in range(len(sentences))]
    assert list(rows.lines) == starts


def test_line_ends_of_old_macs(tmp_path):
    """A file whose lines end in CR alone holds the same sentences; it is never one line."""
    assert read(tmp_path / "a.conll", "Ada B-PER\rsings O\r\rBob B-PER\r").cells == (
        read(tmp_path / "b.conll", "Ada B-PER\nsings O\n\nBob B-PER\n").cells
    )
