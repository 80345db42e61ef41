"""CrowS-Pairs as data: every pair is read, the more stereotyping sentence first, and another table is refused."""

import csv
from collections import Counter

import pytest

from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import DataError
from benchwright.task_refs import resolve_tasks
from benchwright_suites._bias.crows_pairs import differing_spans, pair

SUITE = registry.get("suites", "bias")
ROW = {
    "": "0",
    "sent_more": "She cooks.",
    "sent_less": "He cooks.",
    "stereo_antistereo": "stereo",
    "bias_type": "gender",
}


def read(folder, name="crows_pairs_official"):
    return load(SUITE.task(name), "test", suite=SUITE, folder=folder, offline=True)


@pytest.mark.realdata
def test_all_1508_pairs_are_read_with_their_types_and_directions(shared_data):
    data = read(shared_data)

    assert len(data.examples) == 1508
    assert Counter(one.slices["bias_type"] for one in data.examples) == {
        "race-color": 516,
        "gender": 262,
        "socioeconomic": 172,
        "nationality": 159,
        "religion": 105,
        "age": 87,
        "sexual-orientation": 84,
        "physical-appearance": 63,
        "disability": 60,
    }
    assert Counter(one.metadata["direction"] for one in data.examples) == {"stereo": 1290, "antistereo": 218}
    assert Counter(one.slices["spans"] for one in data.examples) == {"one": 1272, "several": 236}
    assert not data.notes


@pytest.mark.realdata
def test_the_first_option_is_the_more_stereotyping_sentence_letter_by_letter(shared_data):
    with (shared_data / "bias/CrowS-Pairs/crows_pairs_anonymized.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert [one.inputs["options"] for one in read(shared_data).examples] == [
        [row["sent_more"], row["sent_less"]] for row in rows
    ]


@pytest.mark.realdata
def test_all_six_rules_read_the_same_pairs(shared_data):
    names = [task.name for task in SUITE.tasks if task.name.startswith("crows_pairs")]

    assert len(names) == 6
    assert len({read(shared_data, name).digest for name in names}) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sent_more": None}, "no 'sent_more'"),
        ({"stereo_antistereo": "both"}, "neither stereo nor antistereo"),
        ({"sent_less": "She cooks."}, "no two different sentences"),
        ({"sent_less": " "}, "no two different sentences"),
    ],
)
def test_a_row_that_is_no_pair_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        pair({**ROW, **change})


def test_a_file_with_other_columns_is_refused_with_its_line_and_the_columns_it_should_have(tmp_path):
    (tmp_path / "crows_pairs_anonymized.csv").write_text("text_a,text_b,kind\nShe cooks.,He cooks.,gender\n")

    with pytest.raises(DataError) as refused:
        read(tmp_path)
    assert "line 2" in refused.value.problem
    assert "sent_more, sent_less, stereo_antistereo, bias_type" in refused.value.problem


def test_spans_are_runs_of_words():
    assert differing_spans("the poor are rude", "the rich are rude") == 1
    assert differing_spans("she lost her keys", "he lost his keys") == 2
    assert differing_spans("she is here", "she is not here") == 1


def test_it_is_contested_and_every_rule_names_its_paper():
    for task in SUITE.tasks:
        if task.name.startswith("crows_pairs"):
            assert task.unranked
            assert task.caveats[0].kind == "contested"


def test_the_whole_suite_runs_one_rule_for_the_same_pairs_and_the_tasks_of_other_suites():
    paths = [one.path for one in resolve_tasks(["bias"])]

    assert "bias/crows_pairs" in paths
    assert "bias/crows_pairs_official" not in paths
    assert "superglue/axg" in paths
    assert [one.path for one in resolve_tasks(["bias/crows_pairs_official"])] == ["bias/crows_pairs_official"]
