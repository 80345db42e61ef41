"""Every Eval Ever records: its published schema, what it asks beyond that, and numbers counted by hand."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from benchwright_leaderboards.exports.every_eval_ever import (
    collection,
    portable,
    record_of,
    record_path,
    record_text,
)

SCHEMA = json.loads((Path(__file__).parent / "every_eval_ever" / "eval.schema.json").read_text(encoding="utf-8"))
PATH = re.compile(r"data(/[^/]+){3}/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json")


@pytest.fixture(scope="module")
def record(content, row, hub_cards):
    return json.loads(record_text(record_of(content, row("silent"), hub_cards)))


def test_records_fit_the_published_schema_of_the_version_that_they_name(content, row, cards, hub_cards):
    for name in ("best", "silent", "part"):
        for some in (cards, hub_cards, {}):
            made = json.loads(record_text(record_of(content, row(name), some)))
            jsonschema.validate(made, SCHEMA)
            assert made["schema_version"] == SCHEMA["version"] == "0.3.0"


def test_every_score_lies_within_its_bounds_and_has_a_name_of_its_own(record):
    results = record["evaluation_results"]

    assert len({one["evaluation_result_id"] for one in results}) == len(results)
    for one in results:
        config, score = one["metric_config"], one["score_details"]["score"]
        assert config["min_score"] <= score <= config["max_score"]


def test_silence_counts_as_wrong_and_is_told(record, make):
    accuracy = next(one for one in record["evaluation_results"] if one["metric_config"]["metric_id"] == "accuracy")

    assert accuracy["evaluation_name"] == "classification/custom"
    assert accuracy["score_details"]["score"] == pytest.approx((60 - 6 - make.silent) / 60)
    assert accuracy["score_details"]["details"]["unanswered_counted_as_wrong"] == "5"
    assert accuracy["score_details"]["uncertainty"]["num_samples"] == 60


def test_what_the_schema_has_no_place_for_stands_in_its_free_fields(record, content):
    source = record["evaluation_results"][0]["source_data"]

    assert (source["source_type"], source["hf_repo"], source["hf_split"]) == (
        "hf_dataset",
        "example/topics",
        "validation",
    )
    assert source["additional_details"]["task_digest"] == content.board.spec.digest("classification/custom")
    assert source["additional_details"]["hub_revision_named_by_the_suite"] == "a" * 40
    assert record["source_metadata"]["additional_details"]["submission"] == content.board.submissions[0].digest


def test_files_are_named_as_their_store_asks_and_always_the_same(content, row):
    paths = [record_path(content, row(name)) for name in ("best", "second", "part")]

    assert all(map(PATH.fullmatch, paths))
    assert len(set(paths)) == 3
    assert paths == [record_path(content, row(name)) for name in ("best", "second", "part")]
    assert collection(content) == "small"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        ("CON", "CON-"),
        ("nul.txt", "nul.txt-"),
        ("data", "data-"),
        ("\u202e..", ""),
        ("Team Ü & Co.", "Team-Co"),
    ],
)
def test_names_of_folders_lead_nowhere_else(name, kept):
    assert portable(name) == kept
