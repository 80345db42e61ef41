"""WinoBias and Winogender: every line of the real files, slips counted, and files that are none of them."""

import json
from collections import Counter

import pytest

import benchwright
from benchwright.data.load import load
from benchwright.errors import BenchwrightError, DataError
from benchwright.testing import check_suite
from benchwright_suites._bias.wino import tasks, winobias, winobias_fill, winobias_questions, winogender
from benchwright_suites.bias import suite

SIDES = ("pro", "anti")


def read(folder, name, split="test"):
    return load(suite.task(name), split, suite=suite, folder=folder, offline=True)


def write_pairs(folder, pairs, split="test", kinds=("1", "2")):
    """The four files of a split; ``pairs`` are a stereotypical and an anti-stereotypical sentence each."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        for side, sentences in zip(SIDES, zip(*pairs, strict=True), strict=True):
            lines = "".join(f"{at} {text}\n" for at, text in enumerate(sentences, 1))
            (folder / f"{side}_stereotyped_type{kind}.txt.{split}").write_text(lines)


PAIR = ("[The cook] paid the clerk because [she] was late.", "[The cook] paid the clerk because [he] was late.")


def sentence(row, occupation="nurse", participant="patient"):
    words = {"male": "he", "female": "she", "neutral": "they"}
    return [
        (
            f"{occupation}.{participant}.{row}.{gender}.txt",
            f"The {occupation} told the {participant} that {word} could go.",
        )
        for gender, word in words.items()
    ]


def write_sentences(folder, rows, stats=True):
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(row) + "\n" for row in [("sentid", "sentence"), *rows])
    (folder / "all_sentences.tsv").write_text(text)
    if stats:
        (folder / "occupations-stats.tsv").write_text(
            "occupation\tbergsma_pct_female\tbls_pct_female\tbls_year\nnurse\t90\t91.2\t2015\ncook\t40\t38.0\t2015\n"
        )


def test_contract():
    """The cards keep the contract of suites."""
    assert "survives JSON" in check_suite(suite)
    assert [task.name for task in tasks] == ["winobias", "winobias_span", "winogender", "winogender_span"]


@pytest.mark.realdata
@pytest.mark.parametrize(("split", "items", "others", "wording"), [("dev", 766, 15, 10), ("test", 755, 27, 10)])
def test_every_pair_of_winobias_is_a_sentence_with_a_slot_or_is_counted(shared_data, split, items, others, wording):
    """792 pairs a split; left out and noted: another pronoun that tells the gender, other differences, `he` against `her`."""
    data = read(shared_data, "winobias", split)

    assert len(data.examples) == items
    assert items + others + wording + (split == "dev") == 792
    assert ("1 row: left out: its two pronouns are no two forms of one" in data.notes) is (split == "dev")
    assert f"{others} rows: left out: another pronoun of the sentence tells the gender" in data.notes
    assert f"{wording} rows: left out: the sentences of the pair differ in more than the pronoun" in data.notes
    forms = Counter(frozenset(example.inputs["options"]) for example in data.examples)
    assert set(forms) == {frozenset(pair) for pair in (("he", "she"), ("him", "her"), ("his", "her"))}
    assert all(
        example.inputs["text"].count("{mask}") == 1 and "[" not in example.inputs["text"] for example in data.examples
    )


@pytest.mark.realdata
@pytest.mark.parametrize("split", ["dev", "test"])
def test_every_line_of_winobias_is_a_question(shared_data, split):
    """1,584 a split: line i of a pro file and of its anti file are a pair, with one entity each, and no slip is lost."""
    data = read(shared_data, "winobias_span", split)

    assert Counter((example.slices["type"], example.metadata["side"]) for example in data.examples) == {
        (kind, side): 396 for kind in "12" for side in SIDES
    }
    assert set(Counter(example.group for example in data.examples).values()) == {2}
    for example in data.examples:
        (text,), (start,) = example.target["text"], example.target["answer_start"]
        assert example.inputs["context"][start : start + len(text)] == text
        assert not {"[", "]"} & set(example.inputs["context"])
        assert "the the" not in example.inputs["context"].casefold()
    assert "1 row: a doubled article (the [the chief]) was mended" in data.notes


@pytest.mark.realdata
def test_every_sentence_of_winogender_is_read(shared_data):
    """240 sentences with a slot, 720 questions; the occupation's majority by the table beside them."""
    slots, asked = read(shared_data, "winogender"), read(shared_data, "winogender_span")

    assert (len(slots.examples), len(asked.examples)) == (240, 720)
    assert Counter(example.metadata.get("fits") for example in slots.examples) == {None: 120, "0": 58, "1": 62}
    assert Counter(example.metadata["gender"] for example in asked.examples) == dict.fromkeys(
        ("male", "female", "neutral"), 240
    )
    assert len({example.cluster for example in asked.examples}) == 60
    meant = [(e.metadata["occupation"], e.metadata["participant"])[int(e.metadata["answer"])] for e in asked.examples]
    assert all(name in e.target["text"][0].casefold() for name, e in zip(meant, asked.examples, strict=True))


@pytest.mark.parametrize(
    ("pro", "anti", "said"),
    [
        ("He saw the clerk.", PAIR[1], "0 entities and 0 pronouns in brackets"),
        ("[The cook] and [the clerk] met because [she] called.", PAIR[1], "2 entities and 1 pronouns"),
        ("[The cook] met the clerk.", PAIR[1], "1 entities and 0 pronouns"),
        ("[] met because [she] called.", PAIR[1], "1 entities and 1 pronouns"),
    ],
)
def test_lines_that_are_none_of_winobias_are_refused_with_their_line(tmp_path, pro, anti, said):
    """File, line and what is in brackets."""
    write_pairs(tmp_path, [PAIR, (pro, anti)])

    with pytest.raises(DataError, match=f"pro_stereotyped_type1.txt.test, line 2: it has {said}"):
        read(tmp_path, "winobias")


def test_files_of_unequal_length_are_no_pairs(tmp_path):
    """A line without its counterpart is named."""
    write_pairs(tmp_path, [PAIR, PAIR])
    (tmp_path / "anti_stereotyped_type2.txt.test").write_text(f"1 {PAIR[1]}\n")

    with pytest.raises(DataError, match=r"pro_stereotyped_type2.txt.test, line 2 has no counterpart: side anti"):
        read(tmp_path, "winobias_span")


def test_a_line_that_stands_twice_is_refused(tmp_path):
    """Numbers tell which lines are a pair."""
    write_pairs(tmp_path, [PAIR, PAIR])
    (tmp_path / "pro_stereotyped_type1.txt.test").write_text(f"1 {PAIR[0]}\n1 {PAIR[0]}\n")

    with pytest.raises(DataError, match="line 2: side is 'pro' a second time"):
        read(tmp_path, "winobias_span")


def test_slips_and_leaks_are_known():
    """Doubled articles are mended; a second pronoun, marked or not, leaves a pair out of the slots and not out of the questions."""
    row = {"type": "1", "number": "3"}
    mended = winobias_questions(
        row
        | {
            "sentence pro": "He met the [the chief] and thanked [him].",
            "sentence anti": "He met the [ chief ] and thanked [her].",
        }
    )
    assert [one["context"] for one in mended] == [
        "He met the chief and thanked him.",
        "He met the chief and thanked her.",
    ]
    assert [one["answers"]["text"] for one in mended] == [["the chief"], ["chief"]]
    left = winobias_fill(
        row
        | {
            "sentence pro": "[The cook] cut [his] hair when [he] left.",
            "sentence anti": "[The cook] cut [her] hair when [she] left.",
        }
    )
    assert [value for key, value in left[0].items() if "left out" in key] == [
        "another pronoun of the sentence tells the gender"
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (sentence("0")[:2], "has no counterpart: gender neutral"),
        ([*sentence("0"), sentence("0")[0]], "gender is 'male' a second time"),
        (sentence("2"), "the answer in 'sentid' is '2'"),
        ([("nurse.patient.0.male", "He left.")], "4 parts|expected: 5 parts|'sentid' is"),
        ([(name, text.replace(" she ", " he ")) for name, text in sentence("0")], "its feminine form is"),
        ([(name, text.replace(" he ", " it ")) for name, text in sentence("0")], "0 masculine pronouns, not one"),
    ],
)
def test_sentences_that_are_none_of_winogender_are_refused(tmp_path, rows, said):
    """Each with what was expected."""
    write_sentences(tmp_path, rows)

    with pytest.raises(DataError, match=said):
        read(tmp_path, "winogender")


def test_winogender_without_its_table_is_read_and_knows_no_majority(tmp_path):
    """The sentences are there; a table with other columns is refused."""
    write_sentences(tmp_path, sentence("0"), stats=False)
    assert "fits" not in read(tmp_path, "winogender").examples[0].metadata
    (tmp_path / "occupations-stats.tsv").write_text("job\tshare\nnurse\t91\n")
    with pytest.raises(DataError, match=r"occupations-stats.tsv has no column 'occupation'"):
        read(tmp_path, "winogender")
    (tmp_path / "occupations-stats.tsv").write_text("occupation\tbls_pct_female\nnurse\t910\n")
    with pytest.raises(DataError, match="'bls_pct_female' is '910', no percentage"):
        read(tmp_path, "winogender")


def test_stored_answers_are_scored_with_their_caveats(tmp_path):
    """A model that takes every pronoun for the first person named; and one that knows only stereotypes."""
    write_pairs(
        tmp_path / "data",
        [PAIR, ("The cook paid [the clerk] because [he] slept.", "The cook paid [the clerk] because [she] slept.")],
    )
    said = ["the cook"] * 8
    (tmp_path / "span.jsonl").write_text(
        "".join(json.dumps({"index": at, "text": text}) + "\n" for at, text in enumerate(said))
    )
    (tmp_path / "fill.jsonl").write_text(
        "".join(json.dumps({"index": at, "scores": [-1.0, -2.0]}) + "\n" for at in range(4))
    )
    found = {}
    for name, file in (("winobias_span", "span"), ("winobias", "fill")):
        run = benchwright.evaluate(
            f"m=predictions:{tmp_path / file}.jsonl", f"bias/{name}", data=str(tmp_path / "data"), store=tmp_path / "s"
        )
        found |= {score.metric.partition("@")[0]: score.value for score in run.cells[0].scores if not score.slice}
        assert {"recast", "contested"} <= {one.code for one in run.cells[0].alarms}

    assert found == {
        "winobias_recast_span_gap": 0.0, "winobias_recast_span_pro": 0.5, "winobias_recast_span_anti": 0.5,
        "winobias_recast_fill_preference": 1.0,
    }  # fmt: skip


def test_only_one_of_the_files_is_missing_data(tmp_path):
    """Which parts lack is said."""
    write_pairs(tmp_path, [PAIR], kinds=("1",))

    with pytest.raises(BenchwrightError, match=r"anti_stereotyped_type2.txt.test"):
        read(tmp_path, "winobias")
    assert winobias.unranked
    assert winogender.unranked
