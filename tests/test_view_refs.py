"""What `--suite` and `--on` mean together: views of tasks, each beside its task."""

import pytest

from benchwright import perturbations
from benchwright.errors import ConfigError, PluginError
from benchwright.view_refs import resolve_targets

DEFAULT = ["keyboard_typo", "case", "punctuation", "contractions", "number_and_name", "irrelevant_sentence"]


def paths(*selectors, on=(), split=None):
    return [target.path for target in resolve_targets(selectors, on, split)]


def refused(*selectors, on=()):
    with pytest.raises(ConfigError) as raised:
        resolve_targets(selectors, on)
    return str(raised.value)


def test_the_suite_alone_is_its_default_perturbations_beside_each_task():
    """Six views at severity 2, whose names say no severity, behind the task as it is."""
    assert paths("robustness", on=["starter/topic", "starter/sentiment"]) == [
        f"{view}{task}"
        for task in ("starter/topic", "starter/sentiment")
        for view in ("", *(f"robustness/{name}@" for name in DEFAULT))
    ]


def test_the_default_is_what_the_perturbations_declare():
    """The suite says by name what the package of perturbations calls its default."""
    from benchwright import perturbations
    from benchwright_suites.robustness import suite

    assert suite.views == perturbations.DEFAULT


@pytest.mark.parametrize(
    ("selector", "on", "expected"),
    [
        ("robustness/keyboard_typo@starter/topic", (), ["keyboard_typo"]),
        ("robustness/keyboard_typo-3@starter/topic", (), ["keyboard_typo-3"]),
        ("robustness/keyboard_typo-2@starter/topic", (), ["keyboard_typo"]),
        ("robustness/ocr", ["starter/topic"], ["ocr"]),
        ("robustness?perturbations=ocr,case&severity=1,3", ["starter/topic"], ["ocr-1", "ocr-3", "case-1", "case-3"]),
        ("robustness?perturbations=ocr&severity=3,1", ["starter/topic"], ["ocr-1", "ocr-3"]),
    ],
)
def test_perturbations_and_severities_are_chosen(selector, on, expected):
    """By name before `@`, or as options of the suite."""
    assert paths(selector, on=on) == ["starter/topic", *(f"robustness/{name}@starter/topic" for name in expected)]


def test_all_leaves_out_with_the_reason_what_needs_a_declaration():
    """Adjacent words swapped: who names it, or says declared=yes, says that the label stays."""
    some = resolve_targets(["robustness?perturbations=all"], ["starter/topic"])
    every = resolve_targets(["robustness?perturbations=all&declared=yes"], ["starter/topic"])
    named = resolve_targets(["robustness/swap_adjacent_words@starter/topic"], [])

    left_out = {target.view.perturbation: target.refused for target in some if target.refused}
    assert "declaration" in left_out["swap_adjacent_words"]
    assert [target.refused for target in every if target.view] == [""] * (len(every) - 1)
    assert named[-1].refused == ""


def test_a_perturbation_that_asks_another_question_is_refused_by_name_and_else_left_out():
    """A sentence before a sentence to tag is no sentence to tag; asked for whole, the suite leaves it out and says why."""
    named = refused("robustness/irrelevant_sentence@ner/wnut17")
    whole = resolve_targets(["robustness"], ["ner/wnut17"])

    assert "irrelevant_sentence@ner/wnut17" in named
    assert "keyboard_typo" in named
    (left_out,) = [target for target in whole if target.refused]
    assert left_out.path == "robustness/irrelevant_sentence@ner/wnut17"


@pytest.mark.parametrize(
    ("selector", "on", "said"),
    [
        ("robustness", (), "--on SUITE/TASK"),
        ("robustness/keyboard_typos@starter/topic", (), "did you mean keyboard_typo"),
        ("robustness?severity=4", ["starter/topic"], "1, 2 or 3"),
        ("robustness?draws=0", ["starter/topic"], "from 1 to 20"),
        ("robustness?severities=1", ["starter/topic"], "did you mean severity"),
        ("robustness?perturbations=keybord_typo", ["starter/topic"], "keyboard_typo"),
        ("robustness/@starter/topic", (), "names no perturbation"),
        ("robustness/case@starter", (), "names no task"),
        ("robustness/case@starter", (), "--suite robustness/case --on starter"),
        ("robustness/ocr-4@starter/topic", (), "expected: ocr-1 or ocr-2 or ocr-3"),
        ("robustness/ocr-0", ["starter/topic"], "expected: ocr-1 or ocr-2 or ocr-3"),
        ("robustness?perturbations=", ["starter/topic"], "names separated by commas, or all"),
        ("robustness?perturbations=all,ocr", ["starter/topic"], "names separated by commas, or all"),
        ("robustness/case@behaviour/sentiment", (), "--suite behaviour/sentiment runs it as it is"),
        ("robustness/case@starter/topics", (), "did you mean topic"),
        ("starter/topic", ["starter/sentiment"], "has no meaning"),
        ("robustness/case@starter/topic", ["starter/sentiment"], "has no meaning"),
        ("robustness", ["robustness"], "not a task that can be seen through one"),
        ("robustness", ["starter/topic?limit=0"], "at least 1"),
        ("robustness", ["starter/topic?limit=5,starter/sentiment"], "repeat --suite or --on"),
    ],
)
def test_a_mistake_is_told_with_what_to_type(selector, on, said):
    """Unknown names get suggestions."""
    assert said in refused(selector, on=on)


@pytest.mark.parametrize("selector", ["robustness?severity=4", "robustness/ocr-4", "robustness/case@starter"])
def test_a_mistake_in_a_view_is_the_only_one_that_is_told(selector):
    """What follows from it is no mistake: that `--on` has no views, or that no task has a split."""
    told = refused(selector, on=["starter/topic"])

    assert "has no meaning" not in told
    assert "has a split" not in told


def test_every_mistake_is_told_at_once():
    """Not one after the other."""
    told = refused("robustness?severity=7&draws=99&perturbations=nothing", on=["starter/topic"])

    assert all(part in told for part in ("severity=7", "draws=99", "nothing"))


def test_a_task_and_a_view_asked_for_twice_stand_once():
    """The clean cell is the ordinary cell of the task."""
    assert paths("starter/topic", "robustness/case@starter/topic", "robustness/ocr@starter/topic") == [
        "starter/topic",
        "robustness/case@starter/topic",
        "robustness/ocr@starter/topic",
    ]


def test_two_limits_or_numbers_of_draws_of_one_task_are_refused():
    """One run has one cell of a task."""
    assert "different limits" in refused("starter/topic", "robustness", on=["starter/topic?limit=5"])
    assert "different draws" in refused(
        "robustness/case@starter/topic?draws=2", "robustness/case@starter/topic?draws=3"
    )


def test_a_limit_is_that_of_the_task_and_its_views():
    """`?limit=` behind a task by name; the run's own limit counts where it is smaller."""
    task, view = resolve_targets(["robustness/case@starter/topic?limit=5"], [])

    assert (task.limit, view.limit) == (5, 5)
    assert [view.least(limit) for limit in (None, 3, 9)] == [5, 3, 5]


def test_a_view_has_the_card_of_its_task_and_is_served_by_its_head():
    """Same inputs, labels and metrics; the head and train split are those of the task, or of the one that serves it."""
    _, view = resolve_targets(["robustness/case@glue/mnli_mm"], [])

    assert view.task.view_of == "glue/mnli_mm"
    assert view.task.trained_on == "glue/mnli"
    assert view.home[1].name == "mnli"
    assert (view.task.inputs, view.task.label_names) == (view.base.task.inputs, view.base.task.label_names)


def test_a_user_s_own_data_are_seen_too(write):
    """The options behind `?` are those of the task, but for draws."""
    path = write("mine.csv", "text,label\na fine day,good\na sad day,bad\n")
    task, view = resolve_targets([f"robustness/case@classification/custom?path={path}&draws=2"], [])

    assert (task.path, view.path) == ("classification/custom", "robustness/case@classification/custom")
    assert view.view.draws == 2
    assert view.home[1] is task.task


def test_of_a_question_about_form_only_values_are_exchanged_without_a_declaration():
    """CoLA asks whether a sentence is grammatical: a typing error is another question."""
    every = resolve_targets(["robustness?perturbations=all"], ["glue/cola"])
    assert {target.path for target in every if not target.refused} == {
        "glue/cola",
        *(f"robustness/{name}@glue/cola" for name in ("number_and_name", "number", "name", "number_words")),
    }
    (typo,) = (target for target in every if "keyboard_typo" in target.path)
    assert typo.refused == "keyboard_typo keeps the gold answers by declaration only: name it, or add declared=yes"
    (_, named) = resolve_targets(["robustness/keyboard_typo"], ["glue/cola"])
    assert not named.refused


@pytest.mark.parametrize(
    ("name", "hint"),
    [("typo", "keyboard_typo"), ("typos", "keyboard_typo"), ("ocrr", "ocr"), ("zzz", "list tasks robustness")],
)
def test_an_unknown_perturbation_always_says_what_to_type(name, hint):
    with pytest.raises(PluginError) as error:
        perturbations.named(name)
    assert hint in error.value.hint


@pytest.mark.parametrize(
    ("selector", "on", "expected"),
    [
        ("bias/identity@starter/topic", (), ["starter/topic", "bias/identity@starter/topic"]),
        ("bias/identity", ["starter/topic"], ["starter/topic", "bias/identity@starter/topic"]),
        ("bias", ["starter/topic"], ["starter/topic", "bias/identity@starter/topic"]),
        ("bias?dimensions=gender", ["starter/topic"], ["starter/topic", "bias/identity@starter/topic"]),
    ],
)
def test_a_suite_with_tasks_and_views_means_its_views_where_other_tasks_are_named(selector, on, expected):
    """Without `--on` its tasks."""
    assert paths(selector, on=on) == expected
    assert "superglue/axg" in paths("bias")


def test_options_of_identity_swaps_stand_behind_the_view_or_the_task():
    """And those of the task stay the task's."""
    (_, view) = resolve_targets(["bias/identity@starter/topic?dimensions=gender,religion&names=3&limit=5"], [])

    assert (view.view.dimensions, view.view.names, view.limit) == (("gender", "religion"), 3, 5)


@pytest.mark.parametrize(
    ("selector", "on", "said"),
    [
        ("bias/identity@starter/topic?dimensions=gendr", (), "did you mean gender"),
        ("bias/identity@starter/topic?dimensions=", (), "names separated by commas"),
        ("bias/identity@starter/topic?names=0", (), "from 1 to 20"),
        ("bias/identity@starter/topic?lexicon=", (), "lexicon names no file"),
        ("bias/identity@starter/topic?lexicon=nowhere.toml", (), "there is no such file"),
        ("bias/identity", (), "--on SUITE/TASK"),
        ("bias/identities@starter/topic", (), "bias has no view 'identities'"),
        ("bias?dimension=gender", ["starter/topic"], "did you mean dimensions"),
        ("bias/identity@behaviour/sentiment", (), "variants already"),
    ],
)
def test_a_mistake_in_identity_swaps_is_told_with_what_to_type(selector, on, said):
    """As of perturbations."""
    assert said in refused(selector, on=on)
