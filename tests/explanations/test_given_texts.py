"""`benchwright.explain`: what a person gives in Python, and what comes of it."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

import benchwright
from benchwright import callables
from benchwright.errors import BenchwrightError
from benchwright.testing.hostile import HOSTILE


def praise(texts):
    """Probability of ``good`` is 0.9 where the text says great, else 0.2."""
    good = [0.9 if "great" in text else 0.2 for text in texts]
    return [{"good": one, "bad": 1 - one} for one in good]


def explain(model, texts, **options):
    return benchwright.explain(model, texts, **{"method": "leave_one_out", "faithfulness": False, **options})


def _values(found, item=0):
    table = found.to_pandas()
    rows = table[table["id"] == f"text {item}"]
    return dict(zip(rows["word"], rows["value"].round(6), strict=True))


def test_a_function_is_explained_word_by_word():
    found = explain(praise, ["a great film", "dull"])
    assert _values(found) == {"a": 0.0, "great": 0.7, "film": 0.0}
    assert _values(found, 1) == {"dull": 0.0}
    assert found.summary.scale in ("probability", "value")
    assert [one.attributions[0].target.name for one in found] == ["good", "bad"]
    assert len(found[:1]) == 1
    assert "great" in str(found[0])


def test_texts_alone_pairs_sentences_and_numbers_have_each_their_form():
    assert _values(explain(praise, "great"))["great"] == pytest.approx(0.7)
    pair = explain(
        lambda pairs: [{"yes": 0.9 if a == b else 0.1, "no": 0.1 if a == b else 0.9} for a, b in pairs], ("a", "a")
    )
    assert list(pair.to_pandas()["input"]) == ["text", "text_pair"]
    tags = explain(
        lambda rows: [["B-PER" if w == "Ada" else "O" for w in row] for row in rows], ["Ada", "left"], task="tag"
    )
    assert list(tags.to_pandas()["word"]) == ["Ada", "left"]
    numbers = explain(lambda texts: [float(len(text.split())) for text in texts], "two words")
    assert set(numbers.to_pandas()["target"]) == {"value"}
    assert list(numbers.to_pandas()["value"]) == [1.0, 1.0]


def test_scores_by_place_take_the_names_that_are_given():
    found = explain(lambda texts: [[0.8, 0.2]] * len(texts), "any text", labels=["a,b", "\x1b[31mred"])
    assert found.items[0].record.output == "a,b"
    assert "\x1b" not in str(found)


def test_a_model_that_is_trained_learns_from_the_task_that_is_named():
    found = explain("tfidf", "An awful, boring film", task="starter/sentiment")
    assert found.summary.base == "starter/sentiment"
    assert found.items[0].record.output in ("negative", "positive")


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = callables.kept()
    explain(_Careful(praise), ["a great film"])
    assert list(tmp_path.iterdir()) == []
    assert callables.kept() == before


def test_a_text_at_which_the_model_fails_is_told_and_the_others_are_explained():
    def picky(texts):
        if any("boom" in text for text in texts):
            raise ValueError("no such thing")
        return praise(texts)

    found = benchwright.explain(
        _Careful(picky), ["great", "boom", ""], method="leave_one_out", labels=["good", "bad"], task="classify"
    )
    failed = [one.error for one in found]
    assert failed[0] is None
    assert "no such thing" in failed[1]
    assert "no answer" in str(found)


class _Careful:
    """Answers the first call, which asks about all texts at once, and then as the function does."""

    def __init__(self, function):
        self.function, self.asked = function, False

    def __call__(self, texts):
        if not self.asked:
            self.asked = True
            return [{"good": 0.5, "bad": 0.5}] * len(texts)
        return self.function(texts)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: explain(praise, []), "no text is given"),
        (lambda: explain(praise, ["a", 7]), "raised TypeError"),
        (lambda: explain(praise, "x", method="shapp"), "did you mean shap"),
        (lambda: explain(praise, "x", examples=3), "chooses among the items"),
        (lambda: explain(praise, "x", evaluations="many"), "evaluations=many"),
        (lambda: explain(praise, "x", labels="good"), "labels="),
        (lambda: explain("tfidf", "x"), "does not say what it answers"),
        (lambda: explain("tfidf", "x", task="classify", labels=["a", "b"]), "is trained on a task"),
        (lambda: explain("tfidf", 7, task="starter/sentiment"), "texts=int"),
        (lambda: explain("tfidf", [7], task="starter/sentiment"), "text 0 is 7"),
        (lambda: explain(lambda texts: ["a"] * len(texts), "x"), "labels=["),
        (lambda: explain(lambda texts: [{"label": "a", "score": 1.0}] * len(texts), "x"), "top_k=None"),
        (lambda: explain(lambda _: 1 / 0, "x"), "ZeroDivisionError"),
        (lambda: explain(lambda _: [], "x"), "one answer for each text"),
        (lambda: explain(lambda _: [{"a": float("nan"), "b": 1.0}], "x"), "not finite"),
        (lambda: explain(praise, "x", task="glue/nope"), "unknown task"),
        (lambda: explain(praise, "x", task="nope"), "one of: classify"),
        (lambda: explain(42, "x"), "is no model"),
    ],
)
def test_mistakes_say_what_was_expected_and_what_to_type(call, said):
    with pytest.raises(BenchwrightError) as raised:
        call()
    assert said in str(raised.value)
    assert "next:" in str(raised.value)


def test_a_notebook_shows_hostile_texts_as_text():
    texts = [f"great {text} film" for text in HOSTILE if not re.search("[\ud800-\udfff]", text)]
    shown = explain(praise, texts)._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert not re.search(r"<[^>]+ on\w+=", shown)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]", shown)
    assert 'class="r5"' in shown or "class=r5" in shown


def test_the_stored_form_and_the_value_say_the_same():
    found = explain(praise, ["a great film"])
    (item,) = found.to_json()["attributions"]
    assert [word["text"] for word in item["words"]] == ["a", "great", "film"]
    assert item["targets"][0]["values"] == pytest.approx([0, 0.7, 0])


def test_no_submodule_has_the_name_of_the_function():
    assert callable(benchwright.explain)
    assert not (Path(benchwright.__file__).parent / "explain.py").exists()
    assert not (Path(benchwright.__file__).parent / "explain").exists()
