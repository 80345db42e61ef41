"""What is asked about items together: each variant once, failures told of one item, counts and limits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from tests.explanations.planted import TASK, WORD, items, presence, session_of, texts

from benchwright.errors import BenchwrightError, ModelError
from benchwright.explanations.explain import explain_items
from benchwright.types import Example, ExplainSpec, Explanation, Prediction, Session


class Watched:
    """A session that keeps what it was asked, and fails on a text that holds a word."""

    def __init__(self, fails: str = "", problem: BaseException | None = None) -> None:
        self.inner: Session = session_of(presence)
        self.calls: list[list[str]] = []
        self.threads: set[threading.Thread] = set()
        self.fails, self.problem = fails, problem

    def predict(self, examples: Sequence[Example]) -> Sequence[Prediction]:
        said = [example.inputs["text"] for example in examples]
        self.calls.append(said)
        self.threads.add(threading.current_thread())
        if self.problem is not None and any(self.fails in text.split() for text in said):
            raise self.problem
        return self.inner.predict(examples)

    def close(self) -> None:
        """Nothing to release."""


def explained(session: Session, said: Sequence[str], *, window: int = 32, **options: Any) -> list[Explanation]:
    answered = items(session_of(presence), said)
    spec = ExplainSpec(**{"method": "leave_one_out", "faithfulness": False, **options})
    return list(explain_items(session, TASK, answered, spec, seed=0, window=window))


def test_items_in_flight_share_calls_and_equal_variants_are_asked_about_once() -> None:
    session, said = Watched(), [*texts(10), f"{WORD} good film", f"{WORD} good good film"]
    found = explained(session, said)
    assert len(session.calls) == 2  # every word away, one by one; then all of them
    for call in session.calls:
        assert len(set(call)) == len(call)
    assert session.calls[1] == [""]
    assert session.threads == {threading.main_thread()}
    assert [one.queries.computed for one in found] == [len(one.words) + 2 for one in found]
    assert {one.queries.passes for one in found} == {2}


def test_the_window_and_neighbours_change_no_byte() -> None:
    said = texts(9)
    for method in ("leave_one_out", "lime", "random"):
        whole = explained(Watched(), said, method=method, evaluations=40)
        assert whole == explained(Watched(), said, method=method, evaluations=40, window=2)
        assert whole[4:] == explained(Watched(), said, method=method, evaluations=40)[4:]


def test_a_variant_that_breaks_the_model_is_an_error_of_its_item_alone() -> None:
    session = Watched("broken", ValueError("too broken"))
    said = ["a good film", "a broken film", "long jokes"]
    good, bad, other = explained(session, said)
    assert "ValueError: too broken" in str(bad.error)
    assert not bad.attributions
    assert good.error is other.error is None
    assert good == explained(session_of(presence), said)[0]


def test_a_variant_without_an_answer_is_an_error_of_its_item_alone() -> None:
    session = session_of(lambda text: float("nan") if text == "a film" else 0.0)
    bad, other = explained(session, ["a broken film", "long jokes"])
    assert "no answer to a variant" in str(bad.error)
    assert other.error is None


def test_an_empty_text_that_breaks_the_model_costs_nothing_but_the_number_of_it() -> None:
    def logit(text: str) -> float:
        return 1 / len(text)

    (found,) = explained(session_of(logit), ["a film"])
    assert found.error is None
    assert found.attributions[0].base is None


@pytest.mark.parametrize("problem", [ModelError("wrong tokenizer"), KeyboardInterrupt()])
def test_what_is_wrong_with_the_model_ends_all_items_and_their_threads(problem: BaseException) -> None:
    with pytest.raises(type(problem)):
        explained(Watched("film", problem), ["a good film", "long jokes"])
    assert not [one for one in threading.enumerate() if one.name == "explanation"]


def test_more_words_than_variants_allowed_is_refused_with_the_number_needed() -> None:
    short, long = explained(session_of(presence), ["a film", "a good film"], evaluations=3)
    assert short.error is None
    assert "4 variants" in str(long.error)
    assert "evaluations=3" in str(long.error)


def test_a_session_that_gives_another_number_of_answers_is_no_model() -> None:
    session = Watched()
    session.inner.predict = lambda examples: []  # type: ignore[method-assign]
    with pytest.raises(BenchwrightError, match="0 predictions"):
        explained(session, ["a film"])


def test_items_without_words_are_empty() -> None:
    empty, full = explained(session_of(presence), ["", "a film"])
    assert (empty.words, empty.attributions, empty.error) == ((), (), None)
    assert np.allclose(full.attributions[0].values, 0)
