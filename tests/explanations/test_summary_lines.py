"""Summaries of explanations as lines: a table for each task with all models, remarks below it in few words."""

from __future__ import annotations

import msgspec
import pytest
from tests.explanations.test_heat_lines import SUMMARY

from benchwright.explanations.alarms import alarms_of
from benchwright.explanations.gaps import ItemMean
from benchwright.explanations.remarks import ModelMethod, chosen_of, whom
from benchwright.explanations.summary_lines import summary_html, summary_lines
from benchwright.types import Alarm, ExplainSpec, Explanation, MethodAgreement

FEW = Alarm(code="few-units", severity="note", sentence="only 12 items")
CHANCE = Alarm(code="no-better-than-random", severity="note", sentence="not distinguishable")


def made(model, base, method="shap", **changes):
    return msgspec.structs.replace(SUMMARY, model=model, base=base, method=method, **changes)


def pair(model):
    return MethodAgreement(
        model=model,
        base="a/one",
        split="test",
        methods=("shap", "lime"),
        attachments=("shap-0", "lime-0"),
        tau=0.5,
        tau_low=None,
        tau_high=None,
        n=3,
        overlap=0.5,
        overlap_low=None,
        overlap_high=None,
        overlap_random=0.2,
        overlap_n=3,
        top=3,
        undefined=0,
    )


def test_models_that_ran_one_after_another_stand_in_one_table_of_a_task_with_their_agreement_once():
    summaries = [made(model, base) for model in ("new", "old") for base in ("a/one", "a/two")]
    lines = summary_lines(summaries, [pair("new"), pair("old")])
    assert [line for line in lines if line.startswith("explanations of")] == [
        "explanations of a/one (test): 1 item",
        "explanations of a/two (test): 1 item",
    ]
    assert sum("shap and lime" in line for line in lines) == 2
    assert summary_html(summaries).count("<table") == 2


@pytest.mark.parametrize(
    ("places", "every", "told"),
    [
        (["a.shap"], ["a.shap"], ""),
        (["a.shap", "b.shap"], ["a.shap", "b.shap"], "all"),
        (["a.shap", "b.shap"], ["a.shap", "b.shap", "c.shap"], "a, b"),
        (["a.shap", "a.lime"], ["a.shap", "a.lime", "b.shap"], "shap, lime of a"),
        (["a.shap", "b.shap", "b.lime"], ["a.shap", "a.lime", "b.shap", "b.lime"], "shap of a, b; lime of b"),
        (
            [f"{one}.shap" for one in "abcdefg"],
            [f"{one}.shap" for one in "abcdefgh"],
            "a, b, c, d and 3 more",
        ),
    ],
)
def test_whom_a_remark_is_about_is_told_in_as_few_words_as_the_table_allows(places, every, told):
    assert (
        whom([ModelMethod(*one.split(".")) for one in places], [ModelMethod(*one.split(".")) for one in every]) == told
    )


def test_how_items_were_chosen_is_told_once_where_it_is_the_same():
    assert chosen_of([("a", "3 items"), ("b", "3 items")]) == "3 items"
    assert chosen_of([("a", "3 items"), ("b", "2 items"), ("c", "3 items")]) == "a, c: 3 items; b: 2 items"


def test_remarks_stand_below_the_table_of_their_task_and_random_values_are_not_told_to_be_random():
    one = [
        made("new", "a/one", alarms=(FEW,)),
        made("old", "a/one"),
        made("old", "a/one", "random", alarms=(CHANCE,)),
    ]
    lines = summary_lines([*one, made("new", "a/two", alarms=(FEW,))])
    remarks = [line for line in lines if line.startswith(("* ", "! "))]
    assert remarks == ["* shap of new: only 12 items", "* only 12 items"]
    assert lines.index(remarks[0]) < lines.index("explanations of a/two (test): 1 item") < lines.index(remarks[1])


def test_what_is_explained_is_told_where_it_is_no_probability():
    assert " of " not in summary_lines([made("new", "a/one")])[1]
    lines = summary_lines([made("new", "a/one", scale="logit"), made("old", "a/one", scale="agreement")])
    assert " of " in lines[1]
    assert " logit " in lines[2]
    assert " answer stays (1 or 0) " in lines[3]


def test_where_nothing_is_explained_nobody_says_that_it_was_not_judged():
    found = [Explanation(id="a", words=(), attributions=())]
    told = alarms_of(found, (), ItemMean(value=None, n=0), spec=ExplainSpec(method="shap"), scale="probability")
    assert [one.code for one in told] == ["nothing-to-explain"]
