"""A checkpoint that is known: one word decides. Integrated gradients of its raw output must name it; of one that reads nothing, nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.explanations.planted import TASK, WORD, items, presence, session_of, texts
from tests.explanations.planted_checkpoint import blind, open_checkpoint, train

from benchwright.errors import ModelError
from benchwright.explain_summaries import summarise
from benchwright.explanations.attachment import attachment_spec
from benchwright.explanations.explain import explain_items
from benchwright.types import ExplainSpec, Explanation, ExplanationSummary, Session

pytestmark = [pytest.mark.torch]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(tmp_path_factory.mktemp("planted"))


def explained(session: Session, said: list[str], method: str) -> tuple[list[Explanation], ExplanationSummary]:
    """Explanations of texts on the raw output, and what they say together."""
    spec = ExplainSpec(method=method, scale="logit")
    asked = items(session, said)
    found = list(explain_items(session, TASK, asked, spec, seed=0))
    assert not [one.error for one in found if one.error]
    examples = [example for example, _ in asked]
    return found, summarise(found, spec=spec, task=TASK, model="planted", examples=examples, base="s/planted")


def named_first(said: list[str], found: list[Explanation]) -> float:
    """Share of texts in which the planted word has the highest value."""
    tops = [one.words[int(np.argmax(one.attributions[0].values))] for one in found]
    return sum(text[top.start : top.end] == WORD for text, top in zip(said, tops, strict=True)) / len(said)


@pytest.mark.parametrize("number", [24, pytest.param(500, marks=pytest.mark.soak)])
def test_a_planted_word_is_named_first_and_chance_does_not(trained: Path, number: int) -> None:
    """Its faithfulness interval excludes random's; random attributions are not told from random ones."""
    session, said = open_checkpoint(trained), texts(number)
    assert {prediction.output for _, prediction in items(session, said)} == {"yes"}

    found, summary = explained(session, said, "integrated_gradients")
    drawn, chance = explained(session, said, "random")

    share = named_first(said, found)
    gap = summary.faithfulness[0]
    print(
        f"first in {share:.1%} of {number}, random {named_first(said, drawn):.1%}; gap {gap.gap} [{gap.low}, {gap.high}]"
    )
    assert share >= 0.99
    assert named_first(said, drawn) <= 0.25
    assert summary.is_distinguishable
    assert gap.low is not None
    assert gap.low > 1
    assert not chance.is_distinguishable
    assert np.median([left_over(one) for one in found]) < 0.01
    for one in found:
        [each] = one.attributions
        assert each.completeness is not None
        assert each.full == pytest.approx(each.completeness.full, abs=1e-4), "the number explained is the one asked for"


def left_over(found: Explanation) -> float:
    """What the values do not add up to, as a share of what the words change together."""
    [each] = found.attributions
    ends = each.completeness
    assert ends is not None
    return abs(1 - (sum(each.values) + ends.rest) / (ends.full - ends.base))


def test_a_way_that_bends_between_two_steps_is_told(trained: Path) -> None:
    """Two steps are too few, and the values beside them say so."""
    session, said = open_checkpoint(trained), texts(4)
    spec = ExplainSpec(method="integrated_gradients", steps=2, faithfulness=False)
    found = list(explain_items(session, TASK, items(session, said), spec, seed=0))
    summary = summarise(found, spec=spec, task=TASK, model="planted", examples=(), base="s/planted")
    [told] = [one.sentence for one in summary.alarms if one.code == "completeness-gap"]
    assert "of 4 do not add up" in told


def test_a_checkpoint_that_reads_nothing_gives_nothing(trained: Path, tmp_path: Path) -> None:
    """Every value is 0, and that is said not to be told from random."""
    session = open_checkpoint(blind(trained, tmp_path))
    found, summary = explained(session, texts(12), "integrated_gradients")

    assert {value for one in found for value in one.attributions[0].values} == {0.0}
    assert summary.is_distinguishable is False
    assert any("not distinguishable from random" in one.sentence for one in summary.alarms)


def test_a_function_has_no_gradients_and_that_is_said_before_any_item() -> None:
    """With what to type instead. Steps and baseline are part of what is kept."""
    session = session_of(presence)
    asked = items(session, texts(2))
    with pytest.raises(ModelError, match="checkpoint opened by torch") as caught:
        next(explain_items(session, TASK, asked, ExplainSpec(method="integrated_gradients"), seed=0))
    assert "leave_one_out, shap or lime" in str(caught.value)

    kept = [
        attachment_spec(ExplainSpec(method="integrated_gradients", **more), TASK, seed=0).options
        for more in ({}, {"steps": 50}, {"removal": "delete"})
    ]
    assert kept[0] == kept[1] == {**kept[2], "baseline": "mask"}
    assert kept[2]["baseline"] == "delete"
