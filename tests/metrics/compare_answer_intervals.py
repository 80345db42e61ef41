"""Which interval of a mean of answer F1 covers best: prints the last table of ``docs/design/intervals.md`` (a minute).

``python tests/metrics/compare_answer_intervals.py`` draws questions, or whole paragraphs, from the populations of
``test_coverage_of_texts.py`` and compares Student's t, BCa and Wilson's formula on an effective size, on the same samples.
"""

import numpy as np
from test_coverage_of_texts import EACH, GROUPS, POPULATIONS

from benchwright.metrics.spans import answers
from benchwright.stats.bootstrap import draw_sums, merge_rows
from benchwright.stats.intervals import bca, share_of, t_quantile, wilson


def intervals(rows, draws, sample):
    """The three intervals of a ratio of sums (units, 2)."""
    units = len(sample)
    found, quantile = share_of(sample[:, 0], sample[:, 1]), t_quantile(0.95, units - 1)
    value, left = found.hits / found.trials, rows.sums - rows.values
    size = value * (1 - value) / found.se**2
    return {
        "t": (value - quantile * found.se, value + quantile * found.se),
        "bca": bca(draws, value, left[:, 0] / left[:, 1], rows.counts),
        "wilson": wilson(value * size, size, quantile=quantile),
    }


def compare(name, units, together, repeats=1000):
    make, right, _ = POPULATIONS[name]
    values = answers(make(right)).values[:, 1:]
    truth, rng = values[:, 0].mean(), np.random.default_rng(5)
    source = values.reshape(GROUPS, EACH, 2).sum(axis=1) if together else values
    found = []
    for repeat in range(repeats):
        sample = source[rng.integers(0, len(source), units)]
        rows = merge_rows(sample)
        sums = draw_sums(rows, resamples=1000, seed=(repeat,))
        draws = sums[:, 0] / sums[:, 1]
        if np.ptp(draws) > 1e-12:
            found.append(intervals(rows, draws, sample))
    held = [np.mean([row[method][0] <= truth <= row[method][1] for row in found]) for method in ("t", "bca", "wilson")]
    what = "paragraphs" if together else "questions"
    shares = " | ".join(f"{100 * share:.1f}" for share in (*held, 1 - len(found) / repeats))
    print(f"| {name} | {units:,} {what} | {shares} |", flush=True)


if __name__ == "__main__":
    for name in ("answer_f1 0.77", "answer_f1 0.95", "answer_f1 0.99"):
        for units, together in ((50, False), (200, False), (1000, False), (60, True), (200, True)):
            compare(name, units, together)
