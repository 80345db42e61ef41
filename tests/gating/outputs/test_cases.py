"""Failing cases of behavioural tests in every output: names, what was expected and answered, and texts unless they are left out."""

import json

import msgspec
import pytest
from tests.gating.outputs.conftest import EVIL, finding, result

from benchwright.gating.outputs import WRITERS
from benchwright.gating.outputs.json import read_json, write_json
from benchwright.gating.verdict import FailingCase

CASE = FailingCase(
    case="plain/17",
    test="plain",
    capability="Negation",
    type="MFT",
    expected=("negative",),
    candidate=("positive",),
    failed=(True,),
    baseline=("negative",),
    texts=("The food is not good.",),
)
TYPO = FailingCase(
    case="typo/3",
    test="typo",
    capability="Robustness",
    type="INV",
    expected=("as the original (± 0.1)",) * 3,
    candidate=("positive", "positive", "negative"),
    failed=(False, False, True),
    texts=("great plot", "graet plot", "gerat plot"),
)


def judged(*cases, failing=None):
    """A result with one failing finding of the rule about behaviour."""
    fields = {
        "kind": "behaviour",
        "path": "behaviour/sentiment",
        "metric": "new_failures",
        "slice": "test=plain",
        "message": "2 cases of 100 fail that the baseline passes; none is allowed, no test",
        "cases": cases,
        "failing": len(cases) if failing is None else failing,
        "flipped": tuple(case.case for case in cases),
        "limit": 0.0,
    }
    return result([finding("FAIL", **fields)])


@pytest.mark.parametrize("form", ["junit", "markdown", "html", "json"])
def test_every_file_names_the_cases_with_their_texts(form):
    """What fails, on which text, and what was said."""
    text = WRITERS[form](judged(CASE, TYPO))
    for part in ("plain/17", "The food is not good.", "gerat plot", "typo/3"):
        assert part in text, f"{part} is not in {form}"


def test_text_shows_the_original_and_the_variants_that_fail():
    """A variant that holds is not in the way."""
    lines = judged(CASE, TYPO).lines()
    text = "\n".join(lines)
    assert '"The food is not good.": expected negative; baseline negative, candidate positive' in text
    assert '"great plot": original; candidate positive' in text
    assert '"gerat plot": expected as the original (± 0.1); candidate negative' in text
    assert "graet" not in text


def test_cases_that_are_not_written_out_are_counted():
    """Five are shown, and the rest is said to be there."""
    many = [msgspec.structs.replace(CASE, case=f"plain/{at}") for at in range(8)]
    text = "\n".join(judged(*many, failing=40).lines())
    assert "plain/4 " in text
    assert "plain/5 " not in text
    assert "and 35 more" in text


def test_verdict_json_is_read_back():
    """Cases and all."""
    found = judged(CASE, TYPO)
    assert read_json(write_json(found)).findings[0].cases == (CASE, TYPO)
    assert json.loads(write_json(found))["findings"][0]["cases"][0]["texts"] == ["The food is not good."]


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_texts_that_attack_are_harmless(form):
    """Texts of cases come from data, as everything does that is escaped."""
    evil = FailingCase(
        case=EVIL,
        test=EVIL,
        capability=EVIL,
        type="MFT",
        expected=(EVIL,),
        candidate=(EVIL,),
        failed=(True,),
        texts=(EVIL,),
    )
    text = WRITERS[form](judged(evil))
    assert "\x1b" not in text
    if form in ("html", "junit", "badge"):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    if form == "annotations":
        assert "\n::error::x" not in text
