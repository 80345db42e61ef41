"""Reports over some models and tasks, with a title, without texts; the examples of a run as a table."""

import json
import re

import pytest

import benchwright
from benchwright import reporting
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.store import Store

PRIVATE = "the landlord of the Blue Heron was called Aurelia"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Two baselines on a user's texts and on questions about a text that must not leave the house."""
    import json

    folder = tmp_path_factory.mktemp("reporting")
    rows = [{"text": f"{PRIVATE} {at}", "label": "good" if at % 3 else "bad"} for at in range(12)]
    (folder / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    more = [{**row, "text": f"{row['text']} again"} for row in rows]
    (folder / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in more))
    questions = [
        {
            "id": f"q{at}",
            "question": "Who?",
            "context": f"{at} days. {PRIVATE}.",
            "answers": {"text": [PRIVATE[-7:]], "answer_start": [f"{at} days. {PRIVATE}.".index("Aurelia")]},
        }
        for at in range(6)
    ]
    (folder / "own-qa.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    (folder / "said.json").write_text(json.dumps({f"q{at}": "Blue Heron" for at in range(6)}))
    own = f"classification/custom?path={folder}/own.jsonl&train={folder}/train.jsonl"
    store = folder / "store"
    made = benchwright.evaluate(["majority", "tfidf"], own, store=store, name="own", offline=True)
    benchwright.evaluate(
        f"qa=predictions:{folder}/said.json", f"squad/custom?path={folder}/own-qa.jsonl", store=store, name="qa"
    )
    return made


def test_a_report_may_leave_texts_out(run, tmp_path):
    """With ``inputs=False`` no text of an example is on the page, nor an answer that is a piece of one."""
    shown = benchwright.report(["own", "qa"], tmp_path / "a.html", store=run.store).read_text()
    hidden = benchwright.report(["own", "qa"], tmp_path / "b.html", store=run.store, inputs=False).read_text()

    assert "landlord" in shown
    assert "Blue Heron" in shown
    assert "landlord" not in hidden
    assert "Heron" not in hidden
    assert "Aurelia" not in hidden


@pytest.mark.parametrize("suffix", [".html", ".md", ".csv"])
def test_a_report_without_texts_quotes_none_in_messages_and_alarms(tmp_path, suffix):
    """Neither what a system said of an example, nor a constant answer cut from a text, nor why a result failed is told."""
    rows = "".join(f"{PRIVATE} {at},{'ab'[at % 2]}\n" for at in range(24))
    (tmp_path / "d.csv").write_text("text,label\n" + rows)
    answers = [
        {"index": at, "label": "a"} if at % 6 else {"index": at, "error": f"timeout: {PRIVATE} {at}"}
        for at in range(24)
    ]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    gold = [("landlord", "the landlord")[at % 2] for at in range(8)]
    questions = [
        {
            "id": f"q{at}",
            "question": f"Which {at}?",
            "context": f"{at} is the landlord",
            "answers": {"text": [text], "answer_start": [f"{at} is the landlord".index(text)]},
        }
        for at, text in enumerate(gold)
    ]
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    (tmp_path / "q.json").write_text(json.dumps({f"q{at}": "is the landlord" for at in range(8)}))
    store, options = tmp_path / "s", {"store": tmp_path / "s", "offline": True}
    model, own = f"m=predictions:{tmp_path}/p.jsonl", f"classification/custom?path={tmp_path}/d.csv"
    benchwright.evaluate(model, own, name="failed", **options)
    benchwright.evaluate(model, own, name="kept", errors=9, **options)
    asked = f"squad/custom?path={tmp_path}/q.jsonl"
    benchwright.evaluate(f"qa=predictions:{tmp_path}/q.json", asked, name="qa", **options)
    shown, hidden = (
        benchwright.report(
            ["kept", "failed", "qa"], tmp_path / f"{inputs}{suffix}", store=store, inputs=inputs
        ).read_text()
        for inputs in (True, False)
    )

    assert "landlord" in shown
    assert "landlord" not in hidden
    assert "is left out" in hidden
    assert "every answer is the same" in hidden


def test_a_report_has_the_title_that_was_asked_for(run, tmp_path):
    """A title stands in the heading of a page and of a comment, escaped."""
    page = run.report(tmp_path / "a.html", title="Spring <choice>").read_text()
    comment = run.report(tmp_path / "a.md", title="Spring <choice>").read_text()

    assert "<h1>Spring &lt;choice&gt;</h1>" in page
    assert "Spring" in comment.splitlines()[0]
    assert "<choice>" not in re.sub(r"(?s)\n```\n.*?\n```\n", "", comment)  # in a block of code it is text


def test_a_report_of_some_models(run, tmp_path):
    """Only the models asked for are told, by name or RUN:MODEL; an unknown one is refused with those there are."""
    for name in ("tfidf", "own:tfidf"):
        text = run.report(tmp_path / "a.csv", models=[name]).read_text()
        assert ",tfidf," in text
        assert ",majority," not in text
    with pytest.raises(ConfigError, match="one of: majority, tfidf, own:majority"):
        run.report(tmp_path / "b.csv", models=["tfidfs"])
    with pytest.raises(ConfigError, match="no task 'sst2'"):
        run.report(tmp_path / "b.csv", tasks=["sst2"])


def test_wrong_names_of_models_tasks_baselines_and_reference_are_told_at_once(run, tmp_path):
    """One refusal lists them all; a baseline that `models` leaves out is none of this report."""
    with pytest.raises(ConfigError) as caught:
        run.report(tmp_path / "a.html", models=["tfidf"], tasks=["sst2"], baselines=["majority"], against="other")
    told = str(caught.value)

    assert "no task 'sst2'" in told
    assert "--baseline 'majority': no such model in this report" in told
    assert "--against 'other'" in told
    assert run.report(tmp_path / "a.html", baselines=["own:tfidf"], against="majority").is_file()


def test_a_report_of_some_tasks(tmp_path):
    """A task is named alone, with its suite, or by its whole suite."""
    run = benchwright.evaluate("majority", "starter", store=tmp_path / "s", name="r", offline=True)
    part = reporting.choose([run], tasks=["starter/topic"])[0]

    assert [cell.task for cell in part.cells] == ["topic"]
    assert not part.aggregates
    assert [cell.task for cell in reporting.choose([run], tasks=["topic"])[0].cells] == ["topic"]
    assert reporting.choose([run], tasks=["starter"])[0].cells == run.cells


def test_a_name_without_a_format_is_refused():
    """A report's file name tells its format, or the message says what does."""
    with pytest.raises(BenchwrightError, match=r"expected: a name that ends with one of: \.html"):
        reporting.format_of("report.pdf")


def test_examples_of_a_run_as_a_table(run):
    """One row per example and model, with gold, answer and texts; narrowed by model."""
    frame = run.records(model="majority", task="classification/custom")

    assert list(frame["model"].unique()) == ["majority"]
    assert len(frame) == 12
    assert frame["input.text"].iloc[3] == f"{PRIVATE} 3"
    assert (frame["target"] == frame["output"]).mean() == pytest.approx(8 / 12)
    assert "input.text" not in run.records(inputs=False)


def test_a_table_of_no_examples_has_its_columns(tmp_path):
    """A run whose cells all failed gives a table without rows, not one without columns."""
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"word {at},{'ab'[at % 2]}\n" for at in range(8)))
    (tmp_path / "p.csv").write_text("index,label,error\n" + "".join(f"{at},,timeout\n" for at in range(8)))
    own = f"classification/custom?path={tmp_path}/d.csv"
    made = benchwright.evaluate(f"m=predictions:{tmp_path}/p.csv", own, store=tmp_path / "s", name="f", offline=True)

    assert [cell.status for cell in made.cells] == ["failed"]
    assert len(made.records()) == 0
    assert {"model", "task", "id", "target", "output", "error"} <= set(made.records().columns)


def test_a_run_knows_its_store(run):
    """A run that was read again finds its records without being told where."""
    again = benchwright.load_run("own", store=run.store)

    assert again == run
    assert len(again.records()) == 24
    assert Store(run.store).has_run("own")
