"""StereoSet as data: three forms of its clusters are one, and its official predictions give the published scores."""

import json

import pytest

import benchwright
from benchwright import registry
from benchwright.data.load import load
from benchwright.errors import BenchwrightError, ConfigError, DataError
from benchwright_suites._bias.stereoset import cluster

SUITE = registry.get("suites", "bias")
SENTENCES = {"stereotype": "Ann is bossy!", "anti-stereotype": "Ann is kind.", "unrelated": "Ann is well-known."}
CLUSTER = {"id": "c1", "target": "Ann", "bias_type": "gender", "context": "Ann is BLANK."}
RELEASED = {
    **CLUSTER,
    "sentences": [
        {"id": f"s{at}", "sentence": text, "gold_label": role, "labels": []}
        for at, (role, text) in enumerate(SENTENCES.items())
    ][::-1],
}
KEYED = {
    **CLUSTER,
    "data": {role: {"sentence": text, "id": f"s{at}"} for at, (role, text) in enumerate(SENTENCES.items())},
}
FLAT = {**CLUSTER, **SENTENCES, "type": "intrasentence"}


def read(folder):
    return load(SUITE.task("stereoset"), "validation", suite=SUITE, folder=folder, offline=True)


def run(tmp_path, predictions, path):
    return benchwright.evaluate(
        f"bert=predictions:{predictions}", [f"bias/stereoset?path={path}"], store=tmp_path / "store", offline=True
    )


def test_the_three_forms_of_a_cluster_are_one():
    rows = [cluster(one)[0] for one in (RELEASED, KEYED, {**FLAT, "row": "7"})]

    assert [row["options"] for row in rows] == [["bossy", "kind", "wellknown"]] * 3
    assert {row["text"] for row in rows} == {"Ann is {mask}."}
    assert [row["sentences"] for row in rows] == ["s0/s1/s2", "s0/s1/s2", "row 7"]


def test_a_word_is_that_at_the_blank_without_punctuation_as_the_official_loader_takes_it():
    row = cluster(
        {**FLAT, "context": "So BLANK, says Ann.", "stereotype": "So (bossy), says Ann."}
        | {"anti-stereotype": "So kind, says Ann.", "unrelated": "So fox, says Ann."}
    )[0]

    assert row["options"] == ["bossy", "kind", "fox"]
    assert row["text"] == "So {mask}, says Ann."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"context": "Ann is kind."}, "has no BLANK"),
        ({"context": None}, "no 'context' and 'target'"),
        ({"unrelated": None}, "not one each of"),
        ({"unrelated": "Ann"}, "has no word at the blank"),
        ({"unrelated": "Ann is ..."}, "has no word at the blank"),
    ],
)
def test_a_row_that_is_no_cluster_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        cluster({**FLAT, **change})


def test_the_released_document_is_read_from_its_intrasentence_part(tmp_path):
    (tmp_path / "dev.json").write_text(
        json.dumps({"version": "1.1", "data": {"intersentence": [{"id": "x"}], "intrasentence": [RELEASED]}})
    )

    (example,) = read(tmp_path).examples
    assert example.official_id == "s0/s1/s2"
    assert example.slices == {"bias_type": "gender", "target": "Ann"}


def test_a_document_without_that_part_is_refused(tmp_path):
    (tmp_path / "dev.json").write_text(json.dumps({"data": [CLUSTER]}))

    with pytest.raises(DataError, match="data/intrasentence"):
        read(tmp_path)


@pytest.mark.realdata
def test_the_public_development_set_has_2106_items_about_79_terms(shared_data):
    data = read(shared_data)

    assert len(data.examples) == 2106
    assert len({one.slices["target"] for one in data.examples}) == 79
    assert len({one.cluster for one in data.examples}) == 79
    assert not data.notes


@pytest.mark.realdata
@pytest.mark.parametrize("domain", ["race", "religion"])
def test_stored_predictions_give_the_published_scores_of_bert_base_cased_to_every_digit(shared_data, tmp_path, domain):
    folder = shared_data / "bias/StereoSet"
    cell = run(
        tmp_path,
        folder / "predictions/predictions_bert-base-cased_BertNextSentence_BertLM.json",
        folder / f"intrasentence_ids_{domain}_test.json",
    ).cells[0]
    lines = (folder / "predictions/expected_scores_bert.tsv").read_text().splitlines()
    expected = next(
        line.split("\t")[4:] for line in lines if line.startswith(f"bert-base-cased\tintrasentence\t{domain}\t")
    )

    found = {score.metric.partition("@")[0]: score.value for score in cell.scores if score.slice is None}
    assert [100 * found[name] for name in ("lms", "ss", "icat")] == pytest.approx(list(map(float, expected)), abs=1e-9)


PREDICTIONS = {"intrasentence": [{"id": f"s{at}", "score": score} for at, score in enumerate((0.5, 0.2, 0.1))]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"intrasentence": PREDICTIONS["intrasentence"][:2]}, "no score of 1 sentence: s2"),
        ({"intrasentence": PREDICTIONS["intrasentence"] * 2}, "is scored twice"),
        ({"intrasentence": [{"id": "s0", "score": "high"}]}, "the score is 'high'"),
        ({"intrasentence": [{"id": "s0", "score": True}]}, "the score is True"),
        ({"intrasentence": ["s0"]}, "entry 1"),
        ({"intersentence": []}, "has no 'intrasentence'"),
    ],
)
def test_predictions_that_do_not_score_every_sentence_once_are_refused(tmp_path, document, said):
    (tmp_path / "part.json").write_text(json.dumps([RELEASED]))
    (tmp_path / "scores.json").write_text(json.dumps(document))

    with pytest.raises(BenchwrightError) as refused:
        run(tmp_path, tmp_path / "scores.json", tmp_path / "part.json")
    assert said in str(refused.value)


def test_predictions_by_sentence_are_refused_where_items_have_no_ids(tmp_path):
    (tmp_path / "part.jsonl").write_text(json.dumps(FLAT))
    (tmp_path / "scores.json").write_text(json.dumps(PREDICTIONS))

    with pytest.raises(BenchwrightError, match="these items have none"):
        run(tmp_path, tmp_path / "scores.json", tmp_path / "part.jsonl")


def test_scores_of_other_sentences_are_left_alone_and_told(tmp_path):
    (tmp_path / "part.json").write_text(json.dumps([RELEASED]))
    more = {"intrasentence": [*PREDICTIONS["intrasentence"], {"id": "elsewhere", "score": 1.0}], "intersentence": []}
    (tmp_path / "scores.json").write_text(json.dumps(more))

    cell = run(tmp_path, tmp_path / "scores.json", tmp_path / "part.json").cells[0]
    assert cell.score.value == 0.0
    assert "scores of 1 further sentence that no item here has are left alone" in [one.sentence for one in cell.alarms]


def test_an_unknown_option_is_answered_with_those_there_are():
    with pytest.raises(ConfigError, match="no option 'paht'"):
        benchwright.evaluate("constant:0", ["bias/stereoset?paht=dev.json"])
