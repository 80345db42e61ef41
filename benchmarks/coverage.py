"""How often intervals hold the truth and tests are wrong: `python benchmarks/coverage.py [SECTION ...]` (about ten minutes).

Sections: wilson, tango, mcnemar, noninferiority, bootstrap, seeds, methods (of joining seeds and items), gate.
Where all outcomes can be summed
the figures are exact; elsewhere they are simulations with the number of samples beside them. The tests of the statistics
call these functions with fewer samples; `docs/design/decisions.md` holds the printed tables.
"""

from __future__ import annotations

import argparse
import sys
import zlib

import numpy as np
from scipy.special import bdtr, gammaln, ndtri, stdtrit

from benchwright.stats.bootstrap import ClusterRows, draw_sums
from benchwright.stats.intervals import wilson
from benchwright.stats.multiplicity import holm
from benchwright.stats.paired import mcnemar, score_statistic, tango_p
from benchwright.stats.power import power_noninferiority
from benchwright.stats.resample_weights import draw_weights
from benchwright.stats.seeds import SeedDifference, two_level_difference

PAIRED = {
    "two close models": (0.86, 0.87, 0.06),
    "one clearly better": (0.80, 0.88, 0.12),
    "both nearly perfect": (0.985, 0.99, 0.01),
}
"""Accuracy of the first, of the second, and how often they disagree about being right."""


def rng_of(*what: object) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(repr(what).encode()))


# --- exact ------------------------------------------------------------------------------------------------------------


def near(n: int, share: float) -> np.ndarray:
    """Counts within nine standard deviations: all that have a chance worth adding up."""
    reach = 9 * (n * share * (1 - share)) ** 0.5 + 12
    return np.arange(max(0, int(n * share - reach)), min(n, int(n * share + reach)) + 1)


def wilson_coverage(n: int, rate: float) -> float:
    """Exact chance that Wilson's 95 % interval holds the rate."""
    hits = near(n, rate)
    ends = np.array([wilson(int(k), n) for k in hits])
    ways = gammaln(n + 1) - gammaln(hits + 1) - gammaln(n - hits + 1)
    chances = np.exp(ways + hits * np.log(rate) + (n - hits) * np.log1p(-rate))
    return float(chances @ ((ends[:, 0] <= rate) & (rate <= ends[:, 1])))


def tango_coverage(n: int, discordance: float, delta: float, confidence: float = 0.95) -> tuple[float, float, float]:
    """Exact chances that Tango's interval holds the difference, lies below it, lies above it."""
    up, down = (discordance + delta) / 2, (discordance - delta) / 2
    b, c = np.meshgrid(near(n, up), near(n, down), indexing="ij")
    fits = b + c <= n
    b, c = b[fits].astype(float), c[fits].astype(float)
    rest = n - b - c
    ways = gammaln(n + 1) - gammaln(b + 1) - gammaln(c + 1) - gammaln(rest + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = [
            np.where(count > 0, count * np.log(share), 0.0)
            for count, share in ((b, up), (c, down), (rest, 1 - discordance))
        ]
    chances = np.exp(ways + sum(logs))
    z = score_statistic(b, c, n, delta)
    bound = -ndtri((1 - confidence) / 2)
    return float(chances @ (np.abs(z) <= bound)), float(chances @ (z < -bound)), float(chances @ (z > bound))


def mcnemar_size(n: int, discordance: float, alpha: float = 0.05) -> float:
    """Exact chance that equal models are told apart."""
    total, size = near(n, discordance), 0.0
    ways = gammaln(n + 1) - gammaln(total + 1) - gammaln(n - total + 1)
    chances = np.exp(ways + total * np.log(discordance) + (n - total) * np.log1p(-discordance))
    for count, chance in zip(total, chances, strict=True):
        worst = max((b for b in range(int(count) // 2 + 1) if mcnemar(b, int(count) - b) <= alpha), default=-1)
        size += chance * (2 * bdtr(worst, int(count), 0.5) if worst >= 0 else 0.0)
    return float(size)


def margin_rates(n: int, discordance: float, margin: float, delta: float, repeats: int) -> dict[str, float]:
    """How often a truth of ``delta`` passes: by the point estimate, Wald's bound, the bootstrap bound, Tango's."""
    rng = rng_of("margin", n, discordance, margin, delta)
    shares = [(discordance + delta) / 2, (discordance - delta) / 2, 1 - discordance]
    drawn = rng.multinomial(n, shares, repeats)
    point = (drawn[:, 0] - drawn[:, 1]) / n
    spread = np.sqrt((drawn[:, 0] + drawn[:, 1]) / n - point**2) / n**0.5
    lows = []
    for counts in drawn[:1500]:
        again = rng.multinomial(n, counts / n, 2000)
        lows.append(np.quantile((again[:, 0] - again[:, 1]) / n, 0.05))
    return {
        "point": float((point >= -margin - 1e-12).mean()),
        "wald": float((point - 1.6448536 * spread > -margin).mean()),
        "bootstrap": float((np.array(lows) > -margin).mean()),
        "tango": power_noninferiority(n, discordance, margin, delta),
    }


# --- simulated --------------------------------------------------------------------------------------------------------


def paired_cells(first: float, second: float, disagree: float, positive: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Chances of the eight cells (gold, first right, second right), and their rows of hits, said, gold for both models."""
    up, down = (disagree + second - first) / 2, (disagree - second + first) / 2
    chances, rows = [], []
    for gold, weight in ((1, positive), (0, 1 - positive)):
        for one, two, share in ((1, 1, first - down), (0, 1, up), (1, 0, down), (0, 0, 1 - first - up)):
            chances.append(weight * share)
            said = [gold if right else 1 - gold for right in (one, two)]
            rows.append([part for answer in said for part in (gold * answer, answer, gold, 1)])
    return np.array(chances), np.array(rows, dtype=float)


def f1(sums: np.ndarray) -> np.ndarray:
    hit, said, gold, _ = np.moveaxis(sums, -1, 0)
    return 2 * hit / np.maximum(said + gold, 1e-300)


def mcc(sums: np.ndarray) -> np.ndarray:
    hit, said, gold, n = np.moveaxis(sums, -1, 0)
    spread = said * (n - said) * gold * (n - gold)
    return (hit * n - said * gold) / np.sqrt(np.maximum(spread, 1e-300))


def bootstrap_coverage(name: str, metric: str, n: int, repeats: int, resamples: int = 1000) -> tuple[float, float]:
    """How often the 95 % percentile interval of a paired difference holds the truth; how often one-sided 95 % bounds do."""
    statistic = {"f1": f1, "mcc": mcc}[metric]
    chances, rows = paired_cells(*PAIRED[name])
    truth = float(statistic(chances @ rows[:, 4:]) - statistic(chances @ rows[:, :4]))
    rng, two_sided, lower = rng_of(name, metric, n), 0, 0
    for repeat in range(repeats):
        counts = rng.multinomial(n, chances)
        units = ClusterRows(values=rows[counts > 0], counts=counts[counts > 0])
        sums = draw_sums(units, resamples=resamples, seed=(repeat,))
        draws = statistic(sums[:, 4:]) - statistic(sums[:, :4])
        low, bound, high = np.quantile(draws, (0.025, 0.05, 0.975))
        two_sided += low <= truth <= high
        lower += bound <= truth
    return two_sided / repeats, lower / repeats


def of_one_recipe(table: np.ndarray) -> SeedDifference:
    """The interval of a mean over seeds and items (S, n): its difference to seeds that are never right.

    Draws are made so that their covariance is that of the items' means, exactly.
    """
    means = table.mean(axis=1, keepdims=True)
    draws = means + (table - means) * (table.shape[1] - 1) ** 0.5 / table.shape[1]
    return two_level_difference(np.zeros(2), np.zeros((2, table.shape[1])), means[:, 0], draws, table.shape[1])


def seed_coverage(seeds: int, ratio: float, repeats: int, items: int = 200) -> tuple[float, float, float]:
    """Coverage of the two-level interval, its median width over the ideal one, coverage of a two-level bootstrap.

    ``ratio`` is seed variance over item variance of one seed's mean.
    """
    rng, held, boot, widths = rng_of("seeds", seeds, ratio), 0, 0, []
    item, own = 1.0, 0.5
    seed = (ratio * (item + own) / items) ** 0.5
    ideal = 2 * 1.96 * (seed**2 / seeds + item / items + own / (seeds * items)) ** 0.5
    for _ in range(repeats):
        table = rng.normal(size=(seeds, 1)) * seed + rng.normal(size=items) * item**0.5
        table = table + rng.normal(size=(seeds, items)) * own**0.5
        found = of_one_recipe(table)
        held += found.low <= 0 <= found.high
        widths.append((found.high - found.low) / ideal)
        draws = draw_weights(rng, items, 200).T.astype(float) @ table.T / items
        again = np.take_along_axis(draws, rng.integers(0, seeds, (200, seeds)), axis=1).mean(axis=1)
        low, high = np.quantile(again, (0.025, 0.975))
        boot += low <= 0 <= high
    return held / repeats, float(np.median(widths)), boot / repeats


def seed_methods(seeds: int, ratio: float, repeats: int = 40_000) -> dict[str, tuple[float, float]]:
    """Coverage and median width over the ideal one of three ways to join the levels, item variances known."""
    rng, item, own = rng_of("methods", seeds, ratio), 1.0, 0.5
    level = ratio * (item + own)
    scores = rng.normal(size=(repeats, seeds)) * (level + own) ** 0.5
    off = np.abs(scores.mean(axis=1) + rng.normal(size=repeats) * item**0.5)
    between, within = scores.var(axis=1, ddof=1) / seeds, item + own / seeds
    joint = np.maximum(between + within - own / seeds, np.maximum(between, within))
    freedom = np.maximum(joint**2 / (between**2 / (seeds - 1)), seeds - 1)
    student = stdtrit(seeds - 1, 0.975)
    halves = {
        "each its own quantile": np.sqrt(student**2 * between + 1.96**2 * item),
        "Satterthwaite": stdtrit(freedom, 0.975) * joint**0.5,
        "seeds - 1 for all": student * joint**0.5,
    }
    ideal = 1.96 * (level / seeds + item + own / seeds) ** 0.5
    return {name: (float((off <= half).mean()), float(np.median(half) / ideal)) for name, half in halves.items()}


def gate_rates(rules: int, n: int, discordance: float, margin: float, delta: float, repeats: int) -> dict[str, float]:
    """A gate of independent non-inferiority rules, all with the same truth: how often it passes, fails, would fail plainly."""
    rng = rng_of("gate", rules, n, discordance, margin, delta)
    shares = [(discordance + delta) / 2, (discordance - delta) / 2, 1 - discordance]
    counts = np.zeros(3)
    for drawn in rng.multinomial(n, shares, (repeats, rules)):
        p_pass = [tango_p(int(b), int(c), n, -margin, "greater") for b, c, _ in drawn]
        p_fail = [1 - p for p in p_pass]
        counts += [max(p_pass) < 0.05, holm(p_fail).min() < 0.05, min(p_fail) < 0.05]
    return dict(zip(("pass", "fail, Holm", "fail, uncorrected"), counts / repeats, strict=True))


# --- tables -----------------------------------------------------------------------------------------------------------


def percent(*shares: float) -> str:
    return " | ".join(f"{100 * share:.1f} %" for share in shares)


def show_wilson() -> None:
    rates = (0.5, 0.8, 0.9, 0.95, 0.99)
    print("| n | " + " | ".join(f"rate {rate}" for rate in rates) + " |\n|---:" * 1 + "|---:" * len(rates) + "|")
    for n in (50, 200, 1000, 10_000):
        print(f"| {n:,} | {percent(*(wilson_coverage(n, rate) for rate in rates))} |")


def show_tango() -> None:
    print("| n | disagreement | difference | holds | lies below | lies above |\n|---:|---:|---:|---:|---:|---:|")
    for n in (50, 200, 500, 2000, 10_000):
        for discordance in (0.02, 0.08, 0.3):
            for delta in (0.0, -discordance / 4):
                print(
                    f"| {n:,} | {discordance:.0%} | {delta:+.3f} | {percent(*tango_coverage(n, discordance, delta))} |"
                )


def show_mcnemar() -> None:
    print("| n | disagreement | false alarms at 5 % |\n|---:|---:|---:|")
    for n in (50, 200, 500, 2000):
        for discordance in (0.02, 0.08, 0.3):
            print(f"| {n:,} | {discordance:.0%} | {percent(mcnemar_size(n, discordance))} |")


def show_noninferiority() -> None:
    print("| n | margin | disagreement | point | Wald | bootstrap | Tango, exact | Tango when equal, exact |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    cases = ((200, 2, 4), (500, 1, 8), (872, 1, 8), (872, 2, 4), (2000, 1, 4), (10_000, 1, 8))
    for n, margin, discordance in cases:
        rates = margin_rates(n, discordance / 100, margin / 100, -margin / 100, 20_000)
        equal = power_noninferiority(n, discordance / 100, margin / 100)
        print(f"| {n:,} | {margin} pt | {discordance} % | {percent(*rates.values(), equal)} |", flush=True)


def show_bootstrap() -> None:
    print("| models | metric | n | 95 % interval holds | one-sided 95 % bound holds |\n|---|---|---:|---:|---:|")
    for name in PAIRED:
        for metric in ("f1", "mcc"):
            for n in (50, 200, 1000, 10_000):
                print(
                    f"| {name} | {metric} | {n:,} | {percent(*bootstrap_coverage(name, metric, n, 2000))} |", flush=True
                )


def show_seeds() -> None:
    print("| seeds | seed / item variance | two levels hold | width over ideal | two-level bootstrap holds |")
    print("|---:|---:|---:|---:|---:|")
    for seeds in (2, 3, 5, 10):
        for ratio in (0.0, 0.3, 2.7, 11.0):
            held, width, boot = seed_coverage(seeds, ratio, 2000)
            print(f"| {seeds} | {ratio} | {100 * held:.1f} % | {width:.2f} | {100 * boot:.1f} % |", flush=True)


def show_methods() -> None:
    print("| seeds | seed / item variance | each its own quantile | Satterthwaite | seeds - 1 for all |")
    print("|---:|---:|---:|---:|---:|")
    for seeds in (2, 3, 5, 10):
        for ratio in (0.0, 8 / 3, 32 / 3):
            found = seed_methods(seeds, ratio).values()
            print(f"| {seeds} | {ratio:.1f} | " + " | ".join(f"{100 * c:.1f} %, {w:.1f} x" for c, w in found) + " |")


def show_gate() -> None:
    print("| rules | truth | passes | fails, Holm | fails, uncorrected |\n|---:|---|---:|---:|---:|")
    for rules in (1, 5, 10, 40):
        for title, delta in (("equal", 0.0), ("at the margin", -0.02), ("twice the margin", -0.04)):
            rates = gate_rates(rules, 872, 0.08, 0.02, delta, 2000)
            print(f"| {rules} | {title} | {percent(*rates.values())} |", flush=True)


SECTIONS = {name[5:]: value for name, value in list(globals().items()) if name.startswith("show_")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    chosen = parser.parse_args().sections or list(SECTIONS)
    unknown = sorted(set(chosen) - set(SECTIONS))
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; known: {', '.join(SECTIONS)}")
    for name in chosen:
        print(f"\n### {name}\n")
        SECTIONS[name]()


if __name__ == "__main__":
    main()
