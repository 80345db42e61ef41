"""SHAP against the library called directly, with its own masker of texts and its own tree."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from tests.explanations.planted import TASK, items, session_of

from benchwright.explanations import libraries
from benchwright.explanations.explain import explain_items
from benchwright.explanations.methods import shap as ours
from benchwright.explanations.word_tree import tokens_of, tree_of
from benchwright.explanations.words import words_of
from benchwright.types import Example, ExplainSpec, Explanation

GONE = "~"
TEXTS = (
    "a dull , tired plot ( and no jokes ) but fine actors .",
    "not good .",
    "it isn't great ; it is not even good , and the end of it was long and not well made but it has fine actors in it !",
)
WEIGHTS = {"dull": -2.0, "tired": -1.5, "good": 2.0, "great": 2.5, "fine": 1.7, "long": -0.4, "well": 0.9, "jokes": 0.6}


def logit(text: str) -> float:
    """Words count, more so behind a ``but``, and ``not`` turns what follows."""
    total, turned, factor = 0.1, 1.0, 1.0
    for place, word in enumerate(text.split()):
        factor = 2.0 if word == "but" else factor
        turned = -1.0 if word in ("not", "isn't") else turned
        total += turned * factor * WEIGHTS.get(word, 0.01 * len(word)) / (1 + 0.01 * place)
    return total


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Any:
    """shap as plain Python: to compile the same functions takes 5 s."""
    found = libraries.library("shap")
    for name in ("shap.explainers._partition", "shap.utils._masked_model"):
        module = libraries.library(name)
        for attribute, value in list(vars(module).items()):
            if hasattr(value, "py_func"):
                monkeypatch.setattr(module, attribute, value.py_func)
    return found


def tokenizer(text: str, return_offsets_mapping: bool = True) -> dict[str, Any]:
    """Our words as the library's tokens."""
    spans = [found.span() for found in re.finditer(r"\S+", text)]
    return {"input_ids": [text[start:end] for start, end in spans], "offset_mapping": spans}


def explained(texts: tuple[str, ...], *, window: int = 32, **options: Any) -> list[Explanation]:
    session = session_of(logit)
    spec = ExplainSpec(method="shap", faithfulness=False, **options)
    return list(explain_items(session, TASK, items(session, texts), spec, seed=0, window=window))


@pytest.mark.parametrize("evaluations", [40, 100, 500])
def test_values_are_those_of_the_library_with_its_own_masker_of_texts(library: Any, evaluations: int) -> None:
    session = session_of(logit)

    def scores(texts: Any) -> Any:
        """Its masker glues what it puts for words that are taken away to the next word: that is left out here."""
        bare = [" ".join(str(text).replace(GONE, " ").split()) for text in texts]
        return np.array([prediction.scores for _, prediction in items(session, bare)])

    explainer = library.Explainer(scores, library.maskers.Text(tokenizer, mask_token=GONE))
    for text, found in zip(TEXTS, explained(TEXTS, evaluations=evaluations), strict=True):
        theirs = explainer([text], max_evals=evaluations, batch_size=ours.BATCH, silent=True)
        assert [text[word.start : word.end] for word in found.words] == text.split()
        label = TASK.label_names.index(str(found.attributions[0].target.label))
        assert found.attributions[0].values == pytest.approx(theirs.values[0][:, label], abs=1e-12)
        assert found.attributions[0].base == pytest.approx(theirs.base_values[0][label], abs=1e-12)


def test_the_tree_is_the_one_of_the_library(library: Any) -> None:
    from shap.maskers._text import partition_tree

    draw = np.random.default_rng(0)
    pieces = [
        *[
            "a",
            "good",
            "film",
            ",",
            ".",
            "(",
            ")",
            "and",
            "but",
            "don't",
            "x",
            "!",
            "?",
            "'",
            "t",
            "s",
            "[x]",
            "...",
            "word-y",
            "é",
        ]
    ]
    for _ in range(60):
        text = "".join(draw.choice(pieces) + draw.choice([" ", " ", ""]) for _ in range(draw.integers(3, 40))).strip()
        example = Example(id="a", index=0, inputs={"text": text})
        words = words_of(TASK, example)
        if len(words) > 1:
            expected = partition_tree(tokens_of(text, words), [])
            assert np.array_equal(tree_of(example, words)[:, [0, 1, 3]], expected[:, [0, 1, 3]]), text


def test_texts_of_a_pair_are_joined_at_the_very_end() -> None:
    example = Example(id="a", index=0, inputs={"one": "a good film", "two": "it is fine ."})
    task = TASK.__class__(
        name="pair",
        splits=TASK.splits,
        default_split="test",
        inputs={"one": ("one",), "two": ("two",)},
        target=("label",),
        metrics=(),
        labels=TASK.labels,
    )
    words = words_of(task, example)
    members = ours.members_of(tree_of(example, words))
    assert [members[int(group)].tolist() for group in tree_of(example, words)[-1, :2]] == [
        [True] * 3 + [False] * 4,
        [False] * 3 + [True] * 4,
    ]


def test_values_add_up_and_no_more_is_asked_than_allowed() -> None:
    for evaluations in (2, 3, 20, 21, 500):
        for found in explained(TEXTS, evaluations=evaluations):
            (one,) = found.attributions
            assert one.base is not None
            assert sum(one.values) == pytest.approx(one.full - one.base, abs=1e-12)
            assert found.queries.asked - 2 <= evaluations  # both ends are read again
            assert 2 <= found.queries.computed <= evaluations


def test_a_text_of_one_word_has_the_whole_difference_and_one_variant_is_refused() -> None:
    (one,) = explained(("great",))
    assert one.attributions[0].values == pytest.approx((one.attributions[0].full - (one.attributions[0].base or 0),))
    (refused,) = explained(("a film",), evaluations=1)
    assert "2 variants" in str(refused.error)


def test_the_generator_of_numpy_goes_on_as_if_nobody_had_drawn() -> None:
    np.random.seed(5)  # noqa: NPY002 - the generator that the library draws from
    before = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    explained(TEXTS, evaluations=60)
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index]  # noqa: NPY002


def test_neighbours_and_the_window_change_no_byte() -> None:
    together = explained(TEXTS, evaluations=80)
    assert together == explained(TEXTS, evaluations=80, window=1)
    alone = [explained(TEXTS, evaluations=80)[at] for at in range(3)]
    assert together == alone
