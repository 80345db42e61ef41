"""Comprehensiveness, sufficiency and their areas, scored again by plain loops over lists of words, after the paper and nothing of ours.

DeYoung et al. 2020, section 4.2: comprehensiveness = m(x)_j - m(x without r)_j, sufficiency = m(x)_j - m(r)_j, r the top k % of tokens by
score, and the area is the mean over k in {1, 5, 10, 20, 50} %. Bins that hold equally many words count once here.
"""

import math

import numpy as np
import pytest

from benchwright.explanations.faithfulness import DRAWS, judge


def scored(model, sentence, scores):
    """(comprehensiveness, sufficiency) of scores without ties, by the words themselves."""
    ranked = sorted(range(len(sentence)), key=lambda place: scores[place], reverse=True)
    done, gone, left = [], 0.0, 0.0
    for share in (0.01, 0.05, 0.10, 0.20, 0.50):
        k = max(1, math.ceil(round(share * len(sentence), 9)))
        if k in done:
            continue
        done.append(k)
        rationale = ranked[:k]
        gone += model(sentence) - model([word for place, word in enumerate(sentence) if place not in rationale])
        left += model(sentence) - model([word for place, word in enumerate(sentence) if place in rationale])
    return gone / len(done), left / len(done)


WEIGHTS = {"good": 2.0, "fine": 0.7, "bad": -1.5, "not": -0.4}


def model(words):
    """A probability that is no sum over words."""
    score = sum(WEIGHTS.get(word, 0.0) for word in words)
    if "not" in words and "good" in words:
        score -= 3
    return 1 / (1 + math.exp(-score))


def asker(sentence, *models):
    def ask(kept):
        rows = [[word for word, keep in zip(sentence, row, strict=True) if keep] for row in kept]
        return np.array([[each(row) for each in models] for row in rows])

    return ask


@pytest.mark.parametrize("words", [1, 2, 3, 9, 20, 33, 60])
def test_both_measures_are_those_of_the_plain_loops(words):
    rng = np.random.default_rng(words)
    sentence = [str(word) for word in rng.choice([*WEIGHTS, "the", "a", "film"], words)]
    values = rng.standard_normal((2, words))
    other = lambda kept: 1 - model(kept) ** 2  # noqa: E731
    found = judge(asker(sentence, model, other), values, rng=np.random.default_rng(1))
    for one, each, scores in zip(found, (model, other), values, strict=True):
        assert (one.comprehensiveness, one.sufficiency) == pytest.approx(
            scored(each, sentence, list(scores)), abs=1e-12
        )


def test_a_sum_of_words_is_worked_out_by_hand():
    # Four words worth 3, 1, 0 and -2; 1 to 20 % are one word, 50 % are two.
    worth = np.array([0.0, 3.0, -2.0, 1.0])
    found = judge(lambda kept: kept @ worth[:, None], worth[None], rng=np.random.default_rng(0))[0]
    assert found.comprehensiveness == (3 + (3 + 1)) / 2
    assert found.sufficiency == ((2 - 3) + (2 - 4)) / 2
    assert found.tau == 1.0


def test_random_attributions_are_the_same_measure_of_random_orders():
    rng = np.random.default_rng(3)
    sentence = [str(word) for word in rng.choice([*WEIGHTS, "the", "a", "film"], 24)]
    ask, every = asker(sentence, model), []
    for seed in range(400):
        found = judge(ask, rng.standard_normal((1, 24)), rng=np.random.default_rng(seed))[0]
        every.append((found.random_comprehensiveness, found.random_sufficiency))
    orders = [scored(model, sentence, list(rng.standard_normal(24))) for _ in range(400 * DRAWS)]
    apart = np.mean(every, axis=0) - np.mean(orders, axis=0)
    assert np.all(np.abs(apart) < 4 * np.std(orders, axis=0) / np.sqrt(400 * DRAWS) * np.sqrt(2))
