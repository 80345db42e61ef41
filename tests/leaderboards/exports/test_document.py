"""``board.json`` and ``models/ID.json``: their published schemas, and numbers that were counted by hand."""

import json
from pathlib import Path

import jsonschema
import pytest

from benchwright_leaderboards.exports.document import board_document, model_document, rows_by_task
from benchwright_leaderboards.exports.json_text import json_text
from benchwright_leaderboards.exports.schema import board_schema, model_schema

SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"


def published(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def document(content):
    return json.loads(json_text(board_document(content)))


@pytest.mark.parametrize(("name", "made"), [("board", board_schema), ("board-model", model_schema)])
def test_the_published_schema_is_that_of_the_types_and_tells_of_every_key(name, made):
    schema = made()

    jsonschema.Draft202012Validator.check_schema(schema)
    assert published(name) == schema, "write docs/schema anew from exports/schema.py"
    for part in (schema, *schema["$defs"].values()):
        assert all("description" in about for about in part["properties"].values())


def problems(document, name):
    """What in a document is not as its published schema says."""
    return [one.message for one in jsonschema.Draft202012Validator(published(name)).iter_errors(document)]


def test_documents_fit_their_published_schemas(content, document):
    assert problems(document, "board") == []
    rows = rows_by_task(content)
    for row in content.overview.rows:
        assert problems(json.loads(json_text(model_document(content, row, rows))), "board-model") == []


def test_scores_are_the_shares_of_right_answers_with_silence_counted_as_wrong(document, make):
    entries = {one["id"]: one for one in document["entries"]}
    shares = {
        name: 1 - (wrong + (make.silent if name == "silent" else 0)) / len(make.topics)
        for name, wrong in make.wrong.items()
    }

    scores = {name: one["results"][0]["score"] for name, one in entries.items()}
    assert {name: score["value"] for name, score in scores.items()} == pytest.approx(shares)
    assert {name: score["unanswered"] for name, score in scores.items() if score["unanswered"]} == {
        "silent": make.silent
    }
    assert all(score["n"] == 60 and score["low"] < score["value"] < score["high"] for score in scores.values())


def test_an_entry_with_a_task_missing_has_no_mean_and_no_rank(document):
    part = next(one for one in document["entries"] if one["id"] == "part")

    assert (part["status"], part["rank"], part["mean"], len(part["results"])) == ("partial", None, None, 1)
    assert part["reasons"] == ["missing: ner/custom"]
    assert part["results"][0]["rank"] is not None


def test_differences_are_those_to_the_baseline(document, make):
    best = next(one for one in document["entries"] if one["id"] == "best")
    baseline = next(one for one in document["entries"] if one["baseline"])

    assert best["results"][0]["difference"]["delta"] == pytest.approx(27 / 60)
    assert best["difference"]["low"] < best["difference"]["delta"] < best["difference"]["high"]
    assert best["difference"]["verdict"] == "better"
    assert best["difference"]["p"] <= document["ranking"]["critical"]
    assert baseline["difference"] is None


def test_the_mean_is_the_weighted_mean_of_the_tasks(document):
    shares = {task["path"]: task["weight"] for task in document["tasks"]}
    whole = [one for one in document["entries"] if len(one["results"]) == len(shares)]

    assert sum(shares.values()) == 1
    assert len(whole) == 4
    for entry in whole:
        by_hand = sum(shares[one["task"]] * one["score"]["value"] for one in entry["results"])
        assert entry["mean"]["value"] == pytest.approx(by_hand)
        assert 1 <= entry["rank"]["low"] <= entry["rank"]["high"] <= 4


def test_what_was_submitted_is_told(document):
    (baseline,) = (one for one in document["entries"] if one["baseline"])

    assert (baseline["id"], document["baselines"]) == ("baseline", ["baseline"])
    assert [(one["team"], one["entries"]) for one in document["submissions"]] == [
        ("us", ["best", "second", "silent", "baseline"]),
        ("them", ["part"]),
    ]
    assert [task["score"] for task in document["tasks"]] == [["accuracy"], ["entity_f1"]]
    assert all({f"{name}@1" for name in task["score"]} <= set(task["versions"]) for task in document["tasks"])


def test_the_document_of_a_model_has_every_metric(content):
    row = next(row for row in content.overview.rows if row.entry.entry.id == "second")
    document = json.loads(json_text(model_document(content, row, rows_by_task(content))))

    first = document["entry"]["results"][0]
    assert {score["metric"]: score["value"] for score in first["metrics"]}["accuracy@1"] == pytest.approx(56 / 60)
    assert document["entries"] == 5
