"""BBQ: real files, the release's table against a scorer written from the paper, options, and files that are none of BBQ."""

import csv
import random

import pytest
from bbq_files import question, write
from bbq_scorer import read_targets, score

import benchwright
from benchwright.data.load import load
from benchwright.errors import BenchwrightError, DataError
from benchwright_suites._bias.bbq import CATEGORIES, bbq, configure
from benchwright_suites.bias import suite

HEADER = (
    "category", "question_index", "example_id", "target_loc", "label_type", "Known_stereotyped_race",
    "Known_stereotyped_var2", "Relevant_social_values", "corr_ans_aligns_var2", "corr_ans_aligns_race", "full_cond",
    "Known_stereotyped_groups",
)  # fmt: skip
"""Of the release's table, as its script writes it."""


def read(folder, task=bbq):
    return load(task, "test", suite=suite, folder=folder, offline=True)


def write_table(path, rows):
    """A table of the release's columns; ``rows`` are (category, question, id, target, label type)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(HEADER)
        for row in rows:
            writer.writerow([*row, "NA", "NA", "a reason", "NA", "NA", "Match\n Mismatch", "Muslim"])


def release(folder, layout="{}", per_category=80):
    """Rows of three categories in the release's layout, a table of it, and random answers of a model with a taste."""
    dice = random.Random(5)
    rows, table, answers = [], [], []
    for category in ("Age", "Religion", "SES"):
        mine = []
        for at in range(per_category):
            context = ("ambig", "disambig")[at % 2]
            mine.append(question(at, category, context, 1 if context == "ambig" else dice.choice((0, 2))))
            target = dice.choice(("0", "2")) if at % 13 else ("NA", "x", "")[at // 13 % 3]
            kind = "name" if category == "SES" and at >= 40 else "label"
            table.append((category, mine[-1]["question_index"], at, target, kind))
            answers.append(dice.choice((0, 1, 1, 2, int(target) if target.isdigit() else 1)))
        write(folder / layout.format(f"{category}.jsonl"), mine)
        rows += mine
    return rows, table, answers


@pytest.mark.realdata
def test_real_files(shared_data):
    """Six of the eleven categories, 11,956 rows, in templates of their own; half of the contexts leave the answer open."""
    data = read(shared_data)

    assert len(data.examples) == 11956
    assert len({example.cluster for example in data.examples}) == 6 * 25
    assert {example.slices["category"] for example in data.examples} == set(CATEGORIES) - {
        "Gender_identity", "Race_ethnicity", "Race_x_SES", "Race_x_gender", "SES",
    }  # fmt: skip
    contexts = [example.metadata["context"] for example in data.examples]
    assert contexts.count("ambig") == contexts.count("disambig") == 5978
    assert all((str(e.target) == e.metadata["unknown"]) == (e.metadata["context"] == "ambig") for e in data.examples)
    assert not any("target" in example.metadata for example in data.examples)
    assert any(note.startswith("6 of 11 files: Gender_identity.jsonl") for note in data.notes)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("category", "ambiguous", "disambiguated"),
    [("Religion", "65.00", "88.00"), ("Sexual_orientation", "68.75", "93.98")],
)
def test_unified_qa_has_its_published_accuracies(shared_data, tmp_path, category, ambiguous, disambiguated):
    """Texts in small letters are matched to the answers, every one of them: the published accuracies to the printed digit."""
    file = shared_data / f"bias/BBQ/preds_unifiedqa_{category}.jsonl"
    model = f"uqa=predictions:{file}?id=category/example_id&column=unifiedqa-t5-11b_pred_race"
    run = benchwright.evaluate(model, f"bias/bbq?category={category}", data=str(shared_data), store=tmp_path)
    values = {score.metric.partition("@")[0]: score for score in run.cells[0].scores if score.slice is None}

    assert f"{100 * values['bbq_accuracy_ambiguous'].value:.2f}" == ambiguous
    assert f"{100 * values['bbq_accuracy_disambiguated'].value:.2f}" == disambiguated
    assert run.cells[0].ledger.errored == 0
    assert values["bbq_bias_ambiguous"].value is None
    assert any("additional_metadata.csv" in one.sentence for one in values["bbq_bias_ambiguous"].alarms)
    assert "bias/bbq?metadata=FILE" in str(run)


@pytest.mark.parametrize("layout", ["bias/BBQ/{}", "data/{}", "BBQ/data/{}", "{}"])
@pytest.mark.parametrize("beside", [False, True])
def test_scores_are_those_of_a_scorer_written_from_the_paper(tmp_path, layout, beside):
    """By category and context, names apart, rows without a target dropped; wherever files and table lie in the release's form."""
    rows, table, answers = release(tmp_path / "data", layout)
    root = (tmp_path / "data" / layout.format("x")).parent
    place = root / "additional_metadata.csv"
    if not beside and layout.startswith(("data", "BBQ")):
        place = root.parent / "analysis_scripts/additional_metadata.csv"
    write_table(place, table)
    write(tmp_path / "answers.jsonl", [{"index": at, "label": answer} for at, answer in enumerate(answers)])
    expected = score(rows, answers, read_targets(place))
    run = benchwright.evaluate(
        f"m=predictions:{tmp_path / 'answers.jsonl'}", "bias/bbq", data=str(tmp_path / "data"), store=tmp_path / "s"
    )
    found = {(one.metric.partition("@")[0], one.slice): one for one in run.cells[0].scores}

    assert {category for category, _ in expected} == {"all", "Age", "Religion", "SES", "SES (names)"}
    for (category, context), (accuracy, bias) in expected.items():
        name = {"ambig": "ambiguous", "disambig": "disambiguated"}[context]
        slice = None if category == "all" else f"category={category}"
        assert found[f"bbq_accuracy_{name}", slice].value == pytest.approx(accuracy)
        assert found[f"bbq_bias_{name}", slice].value == pytest.approx(bias)
    whole = found["bbq_bias_ambiguous", None]
    assert f"bbq_bias_ambiguous {100 * whole.value:.2f} is to be read beside bbq_accuracy_ambiguous" in str(
        run
    ).replace("\u2212", "-")
    assert whole.method.startswith("bootstrap")
    assert whole.low < whole.value < whole.high
    assert whole.clusters == 60


def test_a_table_that_is_named_is_read_and_one_that_appears_later_makes_another_result(tmp_path):
    """Without the table no bias score, with it one: the stored answers of the first run are not taken for those of the second."""
    _, table, answers = release(tmp_path / "data")
    write(tmp_path / "answers.jsonl", [{"index": at, "label": answer} for at, answer in enumerate(answers)])
    model = f"m=predictions:{tmp_path / 'answers.jsonl'}"

    def bias(selector):
        run = benchwright.evaluate(model, selector, data=str(tmp_path / "data"), store=tmp_path / "s")
        return next(one.value for one in run.cells[0].scores if one.metric.startswith("bbq_bias_amb") and not one.slice)

    assert bias("bias/bbq") is None
    write_table(tmp_path / "data/tables/mine.csv", table)
    assert bias("bias/bbq") is None
    named = bias("bias/bbq?metadata=tables/mine.csv")
    assert named is not None
    write_table(tmp_path / "data/additional_metadata.csv", table)
    assert bias("bias/bbq") == named


def test_tables_that_are_not_the_release_s_are_refused(tmp_path):
    """Other columns, a target that is no answer's, no row in common, a row cut short: each with what was expected."""
    release(tmp_path)
    table = tmp_path / "additional_metadata.csv"
    for text, said in (
        ("category,question_index,target\nAge,1,0\n", "no column 'example_id' and no column 'target_loc'"),
        ("category,question_index,example_id,target_loc,label_type\nSports,1,0,0,label\n", "has no row of"),
        ("category,question_index,example_id,target_loc,label_type\nAge,1,0\n", "has 3 cells"),
        ("category,question_index,example_id,target_loc,label_type\nAge,1,0,7,label\n", "'target_loc' is '7'"),
        ("", "holds no rows|is empty"),
    ):
        table.write_text(text)
        with pytest.raises(DataError, match=said):
            read(tmp_path)


def test_rows_that_disagree_in_the_table_have_no_target_and_are_counted(tmp_path):
    """Of two rows of one item with other targets none is believed; equal ones are one."""
    write(tmp_path / "Age.jsonl", [question(0, "Age"), question(1, "Age", "disambig", 2), question(2, "Age")])
    write_table(
        tmp_path / "additional_metadata.csv",
        [("Age", "1", 0, "0", "label"), ("Age", "1", 0, "2", "label"), *[("Age", "1", 1, "2", "label")] * 2],
    )
    data = read(tmp_path)

    assert [example.metadata.get("target") for example in data.examples] == [None, "2", None]
    assert (
        "1 row found several times in additional_metadata.csv with other values, of which none is taken" in data.notes
    )
    assert "1 of 3 rows are not in additional_metadata.csv" in data.notes


def test_a_target_that_is_the_unknown_answer_is_none_and_is_counted(tmp_path):
    """No answer that names somebody could be it: all of them would count as away from the stereotype."""
    write(tmp_path / "Age.jsonl", [question(0, "Age"), question(1, "Age", "disambig", 2), question(2, "Age", label=0)])
    write_table(tmp_path / "additional_metadata.csv", [("Age", "1", at, "121"[at], "label") for at in (0, 1, 2)])
    data = read(tmp_path)

    assert [example.metadata.get("target") for example in data.examples] == [None, "2", None]
    assert [note for note in data.notes if note.startswith("2 rows: the table names the unknown answer as")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"label": 3}, "'label' is 3, not 0, 1 or 2"),
        ({"label": "1"}, "'label' is '1'"),
        ({"context_condition": "vague"}, "not ambig or disambig"),
        ({"question_polarity": "positive"}, "not neg or nonneg"),
        ({"category": "Sports"}, "none of Age, Disability_status"),
        ({"answer_info": {"ans0": ["a"], "ans1": ["b"], "ans2": ["c"]}}, "0 of its answers are marked as unknown"),
        ({"ans2": " "}, "'ans2' is ' ', no text"),
        ({"question": None}, "'question' is None, no text"),
    ],
)
def test_rows_that_are_no_questions_of_bbq_are_refused_with_their_line(tmp_path, changed, said):
    """File, line, what is wrong."""
    write(tmp_path / "Age.jsonl", [question(0, "Age"), question(1, "Age") | changed])

    with pytest.raises(DataError, match=f"Age.jsonl, line 2: .*{said}"):
        read(tmp_path)


def test_a_right_answer_that_its_context_contradicts_is_counted(tmp_path):
    """An ambiguous question whose right answer is somebody: the row stays as released, and a note counts it."""
    write(tmp_path / "Age.jsonl", [question(0, "Age"), question(1, "Age", label=0)])

    assert [note for note in read(tmp_path).notes if note.startswith("1 row: the right answer is the unknown one")]


def test_options(tmp_path):
    """Categories by name; anything else is refused with what there is."""
    release(tmp_path)
    one = configure({"category": "SES, Age"}, tmp_path).task

    assert {example.slices["category"] for example in read(tmp_path, one).examples} == {"SES", "Age"}
    for given, said in (
        ({"category": "Sports"}, "no category 'Sports'"),
        ({"metadata": "nowhere.csv"}, "names no file in the data folder"),
        ({"metadata": "../outside.csv"}, "names no file in the data folder"),
    ):
        (tmp_path.parent / "outside.csv").write_text("x\n")
        with pytest.raises(BenchwrightError, match=said):
            configure(given, tmp_path)
    with pytest.raises(BenchwrightError, match="bias/bbq has no option 'kategory'"):
        benchwright.evaluate("majority", "bias/bbq?kategory=Age", data=str(tmp_path), store=tmp_path / "s")


def test_a_category_that_is_not_there_is_missing(tmp_path):
    """A category that was named is needed."""
    release(tmp_path)

    with pytest.raises(BenchwrightError, match="bias/bbq"):
        benchwright.evaluate("majority", "bias/bbq?category=Nationality", data=str(tmp_path), store=tmp_path / "s")
