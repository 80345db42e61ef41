"""Places of models on a task, from pairs that were tested, with the answers written down item by item."""

from __future__ import annotations


def places(content, task="own/a"):
    """Label -> place, and whether tests decided."""
    (one,) = [one for one in content.standings if one.column.name == task]
    return {content.grid.systems[at].label: place for at, place in one.places.items()}, one.tested


def test_the_best_is_better_than_every_other_by_its_own_answers(made, content):
    """90 of 100 against 60 and 50, nested: 30 answers to none, 40 to none."""
    found = places(
        content(made({name: {"a": "1" * n + "0" * (100 - n)} for name, n in (("x", 90), ("y", 60), ("z", 50))}))
    )
    assert found == ({"x": "best", "y": "behind", "z": "behind"}, True)


def test_models_that_no_test_tells_from_the_best_are_tied(made, content):
    """88 and 87 of 100 differ in one answer; 40 is far behind."""
    found = places(
        content(made({name: {"a": "1" * n + "0" * (100 - n)} for name, n in (("x", 88), ("y", 87), ("z", 40))}))
    )
    assert found == ({"x": "top", "y": "tied", "z": "behind"}, True)


def test_scores_on_fewer_items_are_judged_by_the_items_that_both_have(made, content):
    """y lost its first 20 of 100 items; on the other 80 x has 70 right, y 40: x is best, though no score is called the highest."""
    answers = {"x": {"a": "1" * 90 + "0" * 10}, "y": {"a": "e" * 20 + "1" * 40 + "0" * 40}}
    found = content(made(answers))
    (line,) = found.candidates.lines

    assert places(found) == ({"x": "best", "y": "behind"}, True)
    assert [cell.lines for cell in line.cells] == [("n = 100",), ("n = 80", "20 errored")]
    assert found.verdict.sentences[0].startswith("x is better than y on a, by 37.50 points [")


def test_intervals_stand_in_where_nothing_could_be_tested(made, content):
    """Without records: 90 and 60 of 100 have intervals apart, which the mark of a test is not given for."""
    found = places(content(made({"x": {"a": "1" * 90 + "0" * 10}, "y": {"a": "1" * 60 + "0" * 40}}), lost=True))
    assert found == ({"x": "best", "y": "behind"}, False)


def test_marks_of_tests_and_of_intervals_differ(made, content):
    """The table says `best` and `tied` after tests alone, and `highest` and `near` by intervals."""
    answers = {"x": {"a": "1" * 90 + "0" * 10}, "y": {"a": "1" * 60 + "0" * 40}}

    assert content(made(answers)).candidates.marks == {"best"}
    assert content(made(answers), lost=True).candidates.marks == {"highest"}
    assert content(made(answers)).candidates.tested == "all"
    assert content(made(answers), lost=True).candidates.tested == "none"


def test_a_model_alone_has_no_mark(made, content):
    found = content(made({"x": {"a": "1" * 90 + "0" * 10}}))
    assert places(found) == ({"x": "alone"}, False)
    assert not found.candidates.marks


def test_baselines_stand_behind_candidates_whatever_they_score(made, content):
    answers = {
        "base": {"a": "1" * 90 + "0" * 10},
        "low": {"a": "1" * 20 + "0" * 80},
        "high": {"a": "1" * 60 + "0" * 40},
    }
    table = content(made(answers), baselines=("base",)).candidates
    assert [(one.label, one.role) for one in table.models] == [
        ("high", ""),
        ("low", ""),
        ("base", "baseline, reference"),
    ]


def test_the_table_is_turned_where_tasks_are_too_many_for_columns(made, content):
    """Three tasks are columns; twelve are rows, with the models as columns."""
    few = made({name: dict.fromkeys("abc", "10" * 20) for name in ("x", "y")})
    many = made({name: dict.fromkeys("abcdefghijkl", "10" * 20) for name in ("x", "y")})
    assert not content(few).candidates.turned
    assert content(many).candidates.turned


def test_costs_that_nobody_has_are_named_and_no_column(made, content, latency):
    """No cost: no line. A latency of one model: the other's is not measured, and what nobody has is named."""
    answers = {"x": {"a": "10" * 20}, "y": {"a": "10" * 20}}
    none = content(made(answers)).candidates
    one = content(made(answers, profiles=(latency("x", 0.02),))).candidates
    (line,) = [line for line in one.lines if line.kind == "cost"]

    assert not [line for line in none.lines if line.kind == "cost"]
    assert line.title == "latency"
    assert [(cell.state, cell.text) for cell in line.cells] == [("score", "20 ms"), ("unmeasured", "not measured")]
    assert one.unmeasured == ("size", "throughput", "memory", "energy", "cost")
