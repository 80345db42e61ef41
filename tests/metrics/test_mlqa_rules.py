"""MLQA's way of comparing answers, language by language, by values worked out by hand from its official script."""

import json

import pytest

import benchwright
from benchwright.answer_text import LANGUAGES, answer_scores, mlqa, normaliser
from benchwright.errors import ConfigError

# language, answer, gold, normalised answer, exact match, F1, and what SQuAD's own rules give
BY_HAND = [
    ("en", "«The U.S.» Army", "us army", "us army", 1, 1.0, (0, 0.4)),
    ("es", "¿La casa?", "el casa", "casa", 1, 1.0, (0, 0.5)),
    ("es", "los gatos negros", "gatos blancos", "gatos negros", 0, 1 / 2, (0, 0.4)),
    ("hi", "राम।", "राम", "राम", 1, 1.0, (0, 0.0)),
    ("hi", "the राम", "राम", "the राम", 0, 2 / 3, (1, 1.0)),
    ("vi", "những con mèo", "con mèo", "con mèo", 1, 1.0, (0, 0.8)),
    ("de", "„Der Hund“", "Hund", "hund", 1, 1.0, (0, 0.0)),
    ("de", "des großen Hauses", "großen", "großen hauses", 0, 2 / 3, (0, 0.5)),
    ("ar", "البيت الكبير", "بيت كبير", "بيت كبير", 1, 1.0, (0, 0.0)),
    ("zh", "北京大学，", "北京 大学", "北 京 大 学", 1, 1.0, (0, 0.0)),
    ("zh", "北京大", "北京大学", "北 京 大", 0, 6 / 7, (0, 0.0)),
    ("zh", "2008年", "2008 年奥运", "2008 年", 0, 2 / 3, (0, 0.0)),
]


@pytest.mark.parametrize(("language", "answer", "gold", "normal", "exact", "overlap", "squad"), BY_HAND)
def test_values_by_hand(language, answer, gold, normal, exact, overlap, squad):
    """Punctuation by Unicode category, articles by language, Chinese by character; SQuAD's own rule stays what it was."""
    assert normaliser(mlqa(language))(answer) == normal
    assert answer_scores(answer, [gold], unanswerable=False, rule=mlqa(language)) == pytest.approx((exact, overlap))
    assert answer_scores(answer, [gold], unanswerable=False) == pytest.approx(squad)


def test_the_best_gold_answer_counts():
    """Several gold answers: the best exact match and the best F1, and nothing shared is 0 even where both are empty."""
    rule = mlqa("de")

    assert answer_scores("ein Haus", ["Hof", "das Haus"], unanswerable=False, rule=rule) == (1.0, 1.0)
    assert answer_scores("der", ["die"], unanswerable=False, rule=rule) == (1.0, 0.0)


def test_every_language_of_the_script_is_known():
    """Seven languages, no more."""
    assert sorted(LANGUAGES) == ["ar", "de", "en", "es", "hi", "vi", "zh"]


@pytest.fixture
def put(tmp_path):
    """A question whose gold answer is in German quotes, and an answer without them."""
    row = {
        "id": "q1",
        "question": "wer?",
        "context": "Es bellt „Hund“.",
        "answers": {"text": ["„Hund“"], "answer_start": [9]},
    }
    (tmp_path / "dev.jsonl").write_text(json.dumps(row))
    (tmp_path / "said.json").write_text('{"q1": "der Hund"}')

    def run(query=""):
        return benchwright.evaluate(
            f"predictions:{tmp_path}/said.json", f"squad/custom?path={tmp_path}/dev.jsonl{query}", store=tmp_path / "s"
        ).cells[0]

    return run


def test_the_option_names_the_rule_beside_the_number(put):
    """SQuAD's rule is the default; with MLQA's the number is another one, the cell too, and a note says so."""
    plain, german = put(), put("&normalise=mlqa&language=de")

    assert (plain.score.value, german.score.value) == (0.0, 1.0)
    assert plain.key != german.key
    told = "answers are normalised as MLQA's script does for de, not SQuAD's"
    assert told in [one.sentence for one in german.score.alarms]
    assert told not in [one.sentence for one in plain.score.alarms]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("&normalise=mlqa", "normalise=mlqa without a language"),
        ("&normalise=mlqa&language=fr", "language=fr, which MLQA's script does not know"),
        ("&normalise=xquad", "expected: squad or mlqa"),
        ("&language=de", "language=de beside normalise=squad"),
    ],
)
def test_what_is_wrong_with_the_option(put, query, said):
    """Half an option, another language and another rule are refused with what to type."""
    with pytest.raises(ConfigError, match="normalise=mlqa&language=") as caught:
        put(query)
    assert said in str(caught.value)
