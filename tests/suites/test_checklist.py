"""The suite `checklist`: tasks from archives and files of first cases, their options, and stored results through a whole run."""

import json
from pathlib import Path

import pytest

import benchwright
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.testing import check_suite
from benchwright_suites.checklist import suite

ARCHIVES = Path(__file__).resolve().parents[1] / "behaviour" / "released_like"
HEADER = "functionality,case_id,test_case,label_gold,target_ident,direction,focus_words,focus_lemma,ref_case_id,ref_templ_id,templ_id"
HATECHECK = "\n".join(
    [
        HEADER,
        *(
            f"ident_pos_nh,{at},I like neighbour {at} from the hill.,non-hateful,hill people,general,,,,,1"
            for at in range(6)
        ),
        *(
            f"negate_pos_h,{at},Nobody should like hill {at}.,hateful,hill people,directed,,,1,1,2"
            for at in range(6, 12)
        ),
        *(f"target_obj_nh,{at},This soup number {at} is dreadful.,non-hateful,,,,,,,3" for at in range(12, 18)),
    ]
)


def score_of(run, metric="failure_rate", where=None):
    return next(s for s in run.cells[0].scores if s.metric.partition("@")[0] == metric and s.slice == where)


def test_contract():
    assert "survives JSON" in check_suite(suite)


@pytest.mark.parametrize("name", ["sentiment", "qqp", "squad"])
@pytest.mark.parametrize("place", ["", "release_suites", "checklist/release_suites"])
def test_an_archive_is_found_in_a_data_folder(tmp_path, name, place):
    """As it was downloaded, in release_suites/ or beside other files; what fails is counted by hand."""
    folder = tmp_path / "data" / place
    folder.mkdir(parents=True)
    (folder / f"{name}_suite.tar.gz").write_bytes((ARCHIVES / f"{name}_suite.tar.gz").read_bytes())
    (tmp_path / "answers").write_text("Ann\n" * 8)
    models = {
        "sentiment": "constant:positive",
        "qqp": "constant:duplicate",
        "squad": f"predictions:{tmp_path}/answers?format=pred_only",
    }

    run = benchwright.evaluate(
        models[name], f"checklist/{name}", data=tmp_path / "data", store=tmp_path / "store", offline=True
    )

    failed, cases = {"sentiment": (2, 15), "qqp": (2, 5), "squad": (4, 5)}[name]
    assert score_of(run).value == pytest.approx(failed / cases)
    assert score_of(run).n == cases


def test_a_path_cases_and_the_makers_run_are_options(tmp_path):
    """?path=, ?cases=1 and ?cases=run; an unknown option or value is refused with what there is."""
    path = ARCHIVES / "sentiment_suite.tar.gz"

    def cases(options):
        run = benchwright.evaluate(
            "constant:positive", f"checklist/sentiment?path={path}{options}", store=tmp_path, offline=True
        )
        return score_of(run).n

    assert (cases(""), cases("&cases=run"), cases("&cases=1"), cases("&cases=all")) == (15, 13, 7, 15)
    for options, message in (
        ("&cases=some", "cases=some"),
        ("&implications=notebook", "no option 'implications'"),
        ("&trained_on=glue/nothing", "trained_on=glue/nothing"),
    ):
        with pytest.raises((ConfigError, BenchwrightError), match=message):
            cases(options)
    with pytest.raises((ConfigError, BenchwrightError), match=r"absent\.tar\.gz"):
        benchwright.evaluate(
            "constant:positive", "checklist/sentiment?path=absent.tar.gz", store=tmp_path, offline=True
        )


def test_hatecheck_is_read_from_the_release(tmp_path):
    """A functionality is an MFT, its class the capability; target groups are slices and templates clusters."""
    path = tmp_path / "test_suite_cases.csv"
    path.write_text(HATECHECK)

    run = benchwright.evaluate(
        "constant:non-hateful", f"checklist/hatecheck?path={path}", store=tmp_path / "store", offline=True
    )

    assert score_of(run).value == pytest.approx(1 / 3)
    assert score_of(run).clusters == 3
    assert score_of(run, where="test=negate_pos_h").value == 1
    assert score_of(run, where="capability=Non-hateful group identifier").value == 0
    assert score_of(run, where="target_group=hill people").value == 0.5
    assert score_of(run, where="direction=general").value == 0


def test_contrasting_cases_of_hatecheck_are_judged_in_pairs(tmp_path):
    """Two non-hateful cases name the hateful one that they contrast; a reference of the same label makes no pair."""
    rows = [
        HEADER,
        "derog_neg_emote_h,1,I dislike hill people.,hateful,hill people,general,,,,,1",
        "ident_pos_nh,2,I like hill people.,non-hateful,hill people,general,,,1,1,2",
        "target_obj_nh,3,I dislike soup.,non-hateful,,,,,1.0,1,3",
        "spell_leet_h,4,I d1slike hill people.,hateful,hill people,general,,,1,1,4",
    ]
    path = tmp_path / "test_suite_cases.csv"
    path.write_text("\n".join(rows))
    (tmp_path / "answers").write_text("hateful\nnon-hateful\nhateful\nhateful\n")

    def rate(model):
        run = benchwright.evaluate(
            model, f"checklist/hatecheck_pairs?path={path}", store=tmp_path / "store", offline=True
        )
        return score_of(run)

    assert (rate("constant:hateful").value, rate("constant:hateful").n) == (1, 2)
    assert rate(f"predictions:{tmp_path / 'answers'}?format=lines").value == 0.5
    path.write_text("\n".join([rows[0], *rows[2:]]))
    with pytest.raises((ConfigError, BenchwrightError), match="line 2: its reference, case 1, is not in the file"):
        rate("constant:hateful")


def test_an_archive_of_another_suite_is_refused(tmp_path):
    """The file says what it holds; what to type is named."""
    path = ARCHIVES / "sentiment_suite.tar.gz"

    with pytest.raises((ConfigError, BenchwrightError), match="holds the suite sentiment") as caught:
        benchwright.evaluate("constant:duplicate", f"checklist/qqp?path={path}", store=tmp_path, offline=True)

    assert "checklist/sentiment?path=" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",hateful,", ",maybe,", "line 8.*label_gold is 'maybe'"),
        ("Nobody should like hill 6.", "", "line 8.*no test_case"),
        ("label_gold", "gold", "no label_gold"),
        ("\nnegate_pos_h,7", "\nnegate_pos_h,6", "line 9: the case negate_pos_h/6 stands twice, first in line 8"),
    ],
)
def test_a_hatecheck_file_that_does_not_fit_is_refused(tmp_path, old, new, message):
    path = tmp_path / "test_suite_cases.csv"
    path.write_text(HATECHECK.replace(old, new))

    with pytest.raises((ConfigError, BenchwrightError), match=message):
        benchwright.evaluate(
            "constant:hateful", f"checklist/hatecheck?path={path}", store=tmp_path / "store", offline=True
        )


@pytest.mark.realdata
def test_the_stored_counts_are_those_of_the_file(shared_data):
    """Values of `verify` are counted here from `bert_passed`, which our judge never sees."""
    counted = {}
    for line in (shared_data / "checklist" / "squad.jsonl").read_text().splitlines():
        row = json.loads(line)
        counted[row["test"]] = counted.get(row["test"], 0) + (row["bert_passed"] is False)

    first = [row for row in suite.published if "100 cases" in row.what]
    assert len(first) == 19
    assert all(counted[row.slice.removeprefix("test=")] == int(row.value) for row in first)


@pytest.mark.realdata
def test_the_rates_of_the_whole_suite_are_those_of_the_reference(shared_data):
    """24 rows, which are recomputed where the user gives the archive: cases, failures and rate as the reference says."""
    lines = (shared_data / "checklist" / "squad_expected_failure_rates.tsv").read_text().splitlines()
    columns = lines[0].split("\t")
    expected = {row["test"]: row for row in (dict(zip(columns, line.split("\t"), strict=True)) for line in lines[1:])}

    whole = [row for row in suite.published if row.predictions.endswith(".tar.gz")]

    assert len(whole) == len(expected) == 24
    for row in whole:
        known = expected[row.slice.removeprefix("test=")]
        assert float(row.value) == float(known["fail_pct"])
        assert f"{known['n_cases']} cases" in row.what


def test_the_answers_that_an_archive_holds_are_predictions(tmp_path):
    """Written by the real package under Python 3.7: four of five cases failed there; one is a name that follows its text here."""
    path, other = (ARCHIVES / f"{name}_suite.tar.gz" for name in ("squad", "qqp"))

    run = benchwright.evaluate(
        f"predictions:{path}", f"checklist/squad?path={path}&cases=all", store=tmp_path, offline=True
    )

    assert score_of(run).value == pytest.approx(3 / 5)
    with pytest.raises((ConfigError, BenchwrightError), match="without a model's answers"):
        benchwright.evaluate(f"predictions:{other}", f"checklist/qqp?path={other}", store=tmp_path, offline=True)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: [*lines, lines[0]], "6 duplicated|2 duplicated"),
        (lambda lines: [*lines, lines[0].replace('"case": 0,', '"case": 100000,')], "foreign"),
    ],
)
def test_a_file_of_cases_with_a_row_too_many_is_refused(shared_data, tmp_path, change, message):
    lines = (shared_data / "checklist" / "squad.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "more.jsonl").write_text("".join(change(lines)))

    with pytest.raises((ConfigError, BenchwrightError), match=message):
        benchwright.evaluate(
            f"predictions:{tmp_path / 'more.jsonl'}?column=bert_pred",
            "checklist/squad",
            data=shared_data,
            store=tmp_path / "store",
            offline=True,
        )


@pytest.mark.realdata
def test_a_file_of_cases_with_a_row_too_few_is_refused(shared_data, tmp_path):
    lines = (shared_data / "checklist" / "squad.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "less.jsonl").write_text("".join(lines[:-1]))

    with pytest.raises((ConfigError, BenchwrightError), match="6 missing"):
        benchwright.evaluate(
            f"predictions:{tmp_path / 'less.jsonl'}?column=bert_pred",
            "checklist/squad",
            data=shared_data,
            store=tmp_path / "store",
            offline=True,
        )
