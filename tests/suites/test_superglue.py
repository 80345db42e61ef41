"""SuperGLUE's cards, how its rows become texts, and what is read from the real, the official and the hub's layout."""

import json
from collections import Counter

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.testing import check_suite
from benchwright.types import Kind
from benchwright_suites.superglue import copa_options, multirc_answers, record_queries, suite, winograd, word_in_context


def read(folder, name, split=None, **keywords):
    task = suite.task(name)
    return load(task, split or task.default_split, suite=suite, folder=folder, offline=True, **keywords)


def write(folder, name, rows):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_contract():
    """The suite keeps the contract of suites."""
    assert "survives JSON" in check_suite(suite)


def test_names_and_aggregate():
    """Ten tasks by their contract names; eight count once each, the two diagnostics do not."""
    assert [task.name for task in suite.tasks] == [
        "boolq",
        "cb",
        "copa",
        "multirc",
        "record",
        "rte",
        "wic",
        "wsc",
        "axb",
        "axg",
    ]
    (recipe,) = suite.aggregates
    assert recipe.members == tuple(
        (name,) for name in ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"]
    )
    assert recipe.title == "dev SuperGLUE (official recipe)"
    assert [task.name for task in suite.tasks if task.diagnostic] == ["axb", "axg"]
    assert {task.trained_on for task in suite.tasks if task.diagnostic} == {"rte"}


def test_label_ids():
    """Label ids are those of the hub's copy; CB's are not those of MNLI."""
    assert suite.task("cb").label_names == ("entailment", "contradiction", "neutral")
    for name in ("rte", "axb", "axg"):
        assert suite.task(name).label_names == ("entailment", "not_entailment")
    for name in ("boolq", "multirc", "wic", "wsc"):
        assert suite.task(name).label_names == ("false", "true")


def test_scores():
    """A task with two metrics averages them; gender parity is never the score, and never stands without accuracy."""
    assert suite.task("cb").score_metrics == ("accuracy", "macro_f1")
    assert suite.task("multirc").score_metrics == ("f1", "question_exact_match")
    assert suite.task("record").score_metrics == ("answer_f1", "exact_match")
    assert suite.task("axg").metrics == ("accuracy", "gender_parity")
    assert suite.task("axg").score_metrics == ("accuracy",)


def test_the_repaired_wsc_is_used():
    """The hub's copy of WSC is the one whose spans were mended."""
    assert {source.hub.config for source in suite.task("wsc").splits.values()} == {"wsc.fixed"}


# --- the real files ---------------------------------------------------------------------------------------------------

PUBLISHED = {
    ("boolq", "validation"): ({"true": 2033, "false": 1237}, 2939),
    ("cb", "validation"): ({"contradiction": 28, "entailment": 23, "neutral": 5}, 56),
    ("cb", "train"): ({"contradiction": 119, "entailment": 115, "neutral": 16}, 250),
    ("copa", "validation"): ({0: 55, 1: 45}, 100),
    ("copa", "train"): ({0: 195, 1: 205}, 400),
    ("multirc", "validation"): ({"true": 2075, "false": 2773}, 83),
    ("rte", "validation"): ({"entailment": 146, "not_entailment": 131}, 274),
    ("rte", "train"): ({"entailment": 1249, "not_entailment": 1241}, 2379),
    ("wic", "validation"): ({"true": 319, "false": 319}, 599),
    ("wic", "train"): ({"true": 2714, "false": 2714}, 1265),
    ("wsc", "validation"): ({"true": 38, "false": 66}, 41),
    ("wsc", "train"): ({"true": 259, "false": 295}, 279),
    ("axb", "test"): ({"entailment": 460, "not_entailment": 644}, 550),
    ("axg", "test"): ({"entailment": 178, "not_entailment": 178}, 178),
}


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "split"), PUBLISHED)
def test_real_files(shared_data, name, split):
    """Rows, label counts and clusters are those published."""
    data = read(shared_data, name, split)
    labels, clusters = PUBLISHED[name, split]

    assert Counter(example.target for example in data.examples) == labels
    assert len({example.cluster or example.id for example in data.examples}) == clusters
    assert len(data.examples) == suite.task(name).sizes[split]


@pytest.mark.realdata
def test_real_multirc(shared_data):
    """83 paragraphs, 953 questions, three of them without a right answer; keys are paragraph/question/answer."""
    data = read(shared_data, "multirc")
    right = {}
    for example in data.examples:
        right[example.group] = right.get(example.group, False) or example.target == "true"

    assert len({example.inputs["paragraph"] for example in data.examples}) == 83
    assert len(right) == 953
    assert sum(not any_right for any_right in right.values()) == 3
    assert data.examples[0].official_id == "0/0/0"
    assert data.examples[0].inputs["question_and_answer"].endswith("to pick it up? No")


@pytest.mark.realdata
def test_real_wsc(shared_data):
    """Spans are marked by word index, and the one of row 42 is found beside it, and counted."""
    data = read(shared_data, "wsc")

    assert "Still, * anyone * who knew" in data.examples[0].inputs["text"]
    assert data.examples[0].inputs["text"].endswith("away from # him # .")
    assert "# it #" in data.examples[42].inputs["text"]
    assert data.notes == (
        "1 row: a span stands at another word than its index says; the nearest place that holds it is marked",
    )
    train = read(shared_data, "wsc", "train")
    assert train.notes == ()
    assert "* Emma *'s mother" in train.examples[433].inputs["text"]


@pytest.mark.realdata
def test_real_wic(shared_data):
    """The word is marked by character offsets in both sentences, and stands before the first."""
    example = read(shared_data, "wic").examples[0]

    assert example.inputs["sentence1"] == "class: An emerging professional * class *."
    assert example.inputs["sentence2"].endswith("showed real * class *.")


@pytest.mark.realdata
def test_real_pairs(shared_data):
    """The two rows of each AX-g pair have one hypothesis and one gold answer, and premises that differ."""
    pairs = {}
    for example in read(shared_data, "axg").examples:
        pairs.setdefault(example.group, []).append(example)

    assert len(pairs) == 178
    for first, second in pairs.values():
        assert first.inputs["hypothesis"] == second.inputs["hypothesis"]
        assert first.target == second.target
        assert first.inputs["premise"] != second.inputs["premise"]


@pytest.mark.realdata
def test_rte_is_that_of_glue(shared_data):
    """RTE holds the same pairs with the same answers in the same order as GLUE's."""
    from benchwright_suites.glue import suite as glue

    other = load(glue.task("rte"), "validation", suite=glue, folder=shared_data, offline=True)
    here = read(shared_data, "rte")

    assert [tuple(example.inputs.values()) for example in here.examples] == [
        tuple(example.inputs.values()) for example in other.examples
    ]
    assert [example.target for example in here.examples] == [example.target for example in other.examples]


# --- formulations -----------------------------------------------------------------------------------------------------


def wsc_row(text, span1, index1, span2, index2, flat=False):
    target = {"span1_text": span1, "span1_index": index1, "span2_text": span2, "span2_index": index2}
    return {"text": text, "label": True, **(target if flat else {"target": target})}


@pytest.mark.parametrize(
    ("row", "marked", "noted"),
    [
        (wsc_row("Mark told Pete . He lied", "Mark", 0, "He", 4), "* Mark * told Pete . # He # lied", False),
        (wsc_row("Mark told Pete . He lied", "Mark", 0, "He", 4, flat=True), "* Mark * told Pete . # He # lied", False),
        (wsc_row("on the table because it", "The table", 1, "it", 4), "on * the table * because # it #", False),
        (wsc_row('"He," said Mark', "Mark", 2, "He", 0), '"# He #," said * Mark *', False),
        (wsc_row("Emma's mother saw her.", "Emma", 0, "her", 3), "* Emma *'s mother saw # her #.", False),
        (wsc_row("to use it , no", "use", 1, "it", 1), "to * use * # it # , no", True),
        (wsc_row("it is it and it", "is", 1, "it", 3), "it * is * # it # and it", True),
        (wsc_row("saw his mother", "his mother", 1, "his", 1), "saw * # his # mother *", False),
        (wsc_row("Dr. Adams told him", "Dr Adams", 0, "him", 3), "* Dr. Adams * told # him #", False),
        (wsc_row("a b c", "zebra", 0, "c", 2), "* a * b # c #", True),
    ],
)
def test_winograd(row, marked, noted):
    """Spans are found at their word index; case, punctuation and a possessive are looked over, other slips are noted."""
    (made,) = winograd(row)

    assert made["marked"] == marked
    assert ("benchwright:note" in made) is noted


@pytest.mark.parametrize(
    "row", [{"text": "a b"}, {"target": {}}, wsc_row("a b", "a", 7, "b", 1), wsc_row("a b", "", 0, "b", 1)]
)
def test_no_spans(row):
    """Absent texts, spans and indices outside the text are malformed rows."""
    with pytest.raises(ValueError, match=r"no |is not in"):
        winograd(row)


@given(st.lists(st.text(st.characters(categories=["Ll"]), min_size=1, max_size=5), min_size=2, max_size=12), st.data())
def test_marks_take_nothing_away(words, data):
    """Without the marks the text is the same, wherever the spans are."""
    first = data.draw(st.integers(0, len(words) - 1))
    second = data.draw(st.integers(0, len(words) - 1))
    (made,) = winograd(wsc_row(" ".join(words), words[first], first, words[second], second))

    marked = made["marked"].split()
    assert [word for word in marked if word not in "*#"] == words
    assert (marked.count("*"), marked.count("#")) == (2, 2)
    assert "benchwright:note" not in made
    assert marked[marked.index("#") + 1 :][0] in (words[second], "*")


def test_word_in_context():
    """Offsets are characters; those outside their sentence are refused."""
    row = {
        "word": "do",
        "sentence1": "It doesn't.",
        "start1": 3,
        "end1": 7,
        "sentence2": "é do",
        "start2": 2,
        "end2": 4,
    }

    assert {key: value for key, value in word_in_context(row)[0].items() if key.startswith("text")} == {
        "text1": "do: It * does *n't.",
        "text2": "é * do *",
    }
    with pytest.raises(ValueError, match="characters 2 to 9 are not in sentence 2, which has 4"):
        word_in_context({**row, "end2": 9})
    with pytest.raises(ValueError, match="start2"):
        word_in_context({key: value for key, value in row.items() if key != "start2"})


def test_copa():
    """The question is put in words, and the choices are options in their order."""
    row = {"premise": "It rained.", "choice1": "a", "choice2": "b", "question": "effect", "label": 1}

    (made,) = copa_options(row)

    assert (made["wording"], made["options"]) == ("What happened as a result?", ["a", "b"])
    with pytest.raises(ValueError, match="neither 'cause' nor 'effect'"):
        copa_options({**row, "question": "why"})


PARAGRAPHS = [
    {
        "idx": 0,
        "passage": {
            "text": "<b>Sent 1: </b>One.<br>Two.",
            "questions": [
                {
                    "idx": 0,
                    "question": "q?",
                    "answers": [{"idx": 0, "text": "a", "label": 1}, {"idx": 1, "text": "b", "label": 0}],
                }
            ],
        },
    },
    {
        "idx": 1,
        "passage": {
            "text": "Three.",
            "questions": [
                {
                    "idx": 0,
                    "question": "q?",
                    "answers": [{"idx": 0, "text": "c", "label": 1}, {"idx": 1, "text": "d", "label": 1}],
                }
            ],
        },
    },
]
FLAT = [
    {"paragraph": p["passage"]["text"], "question": q["question"], "answer": a["text"], "label": a["label"],
     "idx": {"paragraph": p["idx"], "question": q["idx"], "answer": a["idx"]}}
    for p in PARAGRAPHS for q in p["passage"]["questions"] for a in q["answers"]
]  # fmt: skip


def test_multirc_ids_may_restart(tmp_path):
    """Question and answer ids that restart in every paragraph are told apart by paragraph."""
    write(tmp_path, "MultiRC/val.jsonl", PARAGRAPHS)

    examples = read(tmp_path, "multirc").examples

    assert [example.official_id for example in examples] == ["0/0/0", "0/0/1", "1/0/0", "1/0/1"]
    assert [example.group for example in examples] == ["0/0", "0/0", "1/0", "1/0"]
    assert [example.target for example in examples] == ["true", "false", "true", "true"]
    assert examples[0].inputs == {"paragraph": "Sent 1: One. Two.", "question_and_answer": "q? a"}


def test_multirc_of_the_hub_is_the_same(tmp_path):
    """The nested file and the hub's flat rows give the same data, byte for byte."""
    write(tmp_path / "one", "MultiRC/val.jsonl", PARAGRAPHS)
    write(tmp_path / "two", "MultiRC/val.jsonl", FLAT)

    assert read(tmp_path / "one", "multirc").digest == read(tmp_path / "two", "multirc").digest


def test_multirc_with_an_id_twice(tmp_path):
    """The same answer id twice in one question is an error that names both places."""
    write(tmp_path, "MultiRC/val.jsonl", [PARAGRAPHS[0], PARAGRAPHS[0]])

    with pytest.raises(DataError, match="line 2: the id '0/0/0' is that of"):
        read(tmp_path, "multirc")


@pytest.mark.parametrize(
    "row", [{"passage": "text"}, {"passage": {}}, {"idx": 3}, {"paragraph": "x", "idx": {"paragraph": 0}}]
)
def test_malformed_multirc(row):
    """Documents of another form are malformed rows, not crashes."""
    with pytest.raises(ValueError, match=r"not a|stands where"):
        multirc_answers(row)


NEWS = "Ann met Bob.\n@highlight\nBob left\n@highlight\nAnn stayed"
NESTED = {
    "passage": {
        "text": NEWS,
        "entities": [
            {"start": 0, "end": 2},
            {"start": 8, "end": 10},
            {"start": 24, "end": 26},
            {"start": 44, "end": 46},
        ],
    },
    "qas": [
        {"query": "@placeholder left", "answers": [{"start": 8, "end": 10, "text": "Bob"}], "idx": 7},
        {"query": "@placeholder stayed", "answers": [{"text": "Ann"}, {"text": "Ann"}], "idx": 8},
    ],
    "idx": 3,
}


def test_record(tmp_path):
    """A passage gives a row for each query; options are the distinct entities, and highlights become sentences."""
    write(tmp_path, "ReCoRD/val.jsonl", [NESTED])

    first, second = read(tmp_path, "record").examples

    assert first.inputs["passage"] == "Ann met Bob. Bob left. Ann stayed"
    assert first.inputs["options"] == ["Ann", "Bob"]
    assert (first.target, second.target) == (("Bob",), ("Ann",))
    assert (first.official_id, second.official_id) == ("7", "8")
    assert (first.cluster, second.cluster) == ("record/0", "record/0")


def test_record_of_the_hub_is_the_same(tmp_path):
    """The nested file and the hub's flat rows, entities in any order and number, give the same data."""
    flat = [
        {"passage": NEWS, "query": qa["query"], "entities": ["Bob", "Ann", "Bob"], "entity_spans": {},
         "answers": sorted({a["text"] for a in qa["answers"]}), "idx": {"passage": 3, "query": qa["idx"]}}
        for qa in NESTED["qas"]
    ]  # fmt: skip
    write(tmp_path / "one", "ReCoRD/val.jsonl", [NESTED])
    write(tmp_path / "two", "ReCoRD/val.jsonl", flat)

    assert read(tmp_path / "one", "record").digest == read(tmp_path / "two", "record").digest


def test_record_slips():
    """A query without placeholder is malformed; one whose golds are no entities is noted."""
    row = {
        "passage": "Ann met Bob.",
        "query": "@placeholder left",
        "entities": ["Ann"],
        "answers": ["Eve"],
        "idx": {"query": 1},
    }

    assert record_queries(row)[0]["benchwright:note"] == "no right answer is among the entities"
    with pytest.raises(ValueError, match="query 1 holds no '@placeholder'"):
        record_queries({**row, "query": "who left"})


def test_winogender_pairs_by_idx(tmp_path):
    """Pairs are told by `idx`, so they survive shuffling; a row without one is refused."""
    rows = [
        {"premise": f"p{i}", "hypothesis": f"h{i // 2}", "label": "entailment", "idx": i, "pair_id": 100 + i}
        for i in (3, 0, 2, 1)
    ]
    write(tmp_path, "AX-g/AX-g.jsonl", rows)

    assert [example.group for example in read(tmp_path, "axg").examples] == ["1", "0", "1", "0"]

    write(tmp_path, "AX-g/AX-g.jsonl", [{key: value for key, value in rows[0].items() if key != "idx"}])
    with pytest.raises(DataError, match="line 1: 'idx' is None"):
        read(tmp_path, "axg")


@pytest.mark.parametrize("change", [{"hypothesis": "another"}, {"label": "not_entailment"}])
def test_rows_that_are_no_pair(tmp_path, change):
    """Rows of one number with different hypotheses or gold answers are not clustered, and parity refuses to judge them."""
    import benchwright

    rows = [{"premise": f"p{i}", "hypothesis": "h", "label": "entailment", "idx": i} for i in range(4)]
    write(tmp_path, "AX-g/AX-g.jsonl", [*rows[:3], {**rows[3], **change}])
    write(tmp_path, "RTE/train.jsonl", [{"premise": "p", "hypothesis": "h", "label": "entailment"}])

    assert [example.cluster for example in read(tmp_path, "axg").examples] == ["axg/0", "axg/0", None, None]
    with pytest.raises(benchwright.errors.BenchwrightError, match="'1' in axg are judged together"):
        benchwright.evaluate("majority", "superglue/axg", data=str(tmp_path), store=tmp_path / "store")


# --- official files without labels, and the hub's spellings -----------------------------------------------------------

UNLABELLED = {
    "boolq": ("BoolQ", {"question": "q", "passage": "p", "idx": 0}),
    "cb": ("CB", {"premise": "p", "hypothesis": "h", "idx": 0}),
    "copa": ("COPA", {"premise": "p", "choice1": "a", "choice2": "b", "question": "cause", "idx": 0}),
    "multirc": ("MultiRC", {"idx": 0, "passage": {"text": "p", "questions": [{"idx": 0, "question": "q", "answers": [{"idx": 0, "text": "a"}]}]}}),
    "record": ("ReCoRD", {"idx": 0, "passage": {"text": "Ann", "entities": [{"start": 0, "end": 2}]}, "qas": [{"query": "@placeholder", "idx": 0}]}),
    "rte": ("RTE", {"premise": "p", "hypothesis": "h", "idx": 0}),
    "wic": ("WiC", {"word": "a", "sentence1": "a", "sentence2": "a", "start1": 0, "end1": 1, "start2": 0, "end2": 1, "idx": 0}),
    "wsc": ("WSC", {**wsc_row("a b", "a", 0, "b", 1), "idx": 0}),
}  # fmt: skip


@pytest.mark.parametrize("name", UNLABELLED)
def test_test_splits_have_no_gold(tmp_path, name):
    """Official test files are read for a submission, and refused for scoring before any model runs."""
    folder, row = UNLABELLED[name]
    write(tmp_path, f"{folder}/test.jsonl", [{key: value for key, value in row.items() if key != "label"}])

    (example,) = read(tmp_path, name, "test", need_targets=False).examples

    assert example.target is None
    with pytest.raises(DataError, match="no gold labels"):
        read(tmp_path, name, "test")


@pytest.mark.parametrize("name", [task.name for task in suite.tasks if task.name != "record"])
def test_minus_one_is_no_label(tmp_path, name):
    """The hub's -1 for a hidden label is refused, never taken for a class."""
    task = suite.task(name)
    folder, row = UNLABELLED.get(name, ({"axb": "AX-b", "axg": "AX-g"}.get(name), UNLABELLED["rte"][1]))
    if name == "multirc":
        row = FLAT[0]
    split = task.default_split
    file = f"{folder}/{folder}.jsonl" if name.startswith("ax") else f"{folder}/val.jsonl"
    write(tmp_path, file, [{**row, "label": -1}])

    with pytest.raises(DataError, match="holds -1"):
        read(tmp_path, name, split)


@pytest.mark.parametrize("spelling", [True, "true", "True", "TRUE", 1, "1", "yes"])
@pytest.mark.parametrize("name", ["boolq", "wic", "wsc"])
def test_spellings_of_true(tmp_path, name, spelling):
    """JSON booleans, ids and the spellings of both leaderboard formats are one label."""
    folder, row = UNLABELLED[name]
    write(tmp_path, f"{folder}/val.jsonl", [{**row, "label": spelling}])

    assert read(tmp_path, name).examples[0].target == "true"


def test_every_input_is_text_or_options():
    """One- and two-text adapters serve every task as it is: inputs are ready texts."""
    for task in suite.tasks:
        assert len(task.inputs) <= 2 or task.kind is Kind.CHOOSE
        again = msgspec.json.decode(msgspec.json.encode(task), type=type(task))
        assert again == task
