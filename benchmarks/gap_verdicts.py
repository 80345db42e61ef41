"""How often "within" is said of groups whose true gap equals the limit, and "exceeds" too: ``python benchmarks/gap_verdicts.py [--write]``.

Two independent groups are summed over all outcomes (exact); everything else is 2,000 simulated cases each. At a gap that equals the
limit neither verdict should be given in more than 5 % of the cases; 2,000 of them leave room for chance, to 6 %. The tests of `stats/gaps` run a short form.
"""

from __future__ import annotations

import argparse
import json
import platform
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from scipy.stats import binom

from benchwright.bias.areas import area_of
from benchwright.stats.gaps import gap_between
from benchwright.stats.group_bounds import InfluencedGroups
from benchwright.stats.intervals import Share, share_of
from benchwright.stats.share_pairs import SharePair, is_below
from benchwright.stats.shares_of_groups import SharesOfGroups, worth_of

CASES = 2000
ALPHA = 0.05
RATES = (0.0, 0.01, 0.05, 0.2, 0.5, 0.8)
"""Share in the groups that have least."""
LIMITS = (0.05, 0.1)
SIZES = {
    "2 of 50": (50, 50),
    "2 of 200": (200, 200),
    "2 of 1,000": (1000, 1000),
    "50 and 1,000": (50, 1000),
    "1,000 and 50": (1000, 50),
    "8 of 50": (50,) * 8,
    "8 of 1,000": (1000,) * 8,
    "8 from 50 to 1,000": (50, 75, 100, 200, 300, 500, 700, 1000),
    "8 from 1,000 to 50": (1000, 700, 500, 300, 200, 100, 75, 50),
}
"""The first group has most, the last least, and those between lie at either end in turn: all pairs but these are within the limit."""


def rng_of(*what: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(what).encode()))


def shares_at(rate: float, limit: float, groups: int) -> np.ndarray:
    """True shares whose gap is the limit: first highest, the others lowest, as many pairs at the limit as there can be least."""
    return np.array([rate + limit] + [rate] * (groups - 1)) if groups == 2 else _spread(rate, limit, groups)


def _spread(rate: float, limit: float, groups: int) -> np.ndarray:
    """One group highest, one lowest, the others between: the hardest case for an intersection of tests is one pair at the limit."""
    return np.concatenate([[rate + limit], np.full(groups - 2, rate + limit / 2), [rate]])


# --- exact, two groups ------------------------------------------------------------------------------------------------


def exact_rate(n: int, m: int, rate: float, limit: float) -> float:
    """Chance of "within" for two groups of n and m items with shares rate + limit and rate."""
    one, other = _likely(n, rate + limit), _likely(m, rate)
    x, y = (part.astype(np.float64) for part in np.meshgrid(one, other, indexing="ij"))
    chance = binom.pmf(x, n, rate + limit) * binom.pmf(y, m, rate)
    return float((chance * _within_of_two(x, n, y, m, limit)).sum())


def _likely(n: int, rate: float) -> np.ndarray:
    every = np.arange(n + 1)
    return every[binom.pmf(every, n, rate) > 1e-7]


def _within_of_two(x: np.ndarray, n: int, y: np.ndarray, m: int, limit: float) -> np.ndarray:
    df = np.full(x.shape, min(n, m) - 1.0)
    first, second = np.full(x.shape, float(n)), np.full(x.shape, float(m))
    up, down = SharePair(x, first, y, second, df), SharePair(y, second, x, first, df)
    return is_below(up, limit, ALPHA) & is_below(down, limit, ALPHA)


# --- simulated --------------------------------------------------------------------------------------------------------


def independent(rng: np.random.Generator, sizes: tuple[int, ...], shares: np.ndarray) -> dict[str, tuple[Share, float]]:
    """Independent items."""
    hits = rng.binomial(sizes, np.clip(shares, 0, 1))
    found = {}
    for group, (count, size) in enumerate(zip(hits.tolist(), sizes, strict=True)):
        value = count / size
        se = (value * (1 - value) / size) ** 0.5
        found[str(group)] = Share(hits=count, trials=size, units=size, se=se, together=False), float(size)
    return found


def clustered(icc: float, largest: int):
    """Clusters of 1 to ``largest`` items whose answers correlate by ``icc`` (beta-binomial)."""

    def draw(rng: np.random.Generator, sizes: tuple[int, ...], shares: np.ndarray) -> dict[str, tuple[Share, float]]:
        found = {}
        for group, (size, share) in enumerate(zip(sizes, np.clip(shares, 0, 1).tolist(), strict=True)):
            trials = _cluster_sizes(rng, size, largest)
            if 0 < share < 1:
                spread = (1 - icc) / icc
                own = rng.beta(share * spread, (1 - share) * spread, trials.size)
            else:
                own = np.full(trials.size, share)
            found[str(group)] = clusters_of(rng.binomial(trials, own).astype(np.float64), trials.astype(np.float64))
        return found

    return draw


def clusters_of(hits: np.ndarray, trials: np.ndarray) -> tuple[Share, float]:
    share = share_of(hits, trials)
    return share, worth_of(hits, trials, share) if share.together else share.trials


def _cluster_sizes(rng: np.random.Generator, size: int, largest: int) -> np.ndarray:
    drawn = rng.integers(1, largest + 1, size)
    kept = drawn[: int(np.searchsorted(drawn.cumsum(), size)) + 1]
    kept[-1] -= int(kept.sum()) - size
    return kept


DRAWS = {
    "independent": independent,
    "clusters of 1 to 4, icc 0.2": clustered(0.2, 4),
    "clusters of 1 to 8, icc 0.5": clustered(0.5, 8),
}


def simulate(draw: str, sizes: tuple[int, ...], rate: float, limit: float, cases: int) -> tuple[float, float]:
    """Shares of cases in which "within" and "exceeds" are said."""
    rng = rng_of(draw, sizes, rate, limit)
    shares = shares_at(rate, limit, len(sizes))
    found = [DRAWS[draw](rng, sizes, shares) for _ in range(cases)]
    return said(found, limit)


def said(found: list[dict[str, tuple[Share, float]]], limit: float) -> tuple[float, float]:
    """`gap_between`'s verdicts on many cases at once."""
    trials = np.array([[worth for _, worth in case.values()] for case in found])
    values = np.array([[share.hits / share.trials for share, _ in case.values()] for case in found])
    df = np.maximum(np.array([[share.units for share, _ in case.values()] for case in found]) - 1.0, 1.0)
    one, other = np.nonzero(~np.eye(values.shape[1], dtype=bool))
    hits = values * trials
    pairs = SharePair(
        hits[:, one], trials[:, one], hits[:, other], trials[:, other], np.minimum(df[:, one], df[:, other])
    )
    within = is_below(pairs, limit, ALPHA).all(axis=1)
    exceeds = is_below(pairs, -limit, ALPHA / one.size).any(axis=1)
    for at in range(0, len(found), max(len(found) // 5, 1)):  # the function itself says the same
        verdict = gap_between(_groups(found[at]), limit=limit).verdict
        assert verdict == ("within" if within[at] else "exceeds" if exceeds[at] else "cannot tell"), found[at]
    return float(within.mean()), float(exceeds.mean())


def _groups(case: dict[str, tuple[Share, float]]) -> SharesOfGroups:
    return SharesOfGroups(
        {name: share for name, (share, _) in case.items()}, {name: worth for name, (_, worth) in case.items()}
    )


def together(kind: str, units: int, groups: int, cases: int) -> tuple[float, float]:
    """Groups that share clusters, and areas under curves, by what each item adds."""
    rng = rng_of(kind, units, groups)
    verdicts = [gap_between(TOGETHER[kind](rng, units, groups), limit=0.1).verdict for _ in range(cases)]
    return verdicts.count("within") / cases, verdicts.count("exceeds") / cases


def templates(rng: np.random.Generator, units: int, groups: int):
    """A template with an item of each group, answered mostly alike: accuracy 0.85 in the first group, 0.75 in the last, else 0.8."""
    shares = np.array([0.85, *[0.8] * (groups - 2), 0.75])
    luck = np.where(rng.random((units, groups)) < 0.7, rng.random((units, 1)), rng.random((units, groups)))
    right = (luck < shares).astype(np.float64)
    means = right.mean(axis=0)
    few = {str(at) for at in range(groups) if min(right[:, at].sum(), units - right[:, at].sum()) < 10}
    alone = {
        str(at): Share(hits=float(right[:, at].sum()), trials=units, units=units, se=0.0, together=False)
        for at in range(groups)
    }
    return bounded(means, ((right - means) / units).T, np.full(groups, units), SharesOfGroups(alone), few)


def areas(rng: np.random.Generator, units: int, groups: int):
    """Areas of normal scores: 0.92 in the first group, 0.82 in the last, else 0.87; a third are positives."""
    found, sizes = [], []
    true = np.array([0.92, *[0.87] * (groups - 2), 0.82])
    for at in range(groups):
        gold = np.arange(units) < units // 3
        scores = rng.normal(0, 1, units) + gold * 2**0.5 * ndtri(true[at])
        found.append(area_of("subgroup_auc", scores, gold, np.ones(units, dtype=bool)))
        sizes.append(min(found[-1].above, found[-1].below))
    influence = np.zeros((groups, groups * units))
    for at, one in enumerate(found):
        influence[at, at * units : (at + 1) * units] = one.influence
    return bounded(np.array([one.value for one in found]), influence, np.array(sizes), None, set())


def bounded(values, influence, sizes, shares, few):
    return InfluencedGroups(
        known={str(at): float(value) for at, value in enumerate(values)},
        influence=influence,
        sizes=sizes.astype(np.float64),
        total=float(influence.shape[1]),
        shares=shares,
        rare=frozenset(few),
    )


TOGETHER = {"templates in every group": templates, "areas under curves": areas}


def exact_rows() -> list[dict[str, object]]:
    sizes = (50, 60, 80, 100, 150, 200, 500, 1000)
    rates = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8)
    return [
        {"n": [n, m], "rate": rate, "limit": limit, "within": round(exact_rate(n, m, rate, limit), 5)}
        for n in sizes
        for m in sizes
        for limit in (0.02, *LIMITS, 0.2)
        for rate in rates
    ]


def simulated_rows(draw: str, name: str, cases: int) -> list[dict[str, object]]:
    rows = []
    for limit in LIMITS:
        for rate in (*RATES, 1 - limit):
            if rate + limit <= 1:
                within, exceeds = simulate(draw, SIZES[name], rate, limit, cases)
                about = {"draw": draw, "groups": name, "rate": round(rate, 3), "limit": limit}
                rows.append({**about, "within": within, "exceeds": exceeds})
    print(f"{draw}, {name}: within {most(rows, 'within'):.4f}, exceeds {most(rows, 'exceeds'):.4f}", flush=True)
    return rows


def together_rows(kind: str, cases: int) -> list[dict[str, object]]:
    rows = []
    for units, groups in ((60, 2), (300, 2), (300, 4)):
        within, exceeds = together(kind, units, groups, cases)
        about = {"values": kind, "units": units, "groups": groups, "limit": 0.1}
        rows.append({**about, "within": within, "exceeds": exceeds})
        print(f"{kind}, {units} units, {groups} groups: within {within:.4f}, exceeds {exceeds:.4f}", flush=True)
    return rows


def most(rows: list[dict[str, object]], what: str) -> float:
    return max(float(str(row[what])) for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cases", type=int, default=CASES)
    asked = parser.parse_args()
    exact = exact_rows()
    print(f"exact, two groups: {len(exact)} populations, largest {most(exact, 'within'):.4f}", flush=True)
    simulated = [row for draw in DRAWS for name in SIZES for row in simulated_rows(draw, name, asked.cases)]
    shared = [row for kind in TOGETHER for row in together_rows(kind, asked.cases)]
    if asked.write:
        date = datetime.now(UTC).date().isoformat()
        about = {"date": date, "python": platform.python_version(), "cases": asked.cases, "alpha": ALPHA}
        result = {**about, "exact": exact, "simulated": simulated, "together": shared}
        path = Path(__file__).parent / "results" / f"{date}-gap-verdicts.json"
        path.write_text(json.dumps(result, indent=1) + "\n")
        print(path)


if __name__ == "__main__":
    main()
