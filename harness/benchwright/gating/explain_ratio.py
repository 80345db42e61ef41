"""`gate --explain` of a ratio of times: rounds, ranks, bounds, and the noise that was allowed for."""

from __future__ import annotations

import math

import numpy as np

from benchwright import formatting
from benchwright.gating.context import GateContext
from benchwright.gating.rules.ratio import RatioRule
from benchwright.gating.verdict import Finding
from benchwright.hardware.ratios import NoisyLimit
from benchwright.items import count
from benchwright.stats.block_ratio import BlockRatio

_WHAT = {
    "latency_p50": "seconds of a block are the median of its queries",
    "throughput": "inputs a second of a block are over all of it",
}


def ratio_lines(rule: RatioRule, context: GateContext, finding: Finding) -> list[str]:
    """Lines with the arithmetic of a finding that has bounds. Raises NotComparable if the session is gone."""
    judged = rule.session(finding.path, context)
    found, noise = judged.found, judged.noise
    limit = NoisyLimit(limit=rule.limit, noise=noise.reach or 0.0)
    low, high = (_number(found.bound(rule.alpha, side)) for side in ("lower", "upper"))
    passes = (
        f"lower bound is at least {limit.above():.4f}"
        if rule.of_rate
        else f"upper bound is at most {limit.below():.4f}"
    )
    lines = [
        f"{found.blocks} rounds, both models on the same inputs in each; {_WHAT[rule.metric]}",
        f"log ratio of a round: median {math.log(found.value):+.5f}, quartiles {_quartiles(found)}",
        f"bounds: {found.method}, one-sided {formatting.confidence(1 - rule.alpha)}: {low} and {high}; passes if the {passes}",
        f"a model beside itself in the same rounds: x {noise.value:.4f}, 95 % interval {_interval(noise)}",
    ]
    if found.processes is not None:
        lines.append(
            f"{count(found.set_medians.size, 'set')} of processes: ratio {_each(found)}, of the two copies {_each(noise)}; standard error from this"
            f" {found.processes.se:.5f} in the logarithm, {found.processes.freedom} degrees of freedom"
        )
    if limit.is_noisy:
        lines.append(
            f"that is more noise than the {formatting.percent(limit.tolerated)} of the limit {rule.limit:g}, so both bounds have to keep {1 + limit.noise:.4f} times as far away"
        )
    if finding.p is not None and finding.p_adjusted is not None:
        lines.append(
            f"p of harm {finding.p:.4g}, {finding.p_adjusted:.4g} after Holm over all rules; fails at or below {rule.alpha:g}"
        )
    return lines


def _number(end: float | None) -> str:
    return "none" if end is None else f"{end:.4f}"


def _each(found: BlockRatio) -> str:
    return ", ".join(f"{math.exp(one):.4f}" for one in found.set_medians)


def _quartiles(found: BlockRatio) -> str:
    low, high = np.quantile(found.logs, (0.25, 0.75))
    return f"{low:+.5f} and {high:+.5f}"


def _interval(found: BlockRatio) -> str:
    ends = found.interval()
    return "none" if ends is None else f"{ends[0]:.4f} to {ends[1]:.4f}"
