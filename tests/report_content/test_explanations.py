"""Explanations in the content of a report, made by leave-one-out through the real path: the verb, the store, the reader."""

from __future__ import annotations

import contextlib
import io
from collections import defaultdict

import pytest

from benchwright.cli.main import call
from benchwright.report_content.content import assemble
from benchwright.report_content.explained_words import FEWEST
from benchwright.store import Store, attachments
from benchwright.store.reader import RecordReader
from benchwright.types import ReportOptions


def say(*words, folder):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        code = call([*words, "--store", str(folder), "--quiet"])
    assert code == 0, told.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store: tfidf and majority explained on sentences, and on failing behavioural cases."""
    folder = tmp_path_factory.mktemp("explained") / "store"
    asked = ("tfidf", "majority", "--method", "leave_one_out", "--show", "0", "--faithfulness", "no")
    say("explain", *asked, "--suite", "starter/sentiment", "--examples", "30", "--name", "words", folder=folder)
    cases = ("--suite", "behaviour/sentiment?cases=3", "--wrong", "--examples", "12")
    say("explain", *asked, *cases, "--name", "cases", folder=folder)
    return Store(folder)


def content_of(store, name, **options):
    """The content of a report over a stored run."""
    return assemble([store.read_run(name)], RecordReader(store), ReportOptions(**options))


def test_words_of_a_label_are_means_over_items_as_an_independent_loop_has_them(made):
    content = content_of(made, "words")
    (task,) = content.explanations.tasks
    run = made.read_run("words")
    (summary,) = [one for one in run.explanations if one.model == "tfidf"]
    texts = {one.id: one.extra["inputs"]["text"] for one in made.read_records_with_inputs(summary.key)}
    seen = defaultdict(lambda: defaultdict(list))
    for id_, found in attachments.read(made, summary.key, summary.attachment).items():
        for one in found.attributions:
            mine = defaultdict(list)
            for word, value in zip(found.words, one.values, strict=True):
                mine[texts[id_][word.start : word.end].lower()].append(value)
            for word, values in mine.items():
                seen[one.target.label][word].append(sum(values) / len(values))
    for told in (one for one in task.words if one.system == "tfidf"):
        means = {word: sum(v) / len(v) for word, v in seen[told.label].items() if len(v) >= FEWEST}
        assert told.words == len(means)
        best = max(means, key=means.get)
        assert (told.raising[0].word, told.raising[0].mean) == (best, pytest.approx(means[best]))
        assert told.raising[0].items == len(seen[told.label][best])
        worst = min(means, key=means.get)
        assert (told.lowering[0].word, told.lowering[0].mean) == (worst, pytest.approx(means[worst]))


def test_items_on_which_models_disagree_come_first_then_wrong_ones(made):
    (task,) = content_of(made, "words").explanations.tasks
    ranks = []
    for item in task.items:
        verdicts = {model.verdict for model in item.models}
        ranks.append(0 if verdicts == {"right", "wrong"} else 1 if "wrong" in verdicts else 2)
    assert len(ranks) == 30
    assert ranks == sorted(ranks)
    assert set(ranks) >= {0, 2}


def test_models_share_one_scale_and_colours_towards_different_labels_are_told(made):
    (task,) = content_of(made, "words").explanations.tasks
    for item in task.items:
        maps = [one for model in item.models for one in model.maps]
        assert len({one.largest for one in maps}) == 1
        assert maps[0].largest >= max(abs(value) for one in maps for value in one.values)
        assert item.differ == (len({one.target for one in maps}) == 2)


def test_a_failing_variant_stands_below_its_original(made):
    (task,) = content_of(made, "cases").explanations.tasks
    places = [(item.case, item.role) for item in task.items]
    variants = [at for at, (_, role) in enumerate(places) if role == "variant"]
    assert variants
    with_original = [at for at in variants if (places[at][0], "original") in places]
    assert with_original
    assert all(places[at - 1][0] == places[at][0] for at in with_original)


def test_a_method_that_was_not_judged_says_so_of_each_of_its_explanations(made):
    (task,) = content_of(made, "words").explanations.tasks
    assert {row.verdict for row in task.rows} == {"not judged"}
    assert {one.verdict for item in task.items for model in item.models for one in model.maps} == {"not judged"}


def test_without_texts_there_are_rows_and_nothing_of_items(made):
    (task,) = content_of(made, "words", inputs=False).explanations.tasks
    assert (len(task.rows), task.items, task.words) == (2, (), ())
    assert task.withheld


def test_only_the_attributions_of_this_run_are_read(made):
    """Another run of the same attachment, which holds more items, changes nothing."""
    before = content_of(made, "words").explanations
    asked = (
        "tfidf",
        "--method",
        "leave_one_out",
        "--show",
        "0",
        "--faithfulness",
        "no",
        "--suite",
        "starter/sentiment",
    )
    say("explain", *asked, "--examples", "35", "--name", "more", folder=made.root)
    assert content_of(made, "words").explanations == before


def test_a_case_is_shown_whole_or_not_at_all_and_its_items_stand_together(made):
    (task,) = content_of(made, "cases").explanations.tasks
    sizes = [len(case) for case in task.cases]
    assert sum(sizes) == len(task.items)
    first = next(at for at, size in enumerate(sizes) if size > 1)
    before = sum(sizes[:first])
    assert before
    (cut,) = content_of(made, "cases", max_examples=before + 1).explanations.tasks
    assert [item.id for item in cut.items] == [item.id for item in task.items[:before]]
    assert {item.role for item in task.cases[first]} == {"original", "variant"}


def test_labels_without_a_word_that_counts_are_told_in_a_sentence(made):
    (task,) = content_of(made, "words").explanations.tasks
    assert {one.system for one in task.told_words} == {"tfidf"}
    (label,) = [one.label for one in task.words if one.system == "majority"]
    assert f"{label} (majority, leave-one-out)" in task.wordless
