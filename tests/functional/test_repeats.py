"""Rows that repeat, and answers that stand nowhere: counted, told, and never evidence twice."""

import json

import pytest

import benchwright
from benchwright.answer_text import stands_in
from benchwright.comparison.compare import compare
from benchwright.gate_run import gate

RULES = {
    "schema": 1,
    "rule": [
        {"id": "r", "kind": "noninferiority", "task": "classification/custom", "metric": "accuracy", "margin": 0.05}
    ],
}


def written(folder, times, *, blank="", more="", texts=120):
    """Own data whose rows stand several times, and a run of two models on them: 102 and 96 of 120 right."""
    folder.mkdir()
    labels = [("good", "bad")[(7 * n * n + n) % 11 % 2] for n in range(texts)]
    other = {"good": "bad", "bad": "good"}
    rows = [f"text {n}{blank * time},{labels[n]},a{n}" for time in range(times) for n in range(texts)]
    (folder / "test.csv").write_text("\n".join(["text,label,author", *rows]) + "\n")
    for name, wrong in (("one", range(18)), ("two", range(10, 34))):
        answers = [other[labels[n]] if n in wrong else labels[n] for _ in range(times) for n in range(texts)]
        lines = (json.dumps({"index": index, "label": label}) for index, label in enumerate(answers))
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return benchwright.evaluate(
        [f"predictions:{folder / name}.jsonl" for name in ("one", "two")],
        f"classification/custom?path={folder / 'test.csv'}{more}",
        store=folder / "store",
        name="r",
    )


def alarms_of(run, code="repeats"):
    return [one for one in run.cells[0].alarms if one.code == code]


@pytest.mark.parametrize("blank", ["", " "])
def test_repeats_are_no_evidence(tmp_path, blank):
    """F67: rows that stand twenty times leave the verdict INCONCLUSIVE and the interval as wide; they are told."""
    once, often = written(tmp_path / "1", 1), written(tmp_path / "20", 20, blank=blank)
    score, repeated = once.cells[0].score, often.cells[0].score

    verdicts = [gate(RULES, "r:two", baseline="r:one", store=tmp_path / n / "store").verdict for n in ("1", "20")]
    assert verdicts == ["INCONCLUSIVE", "INCONCLUSIVE"]
    assert (repeated.n, repeated.clusters, repeated.value) == (2400, 120, score.value)
    assert repeated.high - repeated.low == pytest.approx(score.high - score.low, rel=0.05)
    assert alarms_of(once) == []
    (told,) = alarms_of(often)
    assert (told.severity, told.sentence) == (
        "alarm",
        "2,280 of 2,400 rows repeat the inputs of an earlier row: equal rows are one independent unit",
    )


def test_differences_are_no_surer(tmp_path):
    """The same for `compare`: a difference of repeated rows has the p of the rows themselves."""
    written(tmp_path / "1", 1)
    written(tmp_path / "20", 20)
    once, often = (
        compare("r:one", "r:two", store=tmp_path / n / "store", metric="accuracy").differences[0] for n in ("1", "20")
    )

    assert often.p == pytest.approx(once.p, rel=0.25)
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=0.01)


def test_stated_clusters_stand(tmp_path):
    """Where the user names clusters these are used; repeats within them need no word."""
    run = written(tmp_path / "c", 5, more="&cluster=author")

    assert run.cells[0].score.clusters == 120
    assert alarms_of(run) == []


def test_rows_alone_in_their_cluster_repeat_too(tmp_path):
    """A cluster column that is different in every row hides no repeats."""
    written(tmp_path / "c", 5)
    rows = (tmp_path / "c" / "test.csv").read_text().splitlines()
    text = "\n".join([f"{rows[0]},own", *(f"{row},{at}" for at, row in enumerate(rows[1:]))])
    (tmp_path / "c" / "test.csv").write_text(text + "\n")
    suite = f"classification/custom?path={tmp_path / 'c' / 'test.csv'}&cluster=own"
    run = benchwright.evaluate(f"predictions:{tmp_path / 'c' / 'one.jsonl'}", suite, store=tmp_path / "store")

    assert run.cells[0].score.clusters == 120
    assert [one.severity for one in alarms_of(run)] == ["alarm"]


def test_a_few_repeats_are_left_alone(tmp_path):
    """Below one row in a hundred nothing changes and nothing is said; from there on it is a note."""
    folder = tmp_path / "f"
    run = written(folder, 1, texts=300)
    assert (run.cells[0].score.clusters, alarms_of(run)) == (300, [])

    rows = (folder / "test.csv").read_text().splitlines()
    (folder / "test.csv").write_text("\n".join([*rows[:-6], *rows[1:7]]) + "\n")
    again = benchwright.evaluate(
        f"predictions:{folder / 'one.jsonl'}", f"classification/custom?path={folder / 'test.csv'}", store=folder
    )
    assert again.cells[0].score.clusters == 294
    assert [one.severity for one in alarms_of(again)] == ["note"]


def asked(folder, answers):
    """Twelve paragraphs with ten questions each, answered as told by a function of paragraph and question."""
    folder.mkdir()
    rows, said = [], {}
    for p in range(12):
        words = [f"word{p}x{q}" for q in range(10)]
        context = " ".join(words)
        for q, word in enumerate(words):
            key = f"p{p}q{q}"
            rows.append(
                {
                    "id": key,
                    "context": context,
                    "question": f"Which is number {q}?",
                    "answers": {"text": [word], "answer_start": [context.index(word)]},
                }
            )
            said[key] = answers(p, q)
    (folder / "dev.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "said.json").write_text(json.dumps(said))
    return benchwright.evaluate(
        f"predictions:{folder / 'said.json'}", f"squad/custom?path={folder / 'dev.jsonl'}", store=folder / "store"
    )


def test_answers_that_stand_nowhere(tmp_path):
    """Answers in words of their own: an alarm with their share; a few are a note, none is silence."""
    own = asked(tmp_path / "own", lambda p, q: f"word{p}x{q}" if q % 2 else "in other words")
    few = asked(tmp_path / "few", lambda p, q: f"word{p}x{(q + 1) % 10 if q else 0}" if p or q else "elsewhere")

    (told,) = alarms_of(own, "nowhere")
    assert (told.severity, told.sentence) == (
        "alarm",
        "60 of 120 answers stand nowhere in their context: were they made for other questions?",
    )
    assert [one.severity for one in alarms_of(few, "nowhere")] in ([], ["note"])


def test_shifted_answers_have_one_cause(tmp_path):
    """F4: answers moved by one question are told as shifted, not as standing nowhere too."""
    run = asked(tmp_path / "s", lambda p, q: f"word{p}x{q - 1}" if q else f"word{p - 1}x9")

    assert [one.code for one in run.cells[0].alarms if one.severity == "alarm"] == ["shifted"]
    assert "with the gold of the row before their exact match is 100.00 %" in run.cells[0].alarms[0].sentence


def test_case_punctuation_and_blanks_are_no_difference():
    """An answer is held against its context as the official scripts compare answers."""
    assert stands_in("The U.S. army", "of the us Army, 1917")
    assert stands_in("", "anything")
    assert not stands_in("navy", "of the us Army, 1917")
