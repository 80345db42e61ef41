"""``--no-inputs``: no text of any item is in a report of any format, wherever a message, an alarm, an answer or an island may quote it."""

from __future__ import annotations

import json
import re

import pytest

import benchwright
from benchwright import registry, reporting
from benchwright.store import Store

FORMATS = [name for name in registry.names("reports") if registry.entries("reports")[name].owner == "benchwright"]
SECRETS = ("Aurelia", "Blue Heron", "landlord", "Quillfeather", "Zanzibar")
TEXT = "she told Aurelia that the landlord of the Blue Heron, Mr Quillfeather, is in Zanzibar"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Classification with errors that quote, questions, tags, behavioural tests, perturbed and swapped texts: each with the secrets."""
    folder = tmp_path_factory.mktemp("no-inputs")
    where, options = folder / "store", {"store": folder / "store", "offline": True}
    rows = [{"text": f"{TEXT} {at}", "label": "ab"[at % 2], "domain": "xy"[at % 2]} for at in range(60)]
    (folder / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "train.jsonl").write_text(
        "".join(json.dumps({**row, "text": row["text"] + " so"}) + "\n" for row in rows)
    )
    answers = [{"index": at, **({"label": "a"} if at % 6 else {"error": f"timeout: {TEXT} {at}"})} for at in range(60)]
    (folder / "own-said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    own = f"classification/custom?path={folder}/own.jsonl&train={folder}/train.jsonl&slice=domain"
    said = f"said=predictions:{folder}/own-said.jsonl"
    benchwright.evaluate([said, "tfidf"], own, name="kept", errors=20, **options)
    benchwright.evaluate([said, "tfidf"], own, name="failed", **options)
    views = ["robustness/keyboard_typo", "bias/identity?dimensions=gender"]
    benchwright.evaluate(["tfidf", "majority"], views, on=[own], name="views", **options)
    questions = [
        {
            "id": f"q{at}",
            "question": f"Who told {at}?",
            "context": f"{at}: {TEXT}.",
            "answers": {"text": ["Aurelia"], "answer_start": [f"{at}: {TEXT}.".index("Aurelia")]},
        }
        for at in range(8)
    ]
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in questions))
    (folder / "answers.json").write_text(json.dumps({f"q{at}": "Mr Quillfeather" for at in range(8)}))
    asked = f"squad/custom?path={folder}/questions.jsonl"
    benchwright.evaluate(f"qa=predictions:{folder}/answers.json", asked, name="asked", **options)
    words = TEXT.replace(",", "").split()
    lines = "\n".join(f"{word} {'B-PER' if word == 'Aurelia' else 'O'}" for word in words) + "\n\n"
    (folder / "tags.conll").write_text(lines * 4)
    benchwright.evaluate("constant:O", f"ner/custom?path={folder}/tags.conll", name="tags", **options)
    return where


def runs_of(store, name):
    """What a format is asked for: every run, or for a report of one model a run at a time."""
    runs = Store(store).run_names()
    if not getattr(registry.get("reports", name), "one_model", False):
        return [runs]
    return [[f"{run}:{ref.name}"] for run in runs for ref in Store(store).read_run(run).spec.models]


def written(store, folder, name, *, inputs):
    """Everything that the format writes, files beside it too."""
    found = []
    for at, runs in enumerate(runs_of(store, name)):
        path = benchwright.report(runs, folder / str(at) / "report.txt", store=store, format=name, inputs=inputs)
        found += [file.read_text(encoding="utf-8") for file in path.parent.rglob("*") if file.is_file()]
    return "\n".join(found)


@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_an_item_is_in_a_report_without_inputs(store, tmp_path, name):
    hidden = written(store, tmp_path, name, inputs=False)

    assert [secret for secret in SECRETS if re.search(secret.replace(" ", r"\W+"), hidden, re.IGNORECASE)] == []
    assert "kept" in hidden
    assert "tfidf" in hidden
    assert re.search("keyboard.{0,7}typo|changed by a typo|Robustness", hidden)


def test_with_inputs_the_page_holds_them_so_that_the_test_above_means_something(store, tmp_path):
    shown = written(store, tmp_path, "html", inputs=True)

    assert [secret for secret in SECRETS if secret not in shown] == []


def test_the_command_line_says_the_same_as_python(store, tmp_path, capsys):
    from benchwright.cli.main import call

    assert call(["report", "kept", "asked", "--store", str(store), "--as", "json", "--no-inputs"]) == 0
    printed = json.loads(capsys.readouterr().out)

    assert printed["inputs"] is False
    assert not any(secret in json.dumps(printed) for secret in SECRETS)


def test_every_format_says_that_texts_were_left_out_where_it_says_why(store):
    """A message that may quote is replaced by words that say so, never by nothing."""
    runs = [reporting.read_part(Store(store), "failed")]
    rendered = reporting.render(runs, Store(store), "csv", options=benchwright.types.ReportOptions(inputs=False))

    assert "the message is left out, as it may quote an example" in rendered.text


@pytest.mark.parametrize("inputs", [True, False], ids=["with texts", "without"])
@pytest.mark.parametrize("name", FORMATS)
def test_no_message_tells_where_a_user_keeps_files(name, inputs, tmp_path):
    (tmp_path / "own.jsonl").write_text(
        "".join(json.dumps({"text": f"t {at}", "label": "ab"[at % 2]}) + "\n" for at in range(9))
    )
    said = [
        {"index": at, "error": f"'/home/Alice Smith/kept/{at}/w.bin' and /home/alicejones/m/w.bin"} for at in range(9)
    ]
    (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in said))
    for errors, run in ((0, "failed"), (9, "errored")):
        own, model = f"classification/custom?path={tmp_path}/own.jsonl", f"m=predictions:{tmp_path}/said.jsonl"
        benchwright.evaluate(model, own, name=run, errors=errors, store=tmp_path / "store", offline=True)
        path = reporting.report([run], tmp_path / "page", format=name, inputs=inputs, store=tmp_path / "store")
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\balice", text, re.IGNORECASE), run
        assert str(tmp_path) not in text
