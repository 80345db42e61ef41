"""Slices of a run that a table leaves out are told, and a slice that is not there is refused shortly."""

import pytest

import benchwright


@pytest.fixture
def stored(tmp_path):
    """Two constants on thirty rows of each of fifteen languages."""
    rows = "".join(f"text {at},{'good' if at % 3 else 'bad'},l{at % 15:02}\n" for at in range(450))
    (tmp_path / "gold.csv").write_text(f"text,label,lang\n{rows}")
    path = f"classification/custom?path={tmp_path}/gold.csv&slice=lang"
    benchwright.evaluate(["constant:good", "constant:bad"], path, store=tmp_path / "results", name="r")
    return ("--store", tmp_path / "results")


def test_a_table_of_several_models_says_which_slices_it_leaves_out_and_how_to_see_them(program, stored):
    """A metric that has values by slice alone would otherwise show none."""
    both = program("show", "r", "--task", "classification/custom", *stored).stdout
    assert "15 slices of classification/custom not shown (lang=l00, lang=l01, ...)" in " ".join(both.split())
    one = program("show", "r:constant-good", "--task", "classification/custom", *stored).stdout
    assert "lang=l14" in one
    assert "not shown" not in one
    assert "not shown" not in program("show", "r", "--slice", "lang=l07", *stored).stdout


def test_of_many_slices_an_error_names_a_few_and_the_nearest(program, stored):
    """Hundreds of names hide the one that is meant."""
    said = program("show", "r", "--slice", "lang=l7", *stored, check=2).stderr
    assert "and 5 more" in said
    assert "did you mean" in said
    assert "lang=l07" in said
