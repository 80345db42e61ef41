"""Rank ranges of a board: those of `compare`, and those of a loop written from the papers."""

import json
import math
import shutil
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

import benchwright
from benchwright.store import Store
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.new import new_board
from benchwright_leaderboards.ranking import LEVEL, MEAN, load_or_rank, rank
from benchwright_leaderboards.ranks import contest, estimated, rank_board
from benchwright_leaderboards.ranks.kept import read_kept, write_kept

answered, row_of = contest.read_answered, estimated.row_of

TASKS = ("starter/sentiment", "starter/topic")
WRONG = {"alpha": 0.05, "beta": 0.08, "gamma": 0.1, "delta": 0.25, "epsilon": 0.28, "zeta": 0.5}
"""Model -> share of items that it answers wrongly; `beta` answers nothing to half of those."""


def write_answers(folder, model, golds, share, seed):
    """Predictions of a model whose wrong answers fall where a seed puts them."""
    for path, gold in golds.items():
        rng = np.random.default_rng([seed, len(path)])
        labels = sorted(set(gold))
        wrong = rng.random(len(gold)) < share
        rows = [
            {"index": at, "label": right if not bad else labels[(labels.index(right) + 1) % len(labels)]}
            for at, (right, bad) in enumerate(zip(gold, wrong, strict=True))
        ]
        if model == "beta":
            silent = wrong & (rng.random(len(gold)) < 0.5)
            rows = [{"index": at, "error": "timed out"} if silent[at] else row for at, row in enumerate(rows)]
        place = folder / model / f"{path}.jsonl"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return f"{model}=predictions:{folder / model}"


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """A store with six models on the two tasks of `starter`, and the board of them."""
    root = tmp_path_factory.mktemp("ranks")
    store = root / "store"
    run = benchwright.evaluate(["majority"], ["starter"], name="golds", store=store)
    golds = {cell.task_path: [record.target for record in Store(store).read_records(cell.key)] for cell in run.cells}
    models = [
        write_answers(root / "predictions", model, golds, share, seed)
        for seed, (model, share) in enumerate(WRONG.items())
    ]
    benchwright.evaluate(models, ["starter"], name="all", store=store, errors=1000)
    new_board(root / "board", Store(store).read_run("all"), Store(store), title="Starter")
    add(root / "board", ["all"], store=Store(store), team="us")
    return root


@pytest.fixture(scope="module")
def ranking(starter):
    """The ranking of that board."""
    return rank(open_board(starter / "board"))


@pytest.fixture(scope="module")
def comparison(starter):
    """What `compare` says of the same models."""
    return benchwright.compare("all", store=starter / "store", missing="wrong", metric="score")


def ends(places):
    return {one.system: (one.low, one.high) for one in places}


def test_rank_ranges_of_a_board_are_those_of_compare_with_silence_counted_as_wrong(ranking, comparison):
    for path in TASKS:
        assert ranking.places[path] == ends(comparison.task(path).places)
    assert ranking.places[MEAN] == ends(comparison.average_places["starter starter-mean-2"])
    assert ranking.family == comparison.family == 45
    assert len({place for places in ranking.places.values() for place in places.values()}) > 4


def test_every_p_of_a_board_is_that_of_compare_before_and_after_holm(ranking, comparison):
    theirs = {
        TASKS[0]: comparison.task(TASKS[0]).pairs,
        TASKS[1]: comparison.task(TASKS[1]).pairs,
        MEAN: comparison.average_pairs["starter starter-mean-2"],
    }
    for name, pairs in theirs.items():
        mine = {(pair.first, pair.second): pair for pair in ranking.pairs[name]}
        for pair in pairs:
            found = mine[pair.first, pair.second]
            for part in ("delta", "p", "p_adjusted", "low", "high"):
                assert getattr(found, part) == pytest.approx(getattr(pair, part), rel=1e-9, abs=1e-12)


def right_answers(starter, path):
    """Model -> whether each item is answered rightly, silence being wrong, read as plain rows."""
    store = Store(starter / "store")
    cells = {cell.model: cell.key for cell in store.read_run("all").cells if cell.task_path == path}
    return {
        model: [record.output == record.target for record in store.read_records(key)] for model, key in cells.items()
    }


def score_z(b, c, n, delta):
    """Tango (1998), written from the paper: constrained estimate of the share of c, then the score statistic."""
    big_a, big_b, big_c = 2 * n, -b - c + (2 * n - b + c) * delta, -c * delta * (1 - delta)
    q = (math.sqrt(max(big_b**2 - 4 * big_a * big_c, 0.0)) - big_b) / (2 * big_a)
    spread = n * (2 * q + delta * (1 - delta))
    return (b - c - n * delta) / math.sqrt(spread) if spread > 0 else 0.0


def lower(b, c, n, z):
    low, high = -1 + 1e-12, (b - c) / n
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if score_z(b, c, n, middle) >= z else (low, middle)
    return low


def mean_p(parts):
    """Two-sided p of a mean of independent differences (Zou and Donner 2008): the level at which its bound is 0."""
    value = sum(weight * (b - c) / n for weight, b, c, n in parts)
    if value < 0:
        parts = [(weight, c, b, n) for weight, b, c, n in parts]
    low, high = 0.0, 12.0
    for _ in range(100):
        z = (low + high) / 2
        far = math.sqrt(sum((weight * ((b - c) / n - lower(b, c, n, z))) ** 2 for weight, b, c, n in parts))
        low, high = (z, high) if abs(value) - far > 0 else (low, z)
    return 2 * NormalDist().cdf(-low) if value else 1.0


def test_rank_ranges_are_those_of_a_loop_from_the_papers(starter, ranking):
    right = {path: right_answers(starter, path) for path in TASKS}
    names = list(WRONG)
    tests = []
    for at, one in enumerate(names):
        for other in names[at + 1 :]:
            parts = []
            for path in TASKS:
                pairs = list(zip(right[path][one], right[path][other], strict=True))
                b, c = sum(y and not x for x, y in pairs), sum(x and not y for x, y in pairs)
                parts.append((0.5, b, c, len(pairs)))
                z = (b - c) / math.sqrt(b + c) if b + c else 0.0
                tests.append((2 * NormalDist().cdf(-abs(z)), path, one, other, b - c))
            value = sum(b / n - c / n for _, b, c, n in parts)
            tests.append((mean_p(parts), MEAN, one, other, value))
    tests.sort()
    above = {name: dict.fromkeys(names, 0) for name in (*TASKS, MEAN)}
    below = {name: dict.fromkeys(names, 0) for name in (*TASKS, MEAN)}
    for step, (p, name, one, other, way) in enumerate(tests):
        if p * (len(tests) - step) > 0.05:
            break
        better, worse = (other, one) if way > 0 else (one, other)
        below[name][better] += 1
        above[name][worse] += 1
    for name, places in ranking.places.items():
        assert places == {id_: (1 + above[name][id_], len(names) - below[name][id_]) for id_ in names}
    told_apart = sum(sum(some.values()) for some in above.values())
    assert ranking.rejected == told_apart
    assert ranking.critical == pytest.approx(LEVEL / (len(tests) - told_apart))


def test_a_board_that_grows_has_ranges_from_its_first_entry_on_and_counts_a_model_added_twice_once(starter, tmp_path):
    store, root = Store(starter / "store"), tmp_path / "board"
    new_board(root, store.read_run("all"), store, title="Growing")
    add(root, ["all:delta"], store=store, team="us")
    assert rank(open_board(root)).places[MEAN] == {"delta": (1, 1)}
    add(root, ["all:epsilon"], store=store, team="us")
    assert rank(open_board(root)).places["starter/topic"] == {"delta": (1, 2), "epsilon": (1, 2)}
    add(root, ["all:delta", "all:alpha"], store=store, team="them", same_as="delta")
    found = rank(open_board(root))
    (twin,) = found.twins
    assert found.twins[twin] == "delta"
    assert found.family == 9
    assert found.places[MEAN] == {"delta": (2, 3), twin: (2, 3), "epsilon": (2, 3), "alpha": (1, 1)}
    assert found.attempts == 4


def test_the_optimism_of_the_winner_is_positive_and_at_most_that_of_equal_models(ranking):
    for name in (*TASKS, MEAN):
        assert 0 < ranking.optimism[name].expected < ranking.optimism[name].if_equal < 0.1
        assert ranking.optimism[name].entries == 6
    assert ranking.optimism[MEAN].best == "alpha"


def files_of(root):
    return {path.relative_to(root).as_posix(): path for path in (root / "derived").rglob("*") if path.is_file()}


def test_a_ranking_is_kept_for_exactly_its_entries_and_made_anew_where_what_is_kept_is_not_what_was_written(
    starter, tmp_path
):
    root = tmp_path / "board"
    shutil.copytree(starter / "board", root)
    wanted = rank(open_board(root))
    assert load_or_rank(open_board(root)) == wanted
    files = files_of(root)
    assert sorted(files)[1:] == [
        "derived/ranks/mean.npz",
        "derived/ranks/tasks/starter--sentiment.npz",
        "derived/ranks/tasks/starter--topic.npz",
    ]
    kept = next(path for name, path in files.items() if name.endswith(".msgpack"))
    before = kept.stat().st_mtime_ns
    assert load_or_rank(open_board(root)) == wanted
    assert kept.stat().st_mtime_ns == before
    kept.write_bytes(kept.read_bytes().replace(b"zeta", b"beta"))
    assert load_or_rank(open_board(root)) == wanted
    for path in files.values():
        path.write_bytes(path.read_bytes()[:100])
    assert load_or_rank(open_board(root)) == wanted


def test_what_another_form_of_the_program_kept_of_the_same_entries_or_of_others_is_made_anew(
    starter, small_store, small_board, tmp_path
):
    for made in (starter / "board", small_board):
        root = tmp_path / made.parent.name / "board"
        shutil.copytree(made, root, ignore=shutil.ignore_patterns("derived"))
        board = open_board(root)
        wanted = load_or_rank(board)
        for path in (root / "derived" / "ranks").glob("*/*.npz"):
            kept = read_kept(path)
            name = "right" if "right" in kept.arrays else "rows"
            narrow = {**kept.arrays, name: kept.arrays[name][:, :-1]}
            write_kept(path, list(kept.places), narrow)
        for path in (root / "derived" / "ranks").glob("*.*"):
            path.unlink()
        assert load_or_rank(board) == wanted
        for path in (root / "derived" / "ranks").glob("*/*.npz"):
            kept = read_kept(path)
            strange = {name: np.zeros_like(array) for name, array in kept.arrays.items()}
            write_kept(path, [f"{at:064}" for at in range(len(kept.places))], strange)
        for path in (root / "derived" / "ranks").glob("*.*"):
            path.unlink()
        assert load_or_rank(board) == wanted


def test_a_large_board_tells_the_pairs_of_neighbours_on_the_mean_on_every_task(starter, monkeypatch):
    board = open_board(starter / "board")
    small = rank(board)
    monkeypatch.setattr(rank_board, "FULL", 0)
    large = rank(board)
    rows = [row.entry.entry.id for row in assemble_board(board, large).overview.of("ranked")]
    assert len(rows) == 6
    every = {name: {(pair.first, pair.second): pair for pair in pairs} for name, pairs in small.pairs.items()}
    for name, pairs in large.pairs.items():
        told = {(pair.first, pair.second): pair for pair in pairs}
        assert all((one, other) in told or (other, one) in told for one, other in pairwise(rows))
        for ends_, pair in told.items():
            assert (pair.delta, pair.low, pair.high) == pytest.approx(
                (every[name][ends_].delta, every[name][ends_].low, every[name][ends_].high)
            )
            assert (pair.p_adjusted <= LEVEL) == (every[name][ends_].p_adjusted <= LEVEL)


def test_a_board_that_grows_computes_what_is_new_and_ranks_as_from_nothing(starter, tmp_path, monkeypatch):
    store, root = Store(starter / "store"), tmp_path / "board"
    new_board(root, store.read_run("all"), store, title="Growing")
    add(root, ["all:zeta", "all:alpha", "all:delta"], store=store, team="us")
    load_or_rank(open_board(root))
    add(root, ["all:beta"], store=store, team="us")
    board = open_board(root)
    read = []
    monkeypatch.setattr(contest, "read_answered", lambda one, *rest: read.append(one.entry.id) or answered(one, *rest))
    found = load_or_rank(board)
    assert set(read) == {"beta"}
    assert found == rank(board)


def test_pairs_of_a_bootstrapped_score_are_estimated_once_and_kept(small_store, tmp_path, monkeypatch):
    root = tmp_path / "board"
    new_board(root, small_store.read_run("first"), small_store, title="Growing")
    add(root, ["first:best", "first:baseline"], store=small_store, team="us")
    load_or_rank(open_board(root))
    add(root, ["first:silent"], store=small_store, team="us")
    rows = []
    monkeypatch.setattr(estimated, "row_of", lambda found: rows.append(1) or row_of(found))
    found = load_or_rank(open_board(root))
    assert len(rows) == 2
    assert found == rank(open_board(root))
