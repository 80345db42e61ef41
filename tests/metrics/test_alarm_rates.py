"""How often alarms are false, and how often they are found: simulated systems whose true association is known."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from benchwright.metrics.alarms import alarms
from benchwright.metrics.columns import Columns
from benchwright.types import ClassificationTask, Label

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {}, "target": ("l",), "metrics": ("accuracy",)}


def codes_told(said, gold, labels, clusters=()):
    """Codes of the alarms of label numbers."""
    names = [f"l{number}" for number in range(labels)]
    task = ClassificationTask(labels=tuple(Label(name=name, id=at) for at, name in enumerate(names)), **CARD)
    columns = Columns(task, [names[at] for at in gold], [names[at] for at in said], None, list(clusters))
    return {one.code for one in alarms(columns, task)}


def mcc_when_renamed(table):
    """The multi-class MCC of shares (answer, gold) under the naming that agrees best."""
    said, gold = table.sum(axis=1), table.sum(axis=0)
    excess = table - np.outer(said, gold)
    where = linear_sum_assignment(excess, maximize=True)
    return excess[where].sum() / np.sqrt((1 - said @ said) * (1 - gold @ gold))


def at_most(table, most=0.3):
    """Shares of the table, its association shrunk where its MCC under the best naming is above ``most``; margins stay."""
    table = table / table.sum()
    by = min(1.0, most / max(mcc_when_renamed(table), 1e-9))
    return by * table + (1 - by) * np.outer(table.sum(axis=1), table.sum(axis=0))


def weak(rng, labels):
    """Answers near chance, biased to some labels."""
    gold, said = rng.dirichlet(np.full(labels, 3.0)), rng.dirichlet(np.full(labels, 1.0))
    return at_most(np.outer(said, gold) + rng.uniform(0, 0.4) * np.diag(np.minimum(said, gold)), 0.3)


def skewed(rng, labels):
    """A rare class that is always found, common ones called by its name: accuracy is better under another naming."""
    rare = rng.uniform(0.03, 0.15)
    gold = np.r_[rare, rng.dirichlet(np.full(labels - 1, 5.0)) * (1 - rare)]
    table = np.diag(gold)
    taken = rng.uniform(0.4, 0.9)
    table[0, 1:] = taken * gold[1:]
    return at_most(table - np.diag(np.r_[0.0, taken * gold[1:]]))


def adversarial(rng, labels):
    """Rows chosen because this system fails them: wrong nearly always, in its own way, associated as far as allowed."""
    gold = rng.dirichlet(np.full(labels, 4.0))
    wrong = np.stack([rng.dirichlet(np.full(labels, rng.choice([0.3, 1.0, 4.0]))) for _ in range(labels)], axis=1)
    np.fill_diagonal(wrong, wrong.diagonal() * rng.uniform(0, 0.3))
    return at_most(wrong * gold)


def drawn(rng, table, n):
    cells = rng.choice(table.size, size=n, p=table.ravel())
    return np.divmod(cells, len(table))


def able(rng, labels, mcc, n):
    """Answers and gold of a system with that MCC: right, or at random as often as it gives each label."""
    gold = rng.dirichlet(np.full(labels, 8.0))
    return drawn(rng, mcc * np.diag(gold) + (1 - mcc) * np.outer(gold, gold), n)


def test_weak_skewed_and_adversarial_systems_are_not_called_permuted():
    """Of 2,000 systems whose MCC under the best naming is at most 0.3, at most 1 % are called permuted or shifted."""
    rng = np.random.default_rng(0)
    false = []
    for number in range(2000):
        labels = int(rng.integers(2, 7))
        table = (weak, skewed, adversarial)[number % 3](rng, labels)
        assert mcc_when_renamed(table) < 0.3 + 1e-9
        told = codes_told(*drawn(rng, table, int(rng.choice([30, 150, 500, 1000]))), labels)
        false.append(bool(told & {"permuted", "shifted"}))

    assert np.mean(false) <= 0.01


def test_systems_at_the_border_are_not_called_permuted():
    """The same where the MCC is exactly 0.3, in clusters of ten alike rows: clusters count once, at a level of 1 %."""
    rng = np.random.default_rng(1)
    false = []
    for _ in range(400):
        labels = int(rng.integers(2, 5))
        table = adversarial(rng, labels)
        if mcc_when_renamed(table) < 0.29:
            continue
        said, gold = (np.repeat(side, 10) for side in drawn(rng, table, 60))
        false.append("permuted" in codes_told(said, gold, labels, np.repeat(np.arange(60), 10).astype(str)))

    assert len(false) > 100
    assert np.mean(false) <= 0.03, "1 %, give or take what this many systems can tell"


@pytest.mark.parametrize("labels", range(2, 7))
def test_swaps_of_able_systems_are_found(labels):
    """Labels permuted at random in systems with an MCC of 0.7 on 150 rows: found in at least 95 of 100."""
    rng = np.random.default_rng(labels)
    found = []
    for _ in range(300):
        said, gold = able(rng, labels, 0.7, 150)
        names = np.arange(labels)
        while (names == np.arange(labels)).all():
            names = rng.permutation(labels)
        found.append("permuted" in codes_told(names[said], gold, labels))

    assert np.mean(found) >= 0.95


@pytest.mark.parametrize("labels", range(2, 7))
def test_swaps_are_found_where_one_label_has_nine_tenths(labels):
    """The same on skewed gold, the MCC between 0.75 and 0.95; a swap that is not called one is told as below chance."""
    rng = np.random.default_rng(labels)
    gold = np.r_[0.9, np.full(labels - 1, 0.1 / (labels - 1))]
    found, silent = [], 0
    for _ in range(300):
        mcc = rng.uniform(0.75, 0.95)
        said, right = drawn(rng, mcc * np.diag(gold) + (1 - mcc) * np.outer(gold, gold), 150)
        told = codes_told(np.roll(np.arange(labels), 1)[said], right, labels)
        found.append("permuted" in told)
        silent += not told

    assert np.mean(found) >= 0.93, "about 95 %, give or take what 300 systems can tell"
    assert not silent


@pytest.mark.parametrize("labels", range(2, 7))
def test_able_systems_are_left_alone(labels):
    """The same systems as they are: neither permuted nor shifted, none of 300."""
    rng = np.random.default_rng(labels)
    told = [codes_told(*able(rng, labels, rng.uniform(0.3, 1.0), 150), labels) for _ in range(300)]

    assert not any(codes & {"permuted", "shifted"} for codes in told)


@pytest.mark.parametrize("labels", range(2, 7))
@pytest.mark.parametrize("by", [1, -1, 2])
def test_shifts_of_able_systems_are_found(labels, by):
    """Answers moved by one or two rows in systems with an MCC of 0.7 on 150 rows: found in at least 95 of 100."""
    rng = np.random.default_rng(10 * labels + by)
    found = []
    for _ in range(150):
        said, gold = able(rng, labels, 0.7, 150)
        found.append("shifted" in codes_told(np.roll(said, by), gold, labels))

    assert np.mean(found) >= 0.95
