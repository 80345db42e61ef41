"""``model-index``: YAML that the hub's own library reads back."""

import pytest
import yaml

from benchwright_leaderboards.exports.model_index import model_index


def test_the_hub_reads_back_what_the_board_computed(content, row, hub_cards):
    hub = pytest.importorskip("huggingface_hub.repocard_data")
    text = model_index(content, row("silent"), hub_cards)
    name, results = hub.model_index_to_eval_results(yaml.safe_load(text)["model-index"])

    found = {one.metric_type: one for one in results}
    assert name == "silent"
    assert found["accuracy"].metric_value == pytest.approx(49 / 60)
    assert {(one.dataset_type, one.dataset_config, one.dataset_split, one.task_type) for one in results} == {
        ("example/topics", "en", "validation", "text-classification")
    }
    assert "matthews_correlation" in found


def test_tasks_without_a_data_set_of_the_hub_are_left_out_and_that_is_said(content, row, cards):
    text = model_index(content, row("best"), cards)

    assert text.startswith("# no task")
    assert yaml.safe_load(text) == {"model-index": [{"name": "best", "results": []}]}
