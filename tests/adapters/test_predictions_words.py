"""Predicted tags: columns and JSON lines are held against the split word by word, in any scheme, or refused at the first place."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.data.load import load
from benchwright.tags import entities, to_iob2
from benchwright.types import Kind
from benchwright_adapters._predictions.conll import read_columns

TAGS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
SENTENCES = [["Ada", "Lovelace", "met", "Karl"], ["Rome"], ["He", "left", "New", "York", "."]]
GOLD = [("B-PER", "I-PER", "O", "B-PER"), ("B-LOC",), ("O", "O", "B-LOC", "I-LOC", "O")]


@pytest.fixture
def names(card):
    """A task of names and its three sentences."""
    task = card.task(Kind.TAG, labels=TAGS)
    return task, card.items([[words] for words in SENTENCES], task)


def columns(sentences=SENTENCES, tags=GOLD, cut=" ", end="\n"):
    """The text of a file in columns."""
    return end.join(
        "".join(f"{w}{cut}{t}{end}" for w, t in zip(*pair, strict=True)) for pair in zip(sentences, tags, strict=True)
    )


@pytest.mark.parametrize("cut", [" ", "\t", "  ", " X Y ", "\tO\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_columns_in_every_spelling(ask, names, cut, end):
    """Blanks or TABs, columns between, CRLF and a byte-order mark do no harm; the word is first, the prediction last."""
    assert ask("\ufeff" + columns(cut=cut, end=end), *names).outputs == GOLD


@pytest.mark.parametrize(
    "content",
    [
        "-DOCSTART- -X-\n\n" + columns(),
        columns().replace("Rome", "\n\n-DOCSTART- O\nRome"),
        columns().replace("\n\n", "\n \t \n"),
        columns().rstrip("\n"),
        columns() + "\n\n\n",
    ],
)
def test_documents_and_blank_lines(ask, names, content):
    """Document marks carry no words and end a sentence; a line of white space is blank; the last line end is optional."""
    assert ask(content, *names).outputs == GOLD


@pytest.mark.parametrize("word", ["[", "{", "[laughs]", "{x}", "#", "\u00a0", "-DOCSTART", "caf\u00e9\u2028x"])
def test_words_that_look_like_something_else(ask, card, word):
    """Brackets, hashes, no-break spaces and line separators are words like any other."""
    task = card.task(Kind.TAG, labels=TAGS)
    items = card.items([[[word, "left"]]], task)

    assert ask(f"{word}\tB-PER\nleft\tO\n", task, items).outputs == [("B-PER", "O")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (columns().replace("met", "saw"), "p, line 3: the word 'saw', where t/0 has 'met' (its word 3)"),
        (
            columns().replace("met O\n", "met O\n\n"),
            "p, line 3: the sentence ends after 3 words; t/0 goes on with 'Karl'",
        ),
        (
            columns().replace("\n\nRome", "\nRome"),
            "p, line 5: the sentence goes on with 'Rome' after the 4 words of t/0",
        ),
        (columns(SENTENCES[:2], GOLD[:2]), "p ends after 2 sentences: t/2 (He left New York .) is missing"),
        (columns(SENTENCES[:1], GOLD[:1]), "p ends after 1 sentences: t/1 (Rome) and 1 more are missing"),
        (columns() + "\nBye O\n", "p, line 14: a sentence more than the 3 of the split"),
        (columns().replace("met O", "met O O"), "p, line 3: 3 columns\n  expected: 2, as in line 1"),
        (columns().replace("met O", "met"), "p, line 3: a single column"),
        (columns(cut="\t").replace("met\tO", "met\t"), "p, line 3: an empty cell"),
        (
            columns().replace("Rome B-LOC", "Rome B-\u200bLOC"),
            "the type '\\u200bLOC' of the tag 'B-\\u200bLOC' looks like 'LOC', and is not spelled so (invisible characters",
        ),
        (columns().replace("Rome B-LOC", "Rome S-LOC"), "p, line 6: 'S-LOC' is a tag of BIOES"),
        (columns().replace("Rome B-LOC", "Rome LOC"), "p, line 6: 'LOC' is not a tag of t"),
        (columns().replace("Rome B-LOC", "Rome 3"), "p, line 6: '3' is not a tag of t"),
    ],
)
def test_the_first_place_where_file_and_split_part(refused, names, content, said):
    """Other words, sentences cut, joined, lost or added, ragged lines and foreign tags name their line."""
    assert said in refused(content, *names)


def test_bioes_without_the_option_says_what_to_type(refused, names):
    """The message shows the option."""
    assert "?scheme=BIOES" in refused(columns().replace("York I-LOC", "York E-LOC"), *names)


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("BIOES", [("B-PER", "E-PER", "O", "S-PER"), ("S-LOC",), ("O", "O", "B-LOC", "E-LOC", "O")]),
        ("bioes", [("B-PER", "L-PER", "O", "U-PER"), ("U-LOC",), ("O", "O", "B-LOC", "L-LOC", "O")]),
        ("IOB1", [("I-PER", "I-PER", "O", "I-PER"), ("I-LOC",), ("O", "O", "I-LOC", "I-LOC", "O")]),
        ("IOB2", GOLD),
    ],
)
def test_schemes_become_iob2(ask, names, scheme, tags):
    """`?scheme=` says how tags are written, in columns and in rows."""
    rows = "".join(json.dumps({"index": at, "tags": list(one)}) + "\n" for at, one in enumerate(tags))

    assert ask(columns(tags=tags), *names, scheme=scheme).outputs == GOLD
    assert ask(rows, *names, scheme=scheme).outputs == GOLD


@pytest.mark.parametrize("tag", ["PER", "B-", "X-PER", "", "B-L\u00adOC", "3"])
def test_a_scheme_hides_no_tag_that_is_none(refused, names, tag):
    """What is no tag before the conversion is refused as it was written."""
    rows = "".join(json.dumps({"index": at, "tags": [tag] * len(one)}) + "\n" for at, one in enumerate(GOLD))

    assert repr(tag) in refused(rows, *names, scheme="BIOES")


def test_types_that_the_task_lacks_are_kept(ask, refused, names):
    """A type that only the predictions have stands in them as it is, in every scheme; it is no reason to refuse a file."""
    plain = columns().replace("Rome B-LOC", "Rome B-A-B")
    bioes = columns(tags=[("O",) * 4, ("S-A-B",), ("O",) * 5])

    assert ask(plain, *names).outputs == [GOLD[0], ("B-A-B",), GOLD[2]]
    assert ask(bioes, *names, scheme="BIOES").outputs[1] == ("B-A-B",)
    assert "?scheme=BIOES" in refused(bioes.replace("S-A-B", "S-LOC"), *names)
    assert "'S-A-B' is not a tag of t" in refused(bioes, *names)


def test_a_scheme_is_for_tags_alone(refused, card, names):
    """Unknown schemes, schemes of other kinds, and a scheme beside a map are refused."""
    task = card.task(Kind.CLASSIFY, labels=("a", "b"))

    assert "means nothing for t" in refused(
        '{"index": 0, "label": "a"}', task, card.items([["x"]], task), scheme="IOB1"
    )
    assert "one of: IOB1, IOB2, BIOES" in refused(columns(), *names, scheme="IOB3")
    assert "beside ?labels=" in refused(columns(), *names, scheme="IOB1", labels=",".join(TAGS))


def test_tags_by_number_need_a_map(ask, refused, names):
    """Numbers say nothing about tags; `?labels=` says what each means."""
    rows = "".join(
        json.dumps({"index": at, "tags": [TAGS.index(tag) for tag in tags]}) + "\n" for at, tags in enumerate(GOLD)
    )

    assert "?labels=" in refused(rows, *names)
    assert ask(rows, *names, labels=",".join(TAGS)).outputs == GOLD


def test_rows_have_as_many_tags_as_words(refused, names):
    """Another number of tags, and other words, are refused with both."""
    rows = [{"index": at, "tags": list(tags)} for at, tags in enumerate(GOLD)]
    short = [*rows[:2], {"index": 2, "tags": ["O"]}]
    other = [*rows[:2], {**rows[2], "words": ["She", *SENTENCES[2][1:]]}]

    assert "line 3: 1 tags for the 5 words of t/2" in refused("\n".join(map(json.dumps, short)), *names)
    said = refused("\n".join(map(json.dumps, other)), *names)
    assert "line 3: the word 'She', where t/2 has 'He'" in said
    assert "expected: `words` as the split has them, one tag for each" in said
    assert "blank line" not in said


def test_tags_that_continue_nothing_are_counted(ask, names):
    """They are read as they are, and told."""
    loose = [("I-PER", "I-PER", "O", "I-LOC"), ("B-LOC",), ("O", "O", "B-LOC", "I-PER", "O")]
    found = ask(columns(tags=loose), *names)

    assert found.outputs == loose
    assert found.facts.notes[0].startswith("3 tags I- in the whole file continue no entity")
    assert ask(columns(), *names).facts.notes == ()


def test_letter_case_and_aliases_of_tags(ask, names):
    """A tag is matched by name as labels are."""
    assert ask(columns(tags=[tuple(tag.lower() for tag in tags) for tags in GOLD]), *names).outputs == GOLD


WORD = st.text(st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")), min_size=1, max_size=6)
SENTENCE = st.lists(st.tuples(WORD, st.sampled_from(TAGS)), min_size=1, max_size=6)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(SENTENCE, min_size=1, max_size=6), st.sampled_from("\t "), st.sampled_from(["\n", "\r\n"]), st.booleans()
)
def test_columns_give_back_what_was_written(sentences, cut, end, documents):
    """Any words and tags survive writing and reading."""
    sentences = [[pair for pair in sentence if pair[0] != "-DOCSTART-"] or [("x", "O")] for sentence in sentences]
    blank = end + (f"-DOCSTART-{cut}O{end}{end}" if documents else "")
    text = blank.join("".join(f"{word}{cut}{tag}{end}" for word, tag in sentence) for sentence in sentences)

    rows = list(read_columns(text, "p"))

    assert [list(zip(row.fields["words"], row.fields["tags"], strict=True)) for row in rows] == sentences
    lines = text.split("\n")
    assert all(
        lines[at - 1].startswith(word) for row in rows for at, word in zip(row.lines, row.fields["words"], strict=True)
    )


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_scheme_gives_the_same_entities(ask, names, data):
    """Entities written in IOB1 or BIOES come out in IOB2, the same ones."""
    task, items = names
    gold = [
        to_iob2(data.draw(st.lists(st.sampled_from(TAGS), min_size=len(w), max_size=len(w))), "IOB1") for w in SENTENCES
    ]
    scheme = data.draw(st.sampled_from(["IOB1", "BIOES"]))
    written = [_written(tags, scheme) for tags in gold]

    found = ask(columns(tags=written), task, items, scheme=scheme).outputs

    assert [entities(tags) for tags in found] == [entities(tags) for tags in gold]
    assert found == gold


def _written(tags, scheme):
    """IOB2 tags in another scheme, by the book."""
    found = list(tags)
    known = entities(tags)
    for one in known:
        touches = any(other.end == one.start and other.type == one.type for other in known)
        for at in range(one.start, one.end):
            if scheme == "IOB1":
                letter = "B" if at == one.start and touches else "I"
            else:
                ends, begins = at == one.end - 1, at == one.start
                letter = "S" if ends and begins else "B" if begins else "E" if ends else "I"
            found[at] = f"{letter}-{one.type}"
    return found


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["wnut17", "conll2002_es", "conll2002_nl", "bc5cdr"])
def test_gold_files_are_gold_predictions(ask, shared_data, name):
    """A benchmark's own file, read as predictions, gives back every gold tag."""
    suite = pytest.importorskip("benchwright_suites.ner").suite
    task = suite.task(name)
    split = load(task, "test", suite=suite, folder=shared_data, offline=True)
    items = split.examples
    content = "\n".join("".join(f"{w} {t}\n" for w, t in zip(e.inputs["words"], e.target, strict=True)) for e in items)

    assert ask(content, task, items).outputs == [example.target for example in items]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "loose"), [("uh_ritual", 0), ("spinningbytes.txt", 34), ("arcada", 0)])
def test_shared_task_submissions_are_read(ask, shared_data, name, loose):
    """The three WNUT-17 systems answer every word of the test file; tags that continue nothing are counted."""
    suite = pytest.importorskip("benchwright_suites.ner").suite
    task = suite.task("wnut17")
    items = load(task, "test", suite=suite, folder=shared_data, offline=True).examples
    found = ask((shared_data / "ner/WNUT17/submissions" / name).read_bytes(), task, items)

    assert len(found.outputs) == 1287
    assert any(note.startswith(f"{loose} tags") for note in found.facts.notes) == bool(loose)


LOWER = [[word.lower() for word in words] for words in SENTENCES]


def test_words_by_position_on_request(ask, refused, names):
    """A tagger that spells words otherwise is refused with what to type; on request its tags go by position, and are counted."""
    rows = "".join(
        json.dumps({"index": at, "words": words, "tags": list(tags)}) + "\n"
        for at, (words, tags) in enumerate(zip(LOWER, GOLD, strict=True))
    )

    for text in (columns(LOWER), rows):
        assert "?words=ignore" in refused(text, *names)
        found = ask(text, *names, words="ignore")
        assert found.outputs == GOLD
        (told,) = found.facts.notes
        assert told.startswith(
            "7 of 10 words are spelled otherwise than in the data (first 'ada' for 'Ada' in p, line 1)"
        )
    assert ask(columns(), *names, words="ignore").facts.notes == ()


def test_words_by_position_need_as_many(refused, card, names):
    """A sentence of another length, too few sentences, other values and other kinds of task are refused all the same."""
    task = card.task(Kind.CLASSIFY, labels=("a", "b"))
    short = columns([LOWER[0][:3], *LOWER[1:]], [GOLD[0][:3], *GOLD[1:]])

    assert "p, line 1: the word 'ada'" in refused(short, *names, words="ignore")
    assert "ends after 2 sentences" in refused(columns(LOWER[:2], GOLD[:2]), *names, words="ignore")
    assert "expected: ignore" in refused(columns(), *names, words="skip")
    assert "means nothing for t" in refused(
        '{"index": 0, "label": "a"}', task, card.items([["x"]], task), words="ignore"
    )
