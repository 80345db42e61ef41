"""Predicted answers to questions: official SQuAD files by question id, null odds, and a threshold that somebody gave."""

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.data.load import load
from benchwright.plan import make_plan
from benchwright.store import Store
from benchwright.types import Kind, ModelRef, RunSpec

KEYS = ("56be4db0", "56be4db1", "00000002")
ANSWERS = ["Denver Broncos", "", "in 1843"]
ODDS = {KEYS[0]: -3.5, KEYS[1]: 2.25, KEYS[2]: 0.5}


@pytest.fixture
def asked(card):
    """Three questions, some of which may have no answer."""
    task = card.task(Kind.SPAN, unanswerable=True)
    return task, card.items([["Who?", "A context."]] * 3, task, KEYS)


def by_id(answers=ANSWERS, keys=KEYS, **dump):
    return json.dumps(dict(zip(keys, answers, strict=True)), **dump)


@pytest.mark.parametrize(
    "content",
    [
        by_id(),
        by_id(indent=4),
        by_id(ANSWERS[::-1], KEYS[::-1]),
        json.dumps([{"id": key, "prediction_text": text} for key, text in zip(KEYS, ANSWERS, strict=True)]),
        "".join(json.dumps({"id": key, "text": text}) + "\n" for key, text in zip(KEYS, ANSWERS, strict=True)),
        "".join(json.dumps({"id": f"t/{at}", "text": text}) + "\n" for at, text in enumerate(ANSWERS)),
        "".join(json.dumps({"index": at, "id": KEYS[at], "text": text}) + "\n" for at, text in enumerate(ANSWERS)),
    ],
)
def test_answers_by_question_id(ask, asked, content):
    """The official object, lists and rows name questions by the data's id or by example id, in any order."""
    assert ask(content, *asked).outputs == ANSWERS


def test_ids_are_matched_one_to_one(refused, asked):
    """Missing and foreign ids, and ids named twice, are listed by the data's own id."""
    other = by_id(["x"] * 3, (KEYS[0], KEYS[1], "nobody"))
    twice = json.dumps([{"id": KEYS[0], "text": ""}, {"id": "t/0", "text": ""}, {"id": KEYS[1], "text": ""}])

    assert f"1 missing (by id): {KEYS[2]}; 1 foreign: nobody (line 1)" in refused(other, *asked)
    assert f"1 missing (by id): {KEYS[2]}; 1 duplicated: {KEYS[0]} (2 times: line 1)" in refused(twice, *asked)
    assert f"the key '{KEYS[0]}' is repeated" in refused(f'{{"{KEYS[0]}": "", "{KEYS[0]}": ""}}', *asked)
    assert "disagree" in refused(json.dumps({"index": 1, "id": KEYS[0], "text": ""}) + "\n", *asked)


def test_null_odds_stand_beside_the_answers(ask, asked, write):
    """The official file of odds gives null scores; without a threshold the texts are final."""
    odds = write("odds.json", json.dumps(ODDS))
    plain, found = ask(by_id(), *asked), ask(by_id(), *asked, null_odds=str(odds))

    assert found.outputs == ANSWERS
    assert [one.extra["null_score"] for one in found.predictions] == list(ODDS.values())
    assert found.facts.notes == plain.facts.notes == ()
    assert found.facts.digest != plain.facts.digest


def test_a_threshold_silences_what_is_strictly_above_it(ask, asked, write):
    """A null score equal to the threshold is an answer (official rule), and the number given is told."""
    odds = write("odds.json", json.dumps(ODDS))
    found = ask(by_id(["a", "b", "c"]), *asked, null_odds=str(odds), null_threshold="0.5")
    lower = ask(by_id(["a", "b", "c"]), *asked, null_odds=str(odds), null_threshold="0.49")

    assert (found.outputs, lower.outputs) == (["a", "", "c"], ["a", "", ""])
    assert "above 0.5, as ?null_threshold= says" in found.facts.notes[0]


def test_a_threshold_acts_on_null_scores_of_rows(ask, refused, asked):
    """Rows may hold their own null scores; a threshold needs one in every row."""
    rows = [{"id": key, "text": "x", "null_score": score} for key, score in ODDS.items()]
    content = "".join(json.dumps(row) + "\n" for row in rows)

    assert ask(content, *asked, null_threshold="0").outputs == ["x", "", ""]
    assert "line 1: no null score to hold against" in refused(by_id(), *asked, null_threshold="0")


def test_the_content_of_null_odds_is_part_of_the_digest(ask, asked, write):
    """Other odds are another model, whatever the file is called."""
    first, same, other = (
        write(name, json.dumps(odds)) for name, odds in (("a", ODDS), ("b", ODDS), ("c", {**ODDS, KEYS[0]: 0}))
    )
    digests = [ask(by_id(), *asked, null_odds=str(path)).facts.digest for path in (first, same, other)]

    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("odds", "said"),
    [
        ('{"56be4db0": 1}', "odds.json does not fit t: 2 missing (by id): 56be4db1, 00000002"),
        (json.dumps({**ODDS, "x": 1}), "1 foreign: x (line 1)"),
        (json.dumps({**ODDS, KEYS[0]: "high"}), "odds.json, line 1: the null score of '56be4db0' is 'high'"),
        (json.dumps({**ODDS, KEYS[0]: True}), "the null score of '56be4db0' is True"),
        (json.dumps({**ODDS, KEYS[0]: math.inf}), "the null score of '56be4db0' is inf"),
        (json.dumps({**ODDS, KEYS[0]: None}), "the null score of '56be4db0' is None"),
        ("[1, 2]", "odds.json is a list"),
        ("{", "odds.json, line 1: not JSON"),
        ("", "odds.json, line 1: not JSON"),
    ],
)
def test_null_odds_that_do_not_fit_are_refused(refused, asked, write, odds, said):
    """Ids one to one, finite numbers, one object: else file and line are named."""
    assert said in refused(by_id(), *asked, null_odds=str(write("odds.json", odds)))


def test_options_of_unanswerable_questions_alone(refused, card, asked, write):
    """They mean nothing where every question has an answer, and a threshold is a number."""
    task = card.task(Kind.SPAN)
    items = card.items([["Who?", "A context."]] * 3, task, KEYS)

    assert "?null_threshold= means nothing for t" in refused(by_id(), task, items, null_threshold="0")
    assert "?null_odds= means nothing for t" in refused(by_id(), task, items, null_odds="x")
    assert "a finite number" in refused(by_id(), *asked, null_threshold="nan")
    assert "a finite number" in refused(by_id(), *asked, null_threshold="best")
    assert "cannot read the null odds" in refused(by_id(), *asked, null_odds="no-such-file")
    both = json.dumps([{"id": key, "text": "", "null_score": 1} for key in KEYS])
    odds = str(write("odds.json", json.dumps(ODDS)))
    assert "line 1: a null score in the row, and ?null_odds= beside it" in refused(both, *asked, null_odds=odds)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_texts_and_odds_survive(ask, asked, tmp_path, data):
    """What an official file holds comes out as it is, and silence is exactly `odds > threshold`."""
    texts = data.draw(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=12), min_size=3, max_size=3))
    odds = data.draw(st.lists(st.floats(-9, 9), min_size=3, max_size=3))
    threshold = data.draw(st.sampled_from(odds) | st.floats(-9, 9))
    path = tmp_path / "odds.json"
    path.write_text(json.dumps(dict(zip(KEYS, odds, strict=True))))

    assert ask(by_id(texts), *asked).outputs == texts
    found = ask(by_id(texts), *asked, null_odds=str(path), null_threshold=repr(threshold))
    assert found.outputs == ["" if null > threshold else text for text, null in zip(texts, odds, strict=True)]


@pytest.mark.realdata
@pytest.mark.parametrize(("name", "rows"), [("v1", 10_570), ("v2", 6_078)])
def test_gold_answers_of_real_files(ask, shared_data, name, rows):
    """First gold answers in the official form come out for every question of SQuAD."""
    suite = pytest.importorskip("benchwright_suites.squad").suite
    task = suite.task(name)
    items = load(task, task.default_split, suite=suite, folder=shared_data, offline=True).examples
    gold = {example.official_id: (example.target["text"] or [""])[0] for example in items}

    assert len(gold) == rows
    assert ask(json.dumps(gold), task, items).outputs == list(gold.values())


@pytest.mark.realdata
def test_no_path_of_null_odds_enters_a_cell_key(shared_data, tmp_path):
    """The key holds the threshold, and the content of the odds by its digest; where the file lay decides nothing."""
    suite = pytest.importorskip("benchwright_suites.squad").suite
    task = suite.task("v2")
    items = load(task, task.default_split, suite=suite, folder=shared_data, offline=True).examples
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps({example.official_id: "" for example in items}))
    keys = []
    for folder in ("one", "two"):
        odds = tmp_path / folder / "odds.json"
        odds.parent.mkdir()
        odds.write_text(json.dumps({example.official_id: 0.5 for example in items}))
        options = {"null_odds": str(odds), "null_threshold": "0.25"}
        model = ModelRef(name="m", adapter="predictions", path=str(answers), options=options)
        spec = RunSpec(models=(model,), suites=("squad/v2",), data=str(shared_data), offline=True)
        (cell,) = make_plan(spec, Store(tmp_path / "store")).cells
        keys.append((cell.id, cell.key.options))

    assert keys[0] == keys[1]
    assert keys[0][1] == {"null_threshold": "0.25"}
