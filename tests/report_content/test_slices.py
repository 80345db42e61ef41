"""The section `Slices`: what is told first, what is not tested, and that nothing is cut by its name."""

import re

import pytest

import benchwright
from benchwright import reporting
from benchwright.report_content.content import assemble
from benchwright.store import Store
from benchwright.types import ReportOptions

KINDS = ("aa", "bb", "cc", "zeta")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A model that fails on the slice kind=zeta, one that does not, and a constant; a slice of nine items with a hostile name."""
    folder = tmp_path_factory.mktemp("slices")
    rows = [(at, "ab"[(at * 7919 % 101) > 50], KINDS[at % 4] if at >= 9 else "<i>few") for at in range(409)]
    (folder / "own.csv").write_text(
        "text,label,kind\n" + "".join(f"text {at},{gold},{kind}\n" for at, gold, kind in rows)
    )
    for name, hard in (("weak", 2), ("even", 11)):
        said = [
            gold if (at * 31 % 97) % (hard if kind == "zeta" else 11) else "ab"[gold == "a"] for at, gold, kind in rows
        ]
        (folder / f"{name}.csv").write_text("index,label\n" + "".join(f"{at},{one}\n" for at, one in enumerate(said)))
    own = f"classification/custom?path={folder}/own.csv&slice=kind"
    models = [f"{name}=predictions:{folder}/{name}.csv" for name in ("even", "weak")]
    benchwright.evaluate([*models, "same=constant:a"], own, store=folder / "store", offline=True, name="r")
    return Store(folder / "store")


@pytest.fixture(scope="module")
def found(store):
    options = ReportOptions(against="even")
    return assemble([store.read_run("r")], store.read_records_with_inputs, options).slices


def test_the_slice_that_is_worse_comes_first(found):
    """The last slice by name leads the list, with both values, its size and an interval that excludes 0."""
    first = found.hard[0]

    assert (first.row.slice, first.row.system) == ("kind=zeta", "weak")
    assert first.row.value < first.row.other
    assert first.row.low < first.row.high < 0
    assert first.row.n == 100
    assert first.also == ()


def test_a_slice_that_differs_from_the_reference_is_paired(found):
    """Only the slice on which the two models differ is told, as a loss; p is adjusted over all slices of that comparison."""
    kinds = [one.row for one in found.apart if one.row.slice.startswith("kind=")]
    assert [(one.slice, one.system, one.is_worse) for one in kinds] == [("kind=zeta", "weak", True)]
    assert found.reference == "even"
    assert found.family_between == 4 + 2  # kinds and labels
    assert found.family_within == 2 * (4 + 1)  # of two labels one stands for both


def test_baselines_are_in_no_family(found):
    """A constant model's slices say what the gold answers are, and nothing of a candidate."""
    assert found.baselines
    assert "same" not in {one.system for one in (*found.within, *found.between)}


def test_small_slices_are_named_and_not_tested(found, store):
    """Nine items are no slice to be tested; they are told with their number, escaped."""
    assert [(one.slice, one.n) for one in found.small] == [("kind=<i>few", 9)]
    assert all("few" not in one.slice for one in (*found.within, *found.between))
    page = reporting.render([store.read_run("r")], store, "html", options=ReportOptions(against="even")).text
    assert "1 slice of fewer than 30 items" in page
    assert "&lt;i&gt;few" in page
    assert "<i>few" not in page


def test_the_page_says_the_family_and_the_rule(store):
    """A reader sees how many tests were made and by which rule p was adjusted."""
    page = reporting.render([store.read_run("r")], store, "html", options=ReportOptions(against="even")).text
    about = re.search(r'<h2 id="slices">.*?</p>', page, re.DOTALL).group()

    assert "(10 tests)" in about
    assert "(6 tests)" in about
    assert "Benjamini-Hochberg at 10 %" in about
