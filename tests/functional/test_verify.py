"""Published numbers come out of published outputs, and one corrupted prediction is seen."""

import json
import shutil
from pathlib import Path

import pytest

from benchwright import registry, verify
from benchwright.errors import PluginError
from benchwright.types import Published

PAGE = Path(__file__).resolve().parents[2] / "docs" / "verification.md"
NER = (
    "ner/WNUT17/emerging.test.annotated",
    "ner/WNUT17/submissions/uh_ritual",
    "reference_outputs/conlleval/output.txt",
)


@pytest.fixture
def some_data(shared_data, tmp_path):
    """A folder with a few of the files that published rows need."""
    for name in NER:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(shared_data / name, tmp_path / "data" / name)
    return tmp_path / "data"


def turn_off(path):
    """Write `O` for the first tag that begins an entity."""
    lines = path.read_bytes().split(b"\n")
    row = next(number for number, text in enumerate(lines) if b"\tB-" in text)
    lines[row] = lines[row].partition(b"\t")[0] + b"\tO\r"
    path.write_bytes(b"\n".join(lines))


def by_what(rows):
    """Short name of a row -> row."""
    return {row.what: row for row in rows}


@pytest.fixture
def one_suite(monkeypatch):
    """Make the registry know one suite with the given published rows."""

    def put(*rows):
        import msgspec

        from benchwright_suites.glue import suite

        changed = msgspec.structs.replace(suite, published=rows)
        monkeypatch.setattr(registry, "names", lambda group: ("glue",))
        monkeypatch.setattr(registry, "get", lambda group, name: changed)

    return put


def test_averages_need_no_data():
    """Without files, averages of published task scores are recomputed and the other rows are not here."""
    rows = verify.verify()
    averages = [row for row in rows if row.recomputed is not None]

    assert [(row.published, row.recomputed) for row in averages] == [
        ("63.5", "63.5"),
        ("60.4", "60.4"),
        ("69.47", "69.47"),
        ("71.35", "71.35"),
    ]
    assert all(row.equal for row in averages)
    assert {row.reason for row in rows if row.recomputed is None} == {"not here: no data folder"}


def test_a_wrong_average_is_unequal(one_suite):
    """A published number that the recipe does not give is unequal, in the last digit too."""
    import msgspec

    from benchwright_suites.glue import _PUBLISHED

    one_suite(msgspec.structs.replace(_PUBLISHED[0], value="63.6"))

    (row,) = verify.verify()

    assert (row.published, row.recomputed, row.equal) == ("63.6", "63.5", False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aggregate": "glue-none"}, "no aggregate 'glue-none'"),
        ({"scores": {"mrpc": (1.0,)}}, "1 scores of glue/mrpc"),
        ({"scores": {"none": (1.0,)}}, "1 scores of glue/none"),
        ({"scores": {"cola": (1.0,)}}, "no average, sst2"),
    ],
)
def test_a_row_that_cannot_be_meant(one_suite, changes, said):
    """A row with an unknown recipe or task, or too few scores, is a fault of the suite, not a quiet gap."""
    one_suite(Published(what="row", source="nobody", value="1.0", **{"aggregate": "glue-official-9", **changes}))

    with pytest.raises(PluginError, match=said):
        verify.verify()


def test_exit_code_when_nothing_is_there(one_suite, monkeypatch):
    """Rows whose files are absent exit 3 when nothing else was recomputed."""
    from benchwright.cli.main import call

    one_suite(
        Published(what="row", source="s", value="1.0", predictions="a.txt", selector="glue/rte", metric="accuracy")
    )

    assert call(["verify", "--quiet"]) == 3


def test_the_wrong_folder_is_no_success(program, tmp_path):
    """With --data and not one file of a row in it, averages alone are no success: exit 3, and what is expected there."""
    done = program("verify", "--data", tmp_path, check=3)

    assert "4 of 4 recomputed numbers are equal" in done.stdout
    every = [row for name in registry.names("suites") for row in registry.get("suites", name).published]
    needy = sum(not row.aggregate for row in every)
    assert needy >= 51
    assert f"none of the {needy} published predictions is in {tmp_path}" in done.stderr
    assert "expected: a folder that holds " in done.stderr
    assert "ner/WNUT17/submissions/" in done.stderr


@pytest.fixture(scope="module")
def recomputed(shared_data):
    """Every row of every suite."""
    return verify.verify(shared_data)


@pytest.mark.realdata
def test_every_published_number(recomputed):
    """Every row of every suite whose files are here is recomputed and equal, to every printed digit."""
    absent = [row for row in recomputed if row.equal is None]
    assert {row.reason for row in absent} <= {"not here: checklist/squad_suite.tar.gz"}  # the user's own copy
    assert [(row.what, row.published, row.recomputed) for row in recomputed if row.equal is False] == []
    assert {row.published for row in recomputed} >= {
        "83.824098", "56.275862", "71.848308",
        "41.86", "40.78", "39.98", "68.83", "80.83", "74.35", "84.08", "0.8803", "63.5", "60.4", "69.47", "71.35",
    }  # fmt: skip


@pytest.mark.realdata
def test_the_page_is_current(recomputed):
    """`docs/verification.md` is what `benchwright verify --write` writes now."""
    assert PAGE.read_text(encoding="utf-8") == verify.page(recomputed)


@pytest.mark.realdata
def test_one_corrupted_prediction_is_seen(some_data, program):
    """One changed tag makes its row unequal and the exit code 1; rows of other files stay as they are."""
    submission = some_data / "ner/WNUT17/submissions/uh_ritual"
    turn_off(submission)

    done = program("verify", "--data", some_data, "--format", "json", check=1)
    rows = {row["what"]: row for row in json.loads(done.stdout)["rows"]}

    assert rows["WNUT-17, UH-RiTUAL, entity F1"]["equal"] is False
    assert rows["conlleval sample, FB1"]["equal"] is True
    assert rows["WNUT-17, Arcada, entity F1"]["equal"] is None
    assert rows["WNUT-17, Arcada, entity F1"]["reason"] == "not here: ner/WNUT17/submissions/arcada"


@pytest.mark.realdata
def test_one_changed_tag_changes_the_digits(some_data):
    """A right entity that is predicted as none lowers the recomputed number below the published one."""
    sample = some_data / "reference_outputs/conlleval/output.txt"
    lines = sample.read_bytes().split(b"\n")
    line = next(n for n, text in enumerate(lines, 1) if text.split()[-2:] == [b"B-NP", b"B-NP"])
    lines[line - 1] = lines[line - 1].removesuffix(b"B-NP") + b"O"
    sample.write_bytes(b"\n".join(lines))

    rows = by_what(verify.verify(some_data))

    assert rows["conlleval sample, FB1"].equal is False
    assert float(rows["conlleval sample, recall"].recomputed) < 80.83
    assert float(rows["conlleval sample, accuracy"].recomputed) < 84.08


@pytest.mark.realdata
def test_unreadable_predictions_are_unequal(some_data):
    """Predictions that lost a sentence are no quiet gap: the row is unequal and says why."""
    submission = some_data / "ner/WNUT17/submissions/uh_ritual"
    submission.write_bytes(submission.read_bytes()[:5000])

    row = by_what(verify.verify(some_data))["WNUT-17, UH-RiTUAL, entity F1"]

    assert (row.recomputed, row.equal) == (None, False)
    assert "uh_ritual" in row.reason


@pytest.mark.realdata
def test_absent_gold_is_not_here(some_data):
    """Predictions without the data set that they answer are not here."""
    (some_data / "ner/WNUT17/emerging.test.annotated").unlink()

    row = by_what(verify.verify(some_data))["WNUT-17, UH-RiTUAL, entity F1"]

    assert (row.recomputed, row.equal) == (None, None)
    assert row.reason.startswith("not here: ner/wnut17, test split")
