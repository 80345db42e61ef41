"""Quantities of some cases of behavioural tests, and of a task beside its views, for every candidate.

Both go by what all candidates share: cases that are applicable to all of them, items of which all answered every variant.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchwright.comparison.cases import NamedTest, test_of, tests_in
from benchwright.comparison.named_tests import matches, nearest
from benchwright.comparison.view_loss import join_view, loss_draws, loss_of
from benchwright.errors import NotComparable
from benchwright.items import count
from benchwright.metrics.columns import Floats
from benchwright.metrics.resample import resample
from benchwright.selection.candidates import Candidates
from benchwright.selection.measurement import Measurement
from benchwright.selection.question import QuantityRef, error_at
from benchwright.selection.resamples import masked
from benchwright.selection.scope import views_of


def measure_cases(quantity: QuantityRef, paths: Sequence[str], candidates: Candidates) -> Measurement:
    """A rate of the cases of some tests, ``failure_rate(negation/*)``, averaged over tasks that have such tests.

    Raises:
        BenchwrightError: The pattern means no test of any of the tasks.
    """
    pattern = quantity.arguments[0]
    by_path = {path: tests_in(candidates.pairing(path).records[0]) for path in paths}
    meant = {path: [t for t in tests if matches(pattern, t)] for path, tests in by_path.items()}
    chosen = {path: tests for path, tests in meant.items() if tests}
    if not chosen:
        every = [test for tests in by_path.values() for test in tests]
        listed = ", ".join(test.path for test in every[:12]) + (", ..." if len(every) > 12 else "")
        at = max(quantity.text.find(pattern), 0)
        what = f"{pattern!r} means no test of {', '.join(paths)}"
        raise error_at(quantity.text, at, what, f"one of: {listed}", nearest(pattern, every))
    parts = [_of_tests(path, tests, quantity.name, candidates) for path, tests in chosen.items()]
    whole = candidates.pairing(next(iter(chosen))).quantity(quantity.name)
    return Measurement(
        quantity=replace(whole, name=quantity.text),
        values=np.mean([values for values, _, _ in parts], axis=0),
        draws=np.mean([draws for _, draws, _ in parts], axis=0),
        paths=tuple(chosen),
        flags=tuple(f"{quantity.text}: {said}" for _, _, said in parts),
    )


def _of_tests(path: str, tests: Sequence[NamedTest], metric: str, candidates: Candidates) -> tuple[Floats, Floats, str]:
    """Values (k) and draws (k, R) of one task over the cases of some tests, and what they are over."""
    pairing = candidates.pairing(path)
    wanted = set(tests)
    mask = np.array([test_of(record.slices) in wanted for record in pairing.records[0]], dtype=np.bool_)
    found = pairing.metric(metric)
    columns = [masked(one, mask) for one in pairing.columns]
    values = np.array([found.value(one) for one in columns])
    start = (candidates.seed, zlib.crc32(path.encode()))
    with np.errstate(all="ignore"):
        draws = resample(columns, [found], resamples=candidates.resamples, seed=start)[:, 0]
    over = len({record.group for record, inside in zip(pairing.records[0], mask, strict=True) if inside})
    said = f"{count(over, 'case')} of {count(len(tests), 'test')} of {path}, applicable to every model"
    return candidates.by_candidate(values), candidates.draws_by_candidate(draws), said


def measure_loss(quantity: QuantityRef, candidates: Candidates) -> Measurement:
    """What a metric (the score, unless one is named) loses under a view: the largest loss where a pattern means several views.

    Raises:
        NotComparable: The metric is not measured there, or no item has variants that every candidate answered.
    """
    metric = quantity.arguments[1] if len(quantity.arguments) > 1 else "score"
    values, draws, flags = [], [], []
    pairs = views_of(quantity, candidates.tasks)
    for base, view in pairs:
        joined = join_view(candidates.pairing(base), candidates.pairing(view))
        if joined.n_units < 2:
            raise NotComparable(
                f"{quantity.text}: {view} has {count(joined.n, 'item')} with variants that every model answered",
                expected="at least two",
                hint="run with more examples",
            )
        systems = range(len(joined.clean.names))
        values.append(candidates.by_candidate(np.array([loss_of(joined, metric, at) for at in systems])))
        draws.append(candidates.draws_by_candidate(loss_draws(joined, metric, systems)))
        flags.append(f"{quantity.text}: {count(joined.n, 'item')} with {count(joined.variants, 'variant')}, {view}")
    of = candidates.pairing(pairs[0][0]).quantity(metric)
    more = (f"{quantity.text}: the largest loss of {len(pairs)} views",) if len(pairs) > 1 else ()
    return Measurement(
        quantity=replace(of, name=quantity.text, direction="lower", low=-of.width, high=of.width),
        values=np.max(values, axis=0),
        draws=np.max(draws, axis=0),
        paths=tuple(dict.fromkeys(path for pair in pairs for path in pair)),
        flags=(*flags, *more),
    )
