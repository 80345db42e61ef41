"""A user's own tagged sentences become a task, in any scheme and format, or one message says what is wrong."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import BenchwrightError, ConfigError
from benchwright_suites._custom.ner import build

SUITE = registry.get("suites", "ner")
TEXT = "Ann B-PER\nLee I-PER\nsaw O\nRome B-LOC\n\nBob B-PER\nslept O\n"


@pytest.fixture
def put(tmp_path):
    """Write a file and return its path as a text."""

    def write(name, text=TEXT):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def read(made, split="test"):
    return load(made.task, split, suite=SUITE, folder=made.folders[split], offline=True)


def refusal(**options):
    with pytest.raises(ConfigError) as caught:
        build(options)
    return str(caught.value)


def test_the_smallest(put):
    """A path is enough: the word comes first, the tag last, and the types are those of the file."""
    made = build({"path": put("a.conll")})

    assert made.task.label_names == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
    assert [example.target for example in read(made).examples] == [("B-PER", "I-PER", "O", "B-LOC"), ("B-PER", "O")]
    assert made.task.splits["test"].files[0].names == ("a.conll",)


def test_run(tmp_path, put):
    """The selector runs, and gold tags score 1 in every metric."""
    gold = tmp_path / "gold.jsonl"
    rows = [["B-PER", "I-PER", "O", "B-LOC"], ["B-PER", "O"]]
    gold.write_text("".join(json.dumps({"index": at, "tags": tags}) + "\n" for at, tags in enumerate(rows)))
    run = benchwright.evaluate(
        f"predictions:{gold}", f"ner/custom?path={put('a.conll')}&columns=word,tag", store=tmp_path / "store"
    )

    (cell,) = run.cells
    assert {score.value for score in cell.scores if score.slice is None} == {1.0}
    assert {score.slice for score in cell.scores} == {None, "type=PER", "type=LOC"}


SAME = {
    "iob1.conll": ("Ann I-PER\nLee I-PER\nsaw O\nRome I-LOC\n\nBob I-PER\nslept O\n", {"scheme": "IOB1"}),
    "bioes.conll": ("Ann B-PER\nLee E-PER\nsaw O\nRome S-LOC\n\nBob S-PER\nslept O\n", {"scheme": "BIOES"}),
    "bilou.conll": ("Ann B-PER\nLee L-PER\nsaw O\nRome U-LOC\n\nBob U-PER\nslept O\n", {"scheme": "bilou"}),
    "pos.conll": (
        "Ann N B-PER\nLee N I-PER\nsaw V O\nRome N B-LOC\n\nBob N B-PER\nslept V O\n",
        {"columns": "word,pos,tag"},
    ),
    "first.conll": ("B-PER Ann\nI-PER Lee\nO saw\nB-LOC Rome\n\nB-PER Bob\nO slept\n", {"columns": "tag,word"}),
    "crlf.conll": (TEXT.replace("\n", "\r\n"), {}),
    "bom.conll": ("\ufeff" + TEXT, {}),
    "a.jsonl": (
        json.dumps({"tokens": ["Ann", "Lee", "saw", "Rome"], "ner_tags": ["B-PER", "I-PER", "O", "B-LOC"]})
        + "\n"
        + json.dumps({"tokens": ["Bob", "slept"], "ner_tags": ["B-PER", "O"]}),
        {},
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_one_sense_of_many_files(put, name):
    """Schemes, column orders, line ends and JSON lines give the same data, byte for byte."""
    text, options = SAME[name]

    assert read(build({"path": put(name, text), **options})).digest == read(build({"path": put("plain.conll")})).digest


def test_documents(put):
    """-DOCSTART- lines tell documents, or a column that is named."""
    told = build({"path": put("a.conll", "-DOCSTART- O\n\na B-X\n\nb O\n\n-DOCSTART- O\n\nc O\n")})
    named = build(
        {
            "path": put("b.conll", "a d1 B-X\n\nb d1 O\nx d1 O\n\nc d2 O\n"),
            "columns": "word,doc,tag",
            "documents": "doc",
        }
    )
    listed = build(
        {
            "path": put(
                "c.jsonl",
                "".join(
                    json.dumps({"words": [word], "tags": [tag], "doc": doc}) + "\n"
                    for word, tag, doc in [("a", "B-X", 1), ("b", "O", 1), ("c", "O", 2)]
                ),
            ),
            "documents": "doc",
        }
    )

    for made in (told, named, listed):
        assert [example.cluster for example in read(made).examples] == ["custom/0", "custom/0", None]


def test_train(put):
    """A train file may hold types that the evaluated one lacks; sentences in both are counted."""
    made = build({"path": put("a.conll"), "train": put("b.conll", TEXT + "\nIBM B-ORG\n"), "name": "mine"})

    assert made.task.name == "mine"
    assert "B-ORG" in made.task.label_names
    assert read(made).notes == ("2 of 2 sentences are in the train file too",)
    assert len(read(made, "train").examples) == 3


def test_iob1_read_as_iob2_is_told(put):
    """Entities that begin with I- in a file said to be IOB2 are counted for the reader."""
    made = build({"path": put("a.conll", "Ann I-PER\nsaw O\nBob I-PER\n")})

    assert read(made).notes == (
        "2 entities begin with I-, which IOB2 does not allow (scheme=IOB1 if the file is IOB1)",
    )


def test_latin_1(put):
    """The encoding is an option, and its lack is told with what to type."""
    path = put("a.conll", "caf\u00e9 B-LOC\n".encode("latin-1"))

    assert read(build({"path": path, "encoding": "latin-1"})).examples[0].inputs["words"] == ["caf\u00e9"]
    assert "encoding=latin-1" in refusal(path=path)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("a O\nb E-X\n", {}, "a.conll, line 2: the tag 'E-X' is none of IOB2"),
        ("a O\nb PER\nc B-PER\n", {}, "a.conll, line 2: the tag 'PER' is none of IOB2"),
        ("a O\nb B-\n", {}, "a.conll, line 2: the tag 'B-' is none of IOB2"),
        ("a O\nb O\n", {}, "no word has a tag but O"),
        ("a,O\nb,O\n", {}, "'a,O' is one cell"),
        ("a O\n", {"columns": "word,pos,tag"}, "a.conll, line 1: 2 cells: a | O"),
        ("a O\n", {"columns": "word,pos"}, "names no 'tag'"),
        ("a O\n", {"columns": "word,tag,tag"}, "names a column twice"),
        ("a O\n", {"columns": "word,tag", "documents": "doc"}, "documents=doc is no column of"),
        ("a O\n", {"documents": "doc"}, "documents=doc names a column, and the columns have no names"),
        ("a O\n", {"scheme": "XML"}, "scheme=XML"),
        ("a O\n", {"colums": "word,tag"}, "did you mean columns"),
        ("a O\n", {"name": "a b"}, "cannot name a task"),
        ("", {}, "is empty"),
    ],
)
def test_what_is_wrong(put, text, options, said):
    """Tags of another scheme, files without entities and options that say nothing are told, with line and remedy."""
    assert said in refusal(path=put("a.conll", text), **options)


def test_absent_and_same(put, tmp_path):
    """An absent file is told with names close to it; one file is not both evaluated and learnt from."""
    path = put("test.conll")

    assert "did you mean test.conll" in refusal(path=str(tmp_path / "tset.conll"))
    assert "path and train are the same file" in refusal(path=path, train=path)
    assert "ner/custom needs a file" in refusal()


def test_everything_at_once(tmp_path):
    """Problems of options come in one message, and so do those of both files."""
    assert refusal(scheme="XML", columns="word", nme="x").startswith("4 problems in ner/custom")
    assert refusal(path=str(tmp_path / "a"), train=str(tmp_path / "b")).startswith("2 problems in ner/custom")


@pytest.mark.realdata
def test_a_real_file_both_ways(shared_data):
    """BC5CDR read by configuration is BC5CDR read by its card."""
    made = build({"path": str(shared_data / "ner/BC5CDR-IOB/test.tsv"), "columns": "word,tag"})
    card = load(SUITE.task("bc5cdr"), "test", suite=SUITE, folder=shared_data, offline=True)

    assert read(made).digest == card.digest


def test_strict_scores_go_by_the_scheme(tmp_path, put):
    """Tags of BIOES that only IOB2 would let pass are right for the default mode and wrong for the strict one."""
    gold = put("gold.conll", "a S-PER\nb O\nc B-LOC\nd E-LOC\n")
    said = put("said.conll", "a B-PER\nb O\nc I-LOC\nd E-LOC\n")
    run = benchwright.evaluate(
        f"predictions:{said}?scheme=BIOES", f"ner/custom?path={gold}&scheme=BIOES", store=tmp_path / "store"
    )
    (cell,) = run.cells
    values = {score.metric: score.value for score in cell.scores if score.slice is None}

    assert (values["entity_f1@1"], values["strict_entity_f1@2"]) == (1.0, 0.0)


def test_gold_that_is_illegal_in_its_scheme_is_counted_and_no_entity_of_the_strict_mode(put):
    """Gold tags decide the strict score by their scheme too, and the reader is told how many do not count."""
    made = build({"path": put("a.conll", "a B-PER\nb O\nc S-LOC\n"), "scheme": "BIOES"})
    (example,) = read(made).examples

    assert example.strict == (("LOC", 2, 3),)
    assert read(made).notes == ("strict scores leave out 1 entity that BIOES does not allow",)
    assert (
        read(made).digest != read(build({"path": put("b.conll", "a S-PER\nb O\nc S-LOC\n"), "scheme": "BIOES"})).digest
    )


def written(*sentences):
    """Sentences of (word, tag) in columns."""
    return "\n".join("".join(f"{word} {tag}\n" for word, tag in sentence) for sentence in sentences)


WORDS = (("Ann", "Lee", "saw", "Rome"), ("Bob", "slept"))
UNUSUAL = {
    "plain letters": ((("B", "I", "O", "B"), ("B", "O")), {}, ("B-_", "I-_", "O", "B-_")),
    "plain letters of BIOES": ((("B", "E", "O", "S"), ("S", "O")), {"scheme": "BIOES"}, ("B-_", "I-_", "O", "B-_")),
    "types alone": ((("PER", "PER", "O", "LOC"), ("PER", "O")), {}, ("B-PER", "I-PER", "O", "B-LOC")),
    "IO": ((("I-PER", "I-PER", "O", "I-LOC"), ("I-PER", "O")), {"scheme": "IO"}, ("B-PER", "I-PER", "O", "B-LOC")),
    "types with hyphens": ((("ab-c", "ab-c", "O", "cd"), ("ab-c", "O")), {}, ("B-ab-c", "I-ab-c", "O", "B-cd")),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_tags_without_types_or_letters_are_read(tmp_path, put, name):
    """Letters alone are entities of one type, types alone are runs; gold and predictions are read by the same rule."""
    tags, options, expected = UNUSUAL[name]
    path = put("a.conll", written(*(zip(words, said, strict=True) for words, said in zip(WORDS, tags, strict=True))))
    made = build({"path": path, **options})
    query = "".join(f"&{key}={value}" for key, value in options.items())
    run = benchwright.evaluate(
        f"predictions:{path}{query.replace('&', '?')}", f"ner/custom?path={path}{query}", store=tmp_path / "store"
    )

    assert read(made).examples[0].target == expected
    assert {score.value for score in run.cells[0].scores if score.slice is None} == {1.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a B\nb B-PER\n", "a.conll, line 1: the tag 'B' has no type, and others have"),
        ("a PER-B\nb PER-I\nc O\n", "the tag 'PER-B' is none of IOB2"),
        ("a B_PER\nb O\n", "the tag 'B_PER' is none of IOB2"),
        ("a NN\nb VB\n", "the tag 'NN' is none of IOB2"),
        ("a 1\nb 0\n", "the tag '1' is a number, and no file says what it means"),
    ],
)
def test_tags_of_no_known_form_are_refused(put, text, said):
    """What might be a letter, a number or another column is not taken for a type."""
    assert said in refusal(path=put("a.conll", text))


def test_tags_by_number_are_named(tmp_path, put):
    """`labels=` says what numbers mean, in JSON lines, Parquet and columns; without, and beyond it, they are refused."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = [{"tokens": ["Ann", "Lee", "saw"], "ner_tags": [1, 2, 0]}, {"tokens": ["Rome"], "ner_tags": [3]}]
    table = str(tmp_path / "a.parquet")
    pq.write_table(pa.Table.from_pylist(rows), table)
    lines = put("a.jsonl", "\n".join(map(json.dumps, rows)))
    columns = put("a.conll", "Ann 1\nLee 2\nsaw 0\n\nRome 3\n")

    for path in (table, lines, columns):
        made = build({"path": path, "labels": "O,B-PER,I-PER,B-LOC"})
        assert [example.target for example in read(made).examples] == [("B-PER", "I-PER", "O"), ("B-LOC",)]
        assert "labels=O,B-PER,I-PER" in refusal(path=path)
        assert "a number beyond the 3 names" in refusal(path=path, labels="O,B-PER,I-PER")


def test_comments_of_gold_and_predictions(tmp_path):
    """Comment lines before sentences are no words, in the one file or the other or both."""
    gold = "# sent_id = 1\n# text = Ann saw Rome\nAnn B-PER\nsaw O\nRome B-LOC\n\n# sent_id = 2\n# O\nAnn B-PER\n"
    bare = "\n".join(line for line in gold.split("\n") if " = " not in line)

    for first, second in ((gold, gold), (gold, bare), (bare, gold)):
        cell, values = scored(tmp_path, first, second)
        assert values["entity_f1", None] == 1.0
        assert cell.ledger.total == 2
    assert "4 comment lines (#) left out" not in [one.sentence for one in cell.alarms]
    assert "3 comment lines (#) left out" in [one.sentence for one in scored(tmp_path, gold, gold)[0].alarms]


def test_empty_words_of_gold_and_predictions(tmp_path):
    """An empty word between TABs keeps its place and its tag in both files."""
    text = "Ann\tB-PER\n\tI-PER\nsaw\tO\n"

    assert scored(tmp_path, text, text)[1]["token_accuracy", None] == 1.0


def scored(tmp_path, gold, said, **options):
    """The cell of predictions in columns on gold in columns, and its scores by metric and slice."""
    (tmp_path / "said.conll").write_text(said)
    (tmp_path / "gold.conll").write_text(gold)
    extra = "".join(f"&{name}={value}" for name, value in options.items())
    run = benchwright.evaluate(
        f"predictions:{tmp_path / 'said.conll'}",
        f"ner/custom?path={tmp_path / 'gold.conll'}{extra}",
        store=tmp_path / "store",
    )
    (cell,) = run.cells
    return cell, {(score.metric.partition("@")[0], score.slice): score.value for score in cell.scores}


TWINS = "Ada B-A-B\nLee I-A-B\nsaw O\nRome B-A_B\n\nBob B-A-B\nleft O\nOslo B-A_B\n"


def test_types_that_differ_in_a_hyphen_are_two_types(tmp_path):
    """Both types swapped leave nothing right, as seqeval says; the reader is told that they are two."""
    swapped = TWINS.replace("A-B", "x").replace("A_B", "A-B").replace("-x", "-A_B")
    cell, values = scored(tmp_path, TWINS, swapped)

    assert values["entity_f1", None] == values["strict_entity_f1", None] == 0.0
    assert any("are two types, as the file has both" in one.sentence for one in cell.alarms)
    assert scored(tmp_path, TWINS, TWINS)[1]["entity_f1", None] == 1.0


@pytest.mark.parametrize("other", ["per", "P-ER", "P_ER", "PE\u200bR", "\uff30\uff25\uff32"])
def test_a_type_that_merely_looks_alike_is_refused(tmp_path, put, other):
    """A predicted type that a reader would take for one of the file's is neither that one nor another one."""
    with pytest.raises(BenchwrightError, match="looks like"):
        scored(tmp_path, TEXT, TEXT.replace("-PER", f"-{other}"))
    assert "look alike" in refusal(path=put("a.conll"), train=put("b.conll", f"Eve B-{other}\n"))
    both = build({"path": put("a.conll"), "train": put("b.conll", f"Eve B-{other}\n"), "types": f"LOC,PER,{other}"})
    assert len(both.task.labels) == 7


def test_a_type_that_the_file_lacks_is_found_too_much(tmp_path):
    """0.857 as seqeval says: three of three entities found and one too many, which is told and has its own row."""
    gold = "Ada B-PER\nin O\nRome B-LOC\n\nBob B-PER\nMay O\n"
    cell, values = scored(tmp_path, gold, gold.replace("May O", "May B-MISC"))

    assert values["entity_f1", None] == pytest.approx(6 / 7)
    assert values["entity_precision", None] == 0.75
    assert values["entity_f1", "type=MISC"] == 0.0
    assert [one.severity for one in cell.alarms if one.code == "unknown-types"] == ["alarm"]
    named, values = scored(tmp_path, gold, gold.replace("May O", "May B-MISC"), types="PER,LOC,MISC")
    assert values["entity_f1", None] == pytest.approx(6 / 7)
    assert not [one for one in named.alarms if one.code == "unknown-types"]


def test_types_are_named_whole(put):
    """A type of the file that `types=` leaves out is refused with the list to type."""
    assert "types=PER,LOC" in refusal(path=put("a.conll"), types="PER")
    assert build({"path": put("a.conll"), "types": "PER,ORG,LOC"}).task.label_names[1:4] == ("B-PER", "I-PER", "B-ORG")


@pytest.mark.parametrize(("one", "other"), [("tags", "ner_tags"), ("tag", "labels"), ("tokens", "words")])
def test_two_columns_that_could_be_meant(put, one, other):
    """Tags of speech beside names of entities: none of the two is taken by chance; equal ones are no question."""
    row = {"tokens": ["Ann", "slept"], "tags": ["B-PER", "O"]}
    gold = row["tokens" if one == "tokens" else "tags"]
    first = {name: cells for name, cells in row.items() if cells != gold} | {one: gold, other: gold}
    second = first | {other: ["x", "O"]}

    assert len(read(build({"path": put("a.jsonl", json.dumps(first) + "\n")})).examples) == 1
    said = refusal(path=put("b.jsonl", json.dumps(first) + "\n" + json.dumps(second) + "\n"))
    assert "b.jsonl, line 2" in said
    assert "remove or rename" in said
