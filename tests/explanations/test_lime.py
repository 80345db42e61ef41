"""LIME against the library called directly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.explanations.planted import TASK, items, session_of
from tests.explanations.test_shap import TEXTS, logit

from benchwright.explanations.explain import explain_items, rng_of
from benchwright.types import ExplainSpec, Explanation


def explained(texts: tuple[str, ...], **options: Any) -> list[Explanation]:
    session = session_of(logit)
    return list(
        explain_items(
            session, TASK, items(session, texts), ExplainSpec(method="lime", faithfulness=False, **options), seed=0
        )
    )


@pytest.mark.parametrize("samples", [60, 300])
def test_weights_are_those_of_the_library_by_position(samples: int) -> None:
    lime_text = pytest.importorskip("lime.lime_text")
    session = session_of(logit)

    def scores(texts: Any) -> Any:
        return np.array([prediction.scores for _, prediction in items(session, texts)])

    for at, found in enumerate(explained(TEXTS, evaluations=samples)):
        state = np.random.RandomState(int(rng_of(f"planted/{at}", 0).integers(2**32)))
        explainer = lime_text.LimeTextExplainer(
            split_expression=str.split, bow=False, mask_string="", random_state=state, feature_selection="none"
        )
        label = TASK.label_names.index(str(found.attributions[0].target.label))
        # its splitter drops a repeated token from what is no word: words are numbered so that none is repeated
        numbered = " ".join(f"{word}~{place}" for place, word in enumerate(TEXTS[at].split()))
        theirs = explainer.explain_instance(
            numbered,
            lambda texts: scores([" ".join(word.split("~")[0] for word in text.split()) for text in texts]),
            labels=(label,),
            num_features=len(found.words),
            num_samples=samples,
        )
        expected = [weight for _, weight in sorted(theirs.local_exp[label])]
        assert found.attributions[0].values == pytest.approx(expected, abs=1e-9)


def test_every_word_has_a_weight_and_no_more_is_asked_than_allowed() -> None:
    for found in explained(TEXTS, evaluations=50):
        (one,) = found.attributions
        assert len(one.values) == len(found.words)
        assert found.queries.asked == 52  # the whole item, and that with no word, are asked about beside the samples
        assert found.queries.computed <= 51


def test_further_seeds_are_further_attributions_and_the_first_stays() -> None:
    once, thrice = explained(TEXTS, evaluations=100), explained(TEXTS, evaluations=100, seeds=3)
    for one, more in zip(once, thrice, strict=True):
        assert one.attributions[0].values == more.attributions[0].values
        assert len(more.attributions[0].others) == 2
        assert len({one.attributions[0].values, *more.attributions[0].others}) == 3
