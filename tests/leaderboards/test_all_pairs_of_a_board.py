"""All pairs of a board at once: the decisions are those of `compare`'s estimators, pair by pair, with Holm over all of them."""

import numpy as np
import pytest

from benchwright.comparison.averages import mean_difference
from benchwright.comparison.comparable_answers import ComparableAnswers
from benchwright.comparison.pairwise import adjusted, leader, pair_of
from benchwright.comparison.task import TaskOutcome
from benchwright.stats.all_pairs import critical_level
from benchwright.testing.patterns import LABELS, TAGS, pattern_task, records_of
from benchwright.types import CellResult
from benchwright_leaderboards.ranking import LEVEL, MEAN
from benchwright_leaderboards.ranks.contest import Contest
from benchwright_leaderboards.ranks.estimated import EstimatedTask, estimated_task
from benchwright_leaderboards.ranks.mean import MeanOfTasks
from benchwright_leaderboards.ranks.outcomes import CountedTask, counted_task
from benchwright_leaderboards.ranks.told_pairs import all_pairs_told, some_pairs_told


def contest_of(name, card, answers, keys=()):
    """A contest of entries by name from their records."""
    known = dict(keys)
    cells = tuple(
        (CellResult(model=id_, suite="s", task=name, split="dev", status="scored", key=known.get(id_, f"{name}{id_}")),)
        for id_ in answers
    )
    return Contest(
        path=f"s/{name}",
        card=card,
        ids=tuple(answers),
        answers=ComparableAnswers(
            path=f"s/{name}",
            task=card,
            names=tuple((id_,) for id_ in answers),
            cells=cells,
            keys=tuple(() for _ in answers),
            records=tuple((records,) for records in answers.values()),
        ),
    )


def labels(rng, rates, n, name, **columns):
    golds = [LABELS[code] for code in rng.integers(0, 2, n)]
    return {
        id_: records_of(
            golds, [gold if rng.random() < rate else LABELS[rng.integers(0, 3)] for gold in golds], task=name, **columns
        )
        for id_, rate in rates.items()
    }


def tags(rng, rates, n, name):
    golds = [("B-PER", "I-PER", "O") if rng.random() < 0.7 else ("O", "B-LOC", "O") for _ in range(n)]
    return {
        id_: records_of(
            golds,
            [gold if rng.random() < rate else (TAGS[rng.choice((0, 1, 3))], "O", "O") for gold in golds],
            task=name,
        )
        for id_, rate in rates.items()
    }


def numbers(rng, rates, n, name):
    golds = rng.normal(size=n).round(3).tolist()
    return {
        id_: records_of(golds, (np.array(golds) + rng.normal(size=n) * (1.2 - rate)).round(3).tolist(), task=name)
        for id_, rate in rates.items()
    }


def board_of(seed):
    """Contests of one to four tasks with scores of several kinds, and of unlike size."""
    rng = np.random.default_rng(seed)
    rates = {f"m{at}": rate for at, rate in enumerate(rng.choice((0.2, 0.5, 0.7, 0.72, 0.9, 0.95), rng.integers(2, 6)))}
    clusters = {"cluster": lambda at: f"c{at // 3}"}
    kinds = [
        (pattern_task("a"), lambda: labels(rng, rates, int(rng.integers(5, 400)), "a")),
        (pattern_task("b", "f1"), lambda: labels(rng, rates, 150, "b")),
        (pattern_task("c", cluster="c"), lambda: labels(rng, rates, 240, "c", **clusters)),
        (pattern_task("d", "entity_f1", kind="tag"), lambda: tags(rng, rates, 120, "d")),
        (pattern_task("e", "micro_f1"), lambda: labels(rng, rates, 90, "e")),
        (pattern_task("f", "mcc", "accuracy"), lambda: labels(rng, rates, 220, "f")),
        (pattern_task("g", "pearson", kind="score"), lambda: numbers(rng, rates, 60, "g")),
    ]
    chosen = [kinds[at] for at in sorted(rng.choice(len(kinds), rng.integers(1, 5), replace=False).tolist())]
    found = [contest_of(card.name, card, make()) for card, make in chosen]
    shares = rng.dirichlet(np.ones(len(found)))
    return {one.path: one for one in found}, {one.path: float(share) for one, share in zip(found, shares, strict=True)}


def pairs_of(contest):
    return counted_task(contest) or estimated_task(contest)


def decisions_of(groups):
    """Table -> (better, worse), pair by pair."""
    return {
        name: {
            (ahead, pair.first if ahead == pair.second else pair.second)
            for pair in pairs
            if (ahead := leader(pair, level=LEVEL, higher=True))
        }
        for name, pairs in groups.items()
    }


def one_by_one(contests, weights):
    """All pairs with adjusted p, as `compare` makes them."""
    groups = {path: one.estimates.pairs("score") for path, one in contests.items()}
    outcomes = {path: TaskOutcome(estimates=one.estimates) for path, one in contests.items()}
    ids = next(iter(contests.values())).ids
    groups[MEAN] = tuple(
        pair_of("mean", one, other, mean_difference(weights, outcomes, one, other))
        for at, one in enumerate(ids)
        for other in ids[at + 1 :]
    )
    return dict(zip(groups, adjusted(list(groups.values())), strict=True))


def at_once(contests, weights):
    tables = {path: pairs_of(one) for path, one in contests.items()}
    ids = next(iter(contests.values())).ids
    tables[MEAN] = MeanOfTasks(ids=ids, weights=weights, tasks=dict(tables))
    return tables


def check_board(contests, weights):
    wanted = one_by_one(contests, weights)
    tables = at_once(contests, weights)
    critical, rejected = critical_level(list(tables.values()), LEVEL)
    found = {
        name: {(table.ids[row], table.ids[column]) for row, column in np.argwhere(table.leads(critical)).tolist()}
        for name, table in tables.items()
    }
    assert found == decisions_of(wanted)
    assert rejected == sum(map(len, found.values()))
    assert sum(table.tests for table in tables.values()) == sum(
        pair.p is not None for pairs in wanted.values() for pair in pairs
    )
    values = {name: np.arange(len(table.ids)) for name, table in tables.items()}
    family = sum(table.tests for table in tables.values())
    told = some_pairs_told(tables, values, [tables[MEAN].ids[0]], critical=critical, family=family)
    about = tables[MEAN].p_about(np.arange(tables[MEAN].deltas.size))
    for p, pair in zip(about.tolist(), wanted[MEAN], strict=True):
        assert p == pytest.approx(pair.p, rel=1.0, abs=1e-9)
    for name, pairs in told.items():
        assert decisions_of({name: pairs})[name] <= found[name]
        mine = {(pair.first, pair.second): pair for pair in wanted[name]}
        for pair in pairs:
            full = mine[pair.first, pair.second]
            assert pair.p == pytest.approx(full.p, rel=1e-3, abs=1e-10)
            assert bool(decisions_of({"": [pair]})[""]) == bool(decisions_of({"": [full]})[""])
    for name, pairs in all_pairs_told(tables).items():
        for pair, full in zip(pairs, wanted[name], strict=True):
            assert pair.p_adjusted == pytest.approx(full.p_adjusted, rel=1e-9, abs=1e-13)
            assert (pair.low, pair.high) == pytest.approx((full.low, full.high), rel=1e-9, abs=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_the_decisions_of_a_random_board_are_those_of_its_pairs_one_by_one(seed):
    check_board(*board_of(seed))


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 60))
def test_the_decisions_of_many_random_boards_are_those_of_their_pairs_one_by_one(seed):
    check_board(*board_of(seed))


def test_shares_of_independent_items_are_counted_and_everything_else_is_estimated():
    rng = np.random.default_rng(0)
    rates = {"a": 0.9, "b": 0.5}
    kinds = {
        "accuracy": labels(rng, rates, 40, "t"),
        "micro_f1": labels(rng, rates, 40, "t"),
        "f1": labels(rng, rates, 40, "t"),
    }
    found = {name: type(pairs_of(contest_of("t", pattern_task("t", name), some))) for name, some in kinds.items()}
    assert found == {"accuracy": CountedTask, "micro_f1": CountedTask, "f1": EstimatedTask}
    clustered = labels(rng, rates, 40, "t", cluster=lambda at: f"c{at // 2}")
    assert isinstance(pairs_of(contest_of("t", pattern_task("t", cluster="c"), clustered)), EstimatedTask)


def test_entries_that_share_the_stored_answers_of_one_task_have_no_difference_there():
    rng = np.random.default_rng(1)
    rates = {"a": 0.9, "b": 0.9, "c": 0.4}
    contests, weights = {}, {"s/x": 0.5, "s/y": 0.5}
    for name in ("x", "y"):
        answers = labels(rng, rates, 200, name)
        keys = {}
        if name == "x":
            answers["b"], keys = answers["a"], {"a": "one", "b": "one"}
        contests[f"s/{name}"] = contest_of(name, pattern_task(name), answers, keys)
    check_board(contests, weights)


def equal_models(seed, sizes):
    """Ten models that answer every item rightly with the chance that the item has, on tasks of some sizes, and their mean."""
    rng = np.random.default_rng(seed)
    ids = tuple(f"m{at}" for at in range(10))
    tasks = {
        f"s/{n}": CountedTask(
            path=f"s/{n}",
            ids=ids,
            right=rng.random((10, n)) < rng.beta(4, 1.5, n),
            keys=tuple(f"{n}{id_}" for id_ in ids),
        )
        for n in sizes
    }
    return {**tasks, MEAN: MeanOfTasks(ids=ids, weights=dict.fromkeys(tasks, 1 / len(tasks)), tasks=tasks)}


@pytest.mark.parametrize("sizes", [(20,), (50, 300, 2000)])
def test_ten_equal_models_are_seldom_told_apart(sizes):
    """Nominal: 5 %; all kinds of boards with 500 draws are in ``benchmarks/equal_models.py``."""
    draws = 100
    apart = 0
    for seed in range(draws):
        _, rejected = critical_level(list(equal_models(seed, sizes).values()), LEVEL)
        apart += rejected > 0
    assert apart / draws <= 0.07
