"""Rankings as they are shown: bands of ties, signs of differences, what was not measured."""

from dataclasses import replace

import pytest
from msgspec import structs

from benchwright_leaderboards.headline import further_sentences, lead_sentence
from benchwright_leaderboards.overview_page import overview_caption
from benchwright_leaderboards.table_view import rank_meaning, view_table

TOPIC = "classification/custom"


@pytest.fixture
def content(small_content):
    return small_content


@pytest.fixture
def view(content):
    return view_table(content, content.overview, name="ranking", caption="all")


def test_entries_that_begin_at_one_rank_are_a_band_with_a_name(view):
    assert [(group.kind, group.title, [row.id for row in group.rows]) for group in view.groups] == [
        ("tie", "Tie for rank 1: 3 entries", ["best", "second", "silent"]),
        ("alone", "", ["baseline"]),
        ("partial", "Partial, not ranked", ["part"]),
    ]
    assert [row.rank for group in view.groups for row in group.rows] == ["1–3", "1–3", "1–3", "4", "–"]


def test_the_first_sentence_names_no_single_best_where_there_is_none(content):
    assert (
        lead_sentence(content.overview) == "No single best: best, second and silent cannot be told apart (ranks 1–3)."
    )
    four = lead_sentence(content.by_name[TOPIC])
    assert four == "No single best: best, second and 2 more cannot be told apart (ranks 1–4)."
    assert list(further_sentences(content, content.overview)) == [
        "Against the baseline baseline, 3 of 3 are shown to be better.",
        "! 1 ranked entry has an alarm, silent among those that may be first: see the marks below the names.",
        "1 entry is partial and not ranked.",
    ]


def test_a_lone_winner_and_boards_without_ranks_are_told_as_they_are(content):
    rows = content.overview.rows
    won = replace(
        content.overview,
        rows=(structs.replace(rows[0], place=(1, 1)), *(structs.replace(one, place=(2, 4)) for one in rows[1:4])),
    )
    assert lead_sentence(won) == "best is shown to be better than each of the 3 others (rank 1)."
    assert lead_sentence(replace(content.overview, rows=rows[4:])) == "No entry is ranked yet."
    alone = replace(content.overview, rows=(structs.replace(rows[0], place=(1, 1)),))
    assert lead_sentence(alone) == "best is the only ranked entry: there is nothing to hold it against."
    untested = replace(content.overview, rows=tuple(structs.replace(one, place=None) for one in rows[:2]))
    assert lead_sentence(untested) == "best and second are not ranked."


def test_cells_hold_value_interval_error_and_silence(content):
    shown = view_table(content, content.by_name[TOPIC], name="ranking", caption="")
    at = [column.name for column in shown.columns].index("score")
    cells = {row.id: row.cells[at] for group in shown.groups for row in group.rows}
    assert cells["silent"].text == "81.67"
    assert cells["silent"].small.startswith("[")
    assert " · SE " in cells["silent"].small
    assert cells["silent"].small.endswith(" · 5 unanswered")
    assert "unanswered" not in cells["best"].small


def test_differences_carry_a_sign_only_where_the_tests_tell_two_apart(content, view):
    at = [column.name for column in view.columns].index("difference")
    cells = {row.id: row.cells[at] for group in view.groups for row in group.rows}
    assert cells["best"].text.startswith("▲ +")
    assert cells["best"].tone == "up"
    assert cells["baseline"].text == "reference"
    assert cells["part"].text == "–"
    assert view.columns[at].about == "to baseline, 95 % interval"


def test_ranges_that_differ_are_not_told_as_one(content):
    places = {"best": (1, 2), "second": (1, 3), "silent": (2, 3), "baseline": (4, 4)}
    rows = tuple(structs.replace(row, place=places.get(row.entry.entry.id)) for row in content.overview.rows)
    assert (
        lead_sentence(replace(content.overview, rows=rows))
        == "No single best: best and second cannot be told apart (each may be the first)."
    )


def test_a_baseline_that_has_no_mean_is_said(content):
    """No column of differences is there then, and a reader asks why."""
    table = content.overview
    rows = tuple(
        structs.replace(row, difference=None, status="partial", place=None) for row in table.rows if row.is_baseline
    )
    others = tuple(structs.replace(row, difference=None) for row in table.rows if not row.is_baseline)
    view = view_table(content, replace(table, rows=others + rows), name="ranking", caption="all")
    assert "No difference to the baseline baseline is shown: it is not ranked here." in view.notes


def test_metrics_are_written_by_their_titles(content):
    assert [content.words[name].metric for name in (TOPIC, "ner/custom")] == ["Accuracy", "Entity F1 (conlleval mode)"]


def test_what_no_entry_has_is_no_column_but_a_remark(view):
    assert [column.name for column in view.columns][:2] == ["score", "difference"]
    assert "latency" in view.unmeasured


def test_what_a_rank_means_is_one_line_with_the_number_of_tests(content, view):
    assert f"over {content.ranking.family} paired tests" in view.meaning
    assert "95 % confidence" in view.meaning


def test_a_mean_of_some_tasks_says_of_how_many(content):
    weights = {TOPIC: 1.0}
    part = replace(content, ranking=structs.replace(content.ranking, weights=weights))
    assert "Entries by classification/custom;" in overview_caption(part)
    assert "the weighted mean of 2 tasks, equal weights" in overview_caption(content)


def test_a_board_without_a_test_claims_no_confidence(content):
    alone = replace(content, ranking=structs.replace(content.ranking, family=0))
    assert "confidence" not in rank_meaning(alone, content.overview)
    assert "nothing of how good it is" in rank_meaning(alone, content.overview)
