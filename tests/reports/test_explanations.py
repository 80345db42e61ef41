"""What a report says of explanations, on runs by hand: size, hostile words, texts left out, callers that give no attributions."""

from __future__ import annotations

import json
import re
from collections import Counter

import msgspec
import pytest

from benchwright.alarm import alarm
from benchwright.errors import StoreError
from benchwright.redaction import without_texts
from benchwright.report_content.content import assemble
from benchwright.report_content.markdown.explanations import card_lines
from benchwright.testing.hostile import HARMLESS, HOSTILE
from benchwright.types import CellResult, ReportOptions
from benchwright_reports.csv import report as csv
from benchwright_reports.html import report as html
from benchwright_reports.json import report as json_report
from benchwright_reports.markdown import report as markdown


def without(run):
    """The run before anything was explained."""
    cells = tuple(cell for cell in run.cells if cell.suite != "explain")
    return msgspec.structs.replace(run, explanations=(), cells=cells)


def section(page):
    """The part of a page about explanations."""
    return page[page.index('<section aria-labelledby="explanations"') :].partition("</section>")[0]


def weight(run, read):
    """Bytes that explanations add to a page."""
    pages = (html.render([one], read, ReportOptions()) for one in (run, without(run)))
    one, other = (len(page.encode()) for page in pages)
    return one - other


def test_fifty_sentences_twenty_entities_and_twenty_answers_in_long_texts_are_under_400_kb(explained):
    run, read = explained.build(lengths=(40, 30, 200), methods=("shap", "random"))
    page = html.render([run], read, ReportOptions())
    assert page.count("<article class=xi ") == 50 + 10 + 20
    assert weight(run, read) < 400_000


def test_more_methods_on_long_texts_show_fewer_items_and_stay_under_400_kb(explained):
    run, read = explained.build(items=(50, 10, 20), lengths=(40, 30, 200), methods=("shap", "lime"))
    content = assemble([run], read, ReportOptions())
    shown = [len(task.items) for task in content.explanations.tasks]
    assert [0 < some < all_ for some, all_ in zip(shown, (50, 10, 20), strict=True)] == [True] * 3
    assert weight(run, read) < 400_000


@pytest.mark.soak
def test_more_methods_on_long_hostile_words_show_fewer_items_and_stay_under_500_kb(explained):
    def word(dice):
        return dice.choice(HOSTILE)[:40].replace(" ", "") or "x"

    run, read = explained.build(lengths=(40, 30, 200), methods=("shap", "lime", "random"), word=word)
    assert weight(run, read) < 500_000  # escapes of what cannot be seen are a few times as long as words


def test_nothing_of_a_word_a_label_or_a_target_becomes_markup(explained):
    """A page of hostile words has exactly the elements of the same page with harmless ones."""

    def tags(pieces):
        run, read = explained.build(
            items=(6, 3, 3),
            lengths=(12, 8, 80),
            word=lambda dice: pieces[dice.randrange(len(pieces))].replace(" ", "_"),
        )
        return Counter(re.findall(r"<[a-z/][^>]*>", section(html.render([run], read, ReportOptions()))))

    assert tags(HOSTILE) == tags(HARMLESS)


def test_a_report_without_texts_has_the_numbers_and_no_word(explained):
    run, read = explained.build(items=(5, 3, 2), lengths=(10, 8, 70), word=lambda dice: f"secret{dice.randrange(9)}")
    told = alarm("no-explanation", "1 item of 5 without an explanation: cannot read secret5")
    summaries = tuple(msgspec.structs.replace(one, alarms=(told,)) for one in run.explanations)
    run = without_texts(msgspec.structs.replace(run, explanations=summaries))
    for one in (html, markdown, json_report):
        text = one.render([run], read.without_inputs(), ReportOptions(inputs=False))
        assert "secret" not in re.sub(r"(person|place): secret\d( secret\d)?", "", text)
    page = section(html.render([run], read, ReportOptions(inputs=False)))
    assert "secret" not in page
    assert "not distinguishable from random" in page
    assert "1 item of 5 without an explanation: the message is left out" in page
    assert "Texts are left out of this report" in page


def test_a_caller_with_a_plain_function_is_told_that_words_were_not_given(explained):
    run, read = explained.build(items=(5, 3, 2))
    page = section(html.render([run], read.records.__getitem__, ReportOptions()))
    assert "+0.250" in page
    assert "not given the attributions of words" in page
    assert "<article" not in page


def test_an_attachment_that_cannot_be_read_is_told_and_keeps_its_row(explained):
    run, read = explained.build(items=(5, 3, 2))

    class Damaged(explained.Reader):
        def explanations(self, key, attachment, ids=None):
            if key == "large-sentiment":
                raise StoreError("it is damaged", hint="explain again")
            return super().explanations(key, attachment, ids)

    page = section(html.render([run], Damaged(read.records, read.attachments), ReportOptions()))
    assert "large, SHAP: it is damaged" in page
    assert page.count("<article class=xi ") == 5 + 3 + 2


def test_a_method_that_is_not_told_apart_from_random_says_so_beside_each_of_its_explanations(explained):
    run, read = explained.build(items=(4, 0, 0), trust=(True, False))
    page = section(html.render([run], read, ReportOptions()))
    maps = re.findall(r"<p class=xh>.*?</p>", page)
    said = ["not distinguishable from random" in one for one in maps]
    assert (len(said), sum(said)) == (8, 4)


def test_explanations_are_no_task_without_a_score(explained):
    """They stand in no table of tasks, and no alarm says that a number is not there."""
    run, read = explained.build(items=(4, 2, 2))
    content = assemble([run], read, ReportOptions())
    assert {column.suite for column in content.grid.columns} == {"made"}
    assert not [one for one in content.causes.causes if "explain" in one.tasks]


def test_what_was_asked_for_and_is_not_there_says_why(explained):
    run, read = explained.build(items=(4, 2, 2))
    absent = CellResult(
        model="large", suite="explain", task="lime@made/sentiment", split="validation", status="failed", reason="no <b>"
    )
    run = msgspec.structs.replace(run, cells=(*run.cells, absent))
    assert "LIME of large: failed: no &lt;b&gt;" in section(html.render([run], read, ReportOptions()))


def test_every_format_holds_the_gap_with_its_interval(explained):
    run, read = explained.build(items=(4, 2, 2))
    assert "+0.250<br><sub>\\[+0.100, +0.400\\]</sub>" in markdown.render([run], read, ReportOptions())
    rows = csv.render([run], read, ReportOptions()).splitlines()
    (gap,) = [one for one in rows if "large,explain,shap@made/sentiment" in one and "difference(comp" in one]
    assert ",0.25,0.1,0.4,50," in gap
    document = json.loads(json_report.render([run], read, ReportOptions()))
    task = document["sections"]["explanations"]["tasks"][0]
    assert task["rows"][0]["summary"]["faithfulness"][0]["gap"] == 0.25
    values = task["items"][0]["models"][0]["maps"][0]["values"]
    assert len(values) == len(task["items"][0]["words"]) == 25


def test_as_many_items_as_asked_for_are_shown(explained):
    run, read = explained.build(items=(9, 2, 2))
    page = section(html.render([run], read, ReportOptions(max_examples=1)))
    assert page.count("<article class=xi ") == 3
    assert "1 of 9 explained items" in page


def test_a_model_that_read_an_item_in_part_says_so_beside_it(explained):
    run, read = explained.build(items=(2, 0, 0))
    found = read.attachments["large-sentiment", "shap-0"]
    found["sentiment/0"] = msgspec.structs.replace(found["sentiment/0"], truncated=True)
    page = section(html.render([run], read, ReportOptions()))
    assert page.count("read in part: words behind that count nothing") == 1


def test_the_same_input_gives_the_same_bytes(explained):
    pages = {
        section(html.render([run], read, ReportOptions()))
        for run, read in (explained.build(items=(3, 2, 2)) for _ in range(2))
    }
    assert len(pages) == 1


def quiet(run, read, model):
    """The same reader with a model for which no word of a sentence counts."""
    attachments = dict(read.attachments)
    attachments[f"{model}-sentiment", "shap-0"] = {
        id_: msgspec.structs.replace(
            one,
            attributions=tuple(
                msgspec.structs.replace(each, values=(0.0,) * len(each.values)) for each in one.attributions
            ),
        )
        for id_, one in read.attachments[f"{model}-sentiment", "shap-0"].items()
    }
    return type(read)(read.records, attachments)


def test_a_model_for_which_no_word_counts_is_told_in_one_line_and_its_text_is_not_repeated(explained):
    run, read = explained.build(items=(4, 0, 0))
    page = section(html.render([run], quiet(run, read, "small"), ReportOptions()))
    assert page.count("<div class=xm>") == page.count("no word changes it") == 4
    assert len(re.findall(r"<p class=\"xs xq\">.*not distinguishable from random</b></p>", page)) == 4


def test_where_no_word_counts_for_any_model_the_text_is_read_once(explained):
    run, read = explained.build(items=(4, 0, 0))
    silent = quiet(run, quiet(run, read, "small"), "large")
    page = section(html.render([run], silent, ReportOptions()))
    assert page.count("<div class=heat>") == 4


def test_a_frame_is_explained_where_an_entity_or_answer_has_one_and_nowhere_else(explained):
    run, read = explained.build(items=(2, 0, 0))
    assert "framed" not in section(html.render([run], read, ReportOptions()))
    run, read = explained.build(items=(0, 2, 2))
    page = section(html.render([run], read, ReportOptions()))
    assert "<em>framed</em>: the entity or answer" in page
    assert page.count("<em>") > 9


def test_what_is_no_probability_says_so_in_its_row(explained):
    run, read = explained.build(items=(2, 2, 2))
    page = section(html.render([run], read, ReportOptions()))
    assert page.count('SHAP<span class="line">of a logit</span>') == 2
    assert markdown.render([run], read, ReportOptions()).count("SHAP<br><sub>of a logit</sub>") == 2


def test_a_model_card_names_what_was_asked_for_and_is_not_there(explained):
    run, read = explained.build(items=(4, 2, 2))
    absent = CellResult(
        model="large",
        suite="explain",
        task="lime@made/answers",
        split="validation",
        status="failed",
        reason="no scores",
    )
    run = msgspec.structs.replace(run, cells=(*run.cells, absent))
    assert "- On made/answers LIME of large: failed: no scores" in card_lines(assemble([run], read, ReportOptions()))
