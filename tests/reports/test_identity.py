"""Identity swaps in every output: verdicts in words with the numbers they rest on, read rightly by somebody who sees only the page."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from benchwright import console, registry
from benchwright.bias import judge_again, score_identity
from benchwright.redaction import without_texts
from benchwright.render.grid import build_grid
from benchwright.render.identity import swap_findings, swaps_by_task
from benchwright.reporting import choose
from benchwright.run_json import result_json
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import ClassificationTask, Facts, Label, Record, ReportOptions, Source

BASE, VIEW = "mine/mood", "bias/identity@mine/mood"


def card(name, **more):
    return ClassificationTask(
        name=name,
        splits={"validation": Source(package="nowhere:x.jsonl")},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=(Label(name="negative", id=0), Label(name="positive", id=1)),
        metrics=("accuracy",),
        licence="CC0",
        citation="written for a test",
        **more,
    )


def record(name, positive, text, **more):
    output = "positive" if positive > 0.5 else "negative"
    extra = {"inputs": {"text": text}} | more.pop("extra", {})
    return Record(id=name, target="positive", output=output, scores=(1 - positive, positive), extra=extra, **more)


def answers(flips, items=100, unlike=0.3, last=0.2):
    """Items about a Jewish colleague, of which the first flip where ``Muslim`` is put in; 20 hold a word for age."""
    positive = [0.8] * (items - 1) + [last]
    clean = [record(f"mood/{at}", positive[at], f"A Jewish colleague wrote letter {at}") for at in range(items)]
    view = []
    for at in range(items):
        slices = {"identity": "religion", "identity_from": "jewish", "identity_to": "muslim"}
        extra = {"inputs": {"text": f"A Muslim colleague wrote letter {at}"}, "edits": {"text": [[2, 8, "Muslim"]]}}
        view.append(
            record(f"mood/{at}#0", unlike if at < flips else positive[at] - 0.01, "", slices=slices, extra=extra)
        )
        if at < 20:
            slices = {"identity": "age", "identity_from": "old", "identity_to": "young"}
            view.append(record(f"mood/{at}#1", 0.8, "a young colleague", slices=slices))
    return {BASE: clean, VIEW: view}


@pytest.fixture(scope="module")
def swapped(tmp_path_factory):
    """Two models: one flips 30 of 100 items, one none; and the reader of their records."""
    store = Store(tmp_path_factory.mktemp("store"))
    tasks = {BASE: card("mood"), VIEW: card("identity@mine/mood", view_of=BASE)}
    facts = {name: Facts(digest=name, kinds=(), scores="probabilities") for name in ("biased", "sibling")}
    told = {"biased": answers(30), "sibling": answers(0)}
    run = write_run(store, "swapped", told, tasks, facts=facts, scored=True)
    return msgspec.structs.replace(run, bias=score_identity(store, run.cells, tasks)), store.read_records_with_inputs


def render(name, swapped, **options):
    run, read = swapped
    return registry.get("reports", name).render([run], read, ReportOptions(**options))


def section(page):
    return next(one for one in page.all("section") if one.attributes.get("aria-labelledby") == "identity")


def test_each_verdict_stands_in_words_with_its_interval_and_the_items_it_rests_on(swapped, read):
    """exceeds, within, cannot tell: no colour is needed, and of what cannot be told the number of items that would tell is said."""
    rows = [row.text for row in section(read(render("html", swapped))).all("tr")[1:5]]

    assert "exceeds" in rows[0]
    assert "30 of 100 items flip" in rows[0]
    assert "30.00" in rows[0]
    assert "muslim 30.00" in rows[0]
    assert "within" in rows[1]
    assert "0 of 100 items flip" in rows[1]
    assert "cannot tell" in rows[2]
    assert "20 of 100" in rows[2]
    assert "fewer than 50 items hold a term" in rows[2]
    assert "about 380 items in all would tell" in rows[2]


def test_the_top_of_the_page_says_what_came_out(swapped, read):
    """Who reads no further knows which model is stopped by which dimension."""
    run, _ = swapped
    found = swap_findings(build_grid([run]))

    assert found == [
        "Identity swaps in mine/mood, biased, flip rate against a limit of 5 % (the default): exceeds: religion; cannot tell: age.",
        "Identity swaps in mine/mood, sibling, flip rate against a limit of 5 % (the default): within: religion; cannot tell: age.",
    ]
    table = read(render("html", swapped)).all("table", id="candidates")[0]
    verdicts = [cell.text for cell in table.all("td") if "identity swaps" in cell.attributes.get("data-m", "")]
    assert verdicts == ["✗ exceedsreligion (1 of 2)", "? cannot tellage (1 of 2)"]
    assert "biased, flip rate against a limit of 5 % (the default): exceeds: religion" in render("markdown", swapped)


def test_flipped_items_stand_with_both_texts_and_the_changed_word_marked(swapped, read):
    """As removed and inserted, whatever the colours."""
    page = section(read(render("html", swapped)))
    case = next(one for one in page.all("div") if one.attributes.get("class") == "case")

    assert "A Jewish colleague wrote letter 0" in case.text
    assert [one.text for one in case.all("del")] == ["Jewish"]
    assert [one.text for one in case.all("ins")] == ["Muslim"]
    assert "jewish → muslim" in case.text
    assert "negative 0.70, positive 0.30" in case.text
    assert "5 of 30" in " ".join(page.text.split())
    markdown = render("markdown", swapped)
    assert r"A \[-Jewish-\]\{+Muslim+\} colleague wrote letter 0" in markdown


def test_without_texts_no_flipped_item_is_shown_and_numbers_stay(swapped, read):
    """The page says that they are left out."""
    run, records = swapped
    page = read(registry.get("reports", "html").render([without_texts(run)], records, ReportOptions(inputs=False)))
    markdown = render("markdown", swapped, inputs=False)

    assert "colleague" not in section(page).text
    assert "Flipped items are not shown" in " ".join(section(page).text.split())
    assert "30.00" in section(page).text
    assert "colleague" not in markdown


def test_a_chart_shows_shifts_by_group_as_text_too(swapped, read):
    """(30 x -0.5 + 70 x -0.01) / 100 = -0.157."""
    page = section(read(render("html", swapped)))

    assert len(page.all("figure")) == 2  # of age nothing shifts
    assert "−15.70" in page.all("figure")[0].text


def test_every_output_has_the_same_numbers(swapped, capsys):
    """Terminal, Markdown, CSV, data frame, JSON."""
    run, _ = swapped
    console.show_run(run)
    printed = capsys.readouterr().out
    markdown = render("markdown", swapped)
    lines = list(csv.DictReader(io.StringIO(render("csv", swapped))))
    (rate,) = [
        x for x in lines if (x["metric"], x["slice"], x["model"]) == ("flip_rate", "identity=religion", "biased")
    ]
    frame = run.to_pandas()

    for text in (printed, markdown):
        assert "30.00" in text
        assert "cannot tell" in text
        assert "100 of 100" in text
    assert "identity swaps in mine/mood" in printed
    assert rate["value"] == "0.3"
    assert rate["alarms"].endswith("exceeds a limit of 0.05")
    chosen = frame[(frame.metric == "shift(positive)") & (frame.model == "biased")]
    assert dict(zip(chosen.slice, chosen.value.round(6), strict=True))[
        "identity=religion & identity_to=muslim"
    ] == pytest.approx(-0.157)
    told = result_json(run)["bias"][0]
    assert (told["dimension"], told["verdict"], told["flip_rate"]["value"], told["flipped"]) == (
        "religion",
        "exceeds",
        0.3,
        30,
    )


def test_a_view_is_no_row_among_tasks_and_enters_no_rank(swapped, read, capsys):
    """Its accuracy on swapped items stands in the section about the view alone."""
    run, _ = swapped
    console.show_run(run)
    table = capsys.readouterr().out.partition("scores x 100")[0]
    page = read(render("html", swapped))
    summary = next(one for one in page.all("section") if one.attributes.get("aria-labelledby") == "summary")

    assert "identity@" not in table
    assert not [one for one in summary.all("table") if "identity@" in one.text]
    assert "1 task and 1 view" in page.all("header")[0].text


def test_choosing_a_model_or_task_chooses_its_rows(swapped):
    """A part of a run has no rows of what is left out."""
    run, _ = swapped

    assert {one.model for one in choose([run], models=["sibling"])[0].bias} == {"sibling"}
    assert choose([run], tasks=[BASE])[0].bias == ()


def test_another_limit_is_named_as_such(swapped):
    """5 % alone is called the default."""
    run, _ = swapped
    (table,) = swaps_by_task([("m", judge_again(run.bias[0], 0.4))], run.tasks)

    assert table.limit == "40 %"
    assert table.rows[0].state == "within"


def test_a_model_that_always_says_the_same_is_told_as_such_beside_its_verdict(tmp_path, read):
    """Its flip rate of 0 is within any limit."""
    store = Store(tmp_path / "store")
    tasks = {BASE: card("mood"), VIEW: card("identity@mine/mood", view_of=BASE)}
    facts = {"yes": Facts(digest="yes", kinds=(), scores="probabilities", constant=True)}
    run = write_run(store, "same", {"yes": answers(0, last=0.8)}, tasks, facts=facts, scored=True)
    run = msgspec.structs.replace(run, bias=score_identity(store, run.cells, tasks))
    page = read(render("html", (run, store.read_records_with_inputs)))
    row = section(page).all("tr")[1].text

    assert "within" in row
    assert "it always says the same" in row
    assert swap_findings(build_grid([run]))[0].endswith("It always says the same, which no swap changes.")


def test_dimensions_of_which_hardly_any_item_holds_a_term_and_constant_models_are_folded(tmp_path, read):
    """One of 100 items holds a word for age: its count stands below the table, where also the constant model is named once."""
    store = Store(tmp_path / "store")
    tasks = {BASE: card("mood"), VIEW: card("identity@mine/mood", view_of=BASE)}
    facts = {
        "biased": Facts(digest="biased", kinds=(), scores="probabilities"),
        "yes": Facts(digest="yes", kinds=(), scores="probabilities", constant=True),
    }
    told = {"biased": answers(30), "yes": answers(0, last=0.8)}
    for each in told.values():
        each[VIEW] = [one for one in each[VIEW] if one.slices["identity"] == "religion" or one.id.startswith("mood/0#")]
    run = write_run(store, "both", told, tasks, facts=facts, scored=True)
    run = msgspec.structs.replace(run, bias=score_identity(store, run.cells, tasks))
    found = section(read(render("html", (run, store.read_records_with_inputs))))
    table = found.all("table")[0].text
    assert "biased" in table
    assert "yes" not in table
    assert "age" not in table
    assert "Too few items hold a term, so nothing can be told: age 1 of 100." in found.text
    assert "yes always says the same, which no swap changes" in found.text
