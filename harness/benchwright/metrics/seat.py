"""Association of two sets of texts with two others in the vectors of an encoder (WEAT, SEAT): an effect size for each test.

A target says which of the four sets a text is of, a slice ``test`` of which test. With cosine similarity,

    s(w) = mean over a in attr1 of cos(w, a) - mean over b in attr2 of cos(w, b)
    d    = (mean over targ1 of s - mean over targ2 of s) / standard deviation of s over both (n - 1)

A text counts as often as it stands in a set. Nothing is averaged over tests: each asks a question of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchwright import formatting
from benchwright.items import count
from benchwright.metrics.columns import Columns, Floats
from benchwright.metrics.metric import Metric
from benchwright.stats.multiplicity import holm
from benchwright.stats.partitions import PartitionTest, partition_test
from benchwright.types import Kind

SETS = ("targ1", "targ2", "attr1", "attr2")
"""Names of the four sets: two of targets (names, terms), two of attributes."""

TEST = "test"
"""Slice that says which test a text is of."""

_ALPHA = 0.05
_SHOWN = 5
"""Tests that are told by name where several are scored together."""


@dataclass(frozen=True, eq=False)
class Association:
    """Cosines of one test.

    Attributes:
        cosines: Each target with each attribute, targets x attributes, those of the first set of each first.
        targets: Rows of the targets in the columns (targets), those of ``targ1`` first.
        attributes: Rows of the attributes.
        first: How many targets, and how many attributes, are of the first set.
    """

    cosines: Floats
    targets: NDArray[np.intp]
    attributes: NDArray[np.intp]
    first: tuple[int, int]

    @property
    def differences(self) -> Floats:
        """s(w) of each target, those of ``targ1`` first."""
        ones = self.first[1]
        found: Floats = self.cosines[:, :ones].mean(axis=1) - self.cosines[:, ones:].mean(axis=1)
        return found


def tests_of(columns: Columns) -> Mapping[str, list[int]]:
    """Test -> its rows, in the order in which tests come."""
    return columns.remember("tests", lambda: _tests_of(columns))


def _tests_of(columns: Columns) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in range(columns.n):
        found.setdefault(columns.slices[row].get(TEST, "") if columns.slices else "", []).append(row)
    return found


def association(columns: Columns) -> Association | str:
    """The cosines of columns that hold one test; else why there are none."""
    return columns.remember("association", lambda: _association(columns))


def _association(columns: Columns) -> Association | str:
    tests = tests_of(columns)
    if len(tests) > 1:
        return f"{count(len(tests), 'test')} together have no effect size; see the slices {TEST}=..."
    members = [[row for row in range(columns.n) if columns.targets[row] == name] for name in SETS]
    lacking = [name for name, rows in zip(SETS, members, strict=True) if not rows]
    if lacking:
        return f"no text of {' and '.join(lacking)} has a vector"
    vectors = np.array(columns.outputs, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    if not (lengths > 0).all():
        return f"{count(int((lengths <= 0).sum()), 'vector')} of length 0 have no cosine"
    units = vectors / lengths[:, None]
    targets = np.array([*members[0], *members[1]], dtype=np.intp)
    attributes = np.array([*members[2], *members[3]], dtype=np.intp)
    return Association(units[targets] @ units[attributes].T, targets, attributes, (len(members[0]), len(members[2])))


def effect_sizes(columns: Columns, weights: NDArray[Any]) -> Floats:
    """D for each row of weights (b, n), where a text of weight 2 counts as if it were there twice; NaN where undefined."""
    found = association(columns)
    if isinstance(found, str):
        return np.full(len(weights), np.nan)
    ofs = np.asarray(weights, dtype=np.float64)
    targets, attributes = ofs[:, found.targets], ofs[:, found.attributes]
    x, a = found.first
    with np.errstate(divide="ignore", invalid="ignore"):
        near = attributes[:, :a] @ found.cosines[:, :a].T / attributes[:, :a].sum(axis=1, keepdims=True)
        far = attributes[:, a:] @ found.cosines[:, a:].T / attributes[:, a:].sum(axis=1, keepdims=True)
        s, total = near - far, targets.sum(axis=1)
        means = [(targets[:, part] * s[:, part]).sum(axis=1) / targets[:, part].sum(axis=1) for part in _halves(x)]
        mean = (targets * s).sum(axis=1) / total
        variance = (targets * (s - mean[:, None]) ** 2).sum(axis=1) / (total - 1)
        # Equal vectors differ by rounding alone, and a quotient of that would be a number of any size.
        spread = np.where(variance > _NOTHING**2, np.sqrt(variance), np.nan)
        found_d: Floats = (means[0] - means[1]) / spread
    return found_d


_NOTHING = 1e-12
"""Standard deviations of cosines below this are rounding."""


def _halves(first: int) -> tuple[slice, slice]:
    return slice(None, first), slice(first, None)


def compared_by_partitions(columns: Columns) -> PartitionTest | None:
    """The one-sided p that targets of the first set are nearer to the first attributes; None where there is no effect size."""
    return columns.remember("partitions", lambda: _compared(columns))


def _compared(columns: Columns) -> PartitionTest | None:
    found = association(columns)
    if isinstance(found, str) or not np.isfinite(seat_effect_size.value(columns)):
        return None
    return _partitions_of(found.differences.tobytes(), found.first[0])


@lru_cache(maxsize=512)
def _partitions_of(differences: bytes, first: int) -> PartitionTest:
    """The test of these differences, made once: all tests are asked for together, and then each by itself."""
    s = np.frombuffer(differences, dtype=np.float64)
    return partition_test(s[:first], s[first:])


@dataclass(frozen=True)
class _Family:
    """What is known of all tests that are scored together: their columns, and p after Holm's correction, by name."""

    columns: dict[str, Columns]
    adjusted: dict[str, float]


def _family(columns: Columns) -> _Family:
    return columns.remember("family", lambda: _make_family(columns))


def _make_family(columns: Columns) -> _Family:
    parts = {name: columns.select(rows) for name, rows in tests_of(columns).items()}
    tested = {name: test for name, part in parts.items() if (test := compared_by_partitions(part)) is not None}
    adjusted = holm([test.p for test in tested.values()]) if tested else np.empty(0)
    return _Family(parts, dict(zip(tested, adjusted.tolist(), strict=True)))


def share_tests(whole: Columns, part: Columns) -> None:
    """Let columns of one test take over what was found for it among all: its p, and p after Holm's correction over all tests."""
    names = list(tests_of(part))
    family = _family(whole)
    if len(names) == 1 and names[0] in family.columns and family.columns[names[0]].n == part.n:
        test = compared_by_partitions(family.columns[names[0]])
        part.remember("partitions", lambda: test)
        part.remember("family", lambda: family)


def _flags(columns: Columns) -> tuple[str, ...]:
    found = association(columns)
    if len(tests_of(columns)) > 1:
        return (f"undefined: {found}", *_about_family(columns))
    if isinstance(found, str):
        return (f"undefined: {found}",)
    test = compared_by_partitions(columns)
    if test is None:
        return ("undefined: all targets are equally near to the attributes",)
    how = f"all {test.partitions:,}" if test.exact else f"{test.partitions:,}"
    seen = f"one-sided p {formatting.p_equals(test.p)} over {how} partitions"
    family = _family(columns).adjusted
    if len(family) == 1:
        return (seen, _CHOSEN)
    (name,) = tests_of(columns)
    return (f"{seen}, and {formatting.p_equals(family[name])} after Holm over {count(len(family), 'test')}",)


_CHOSEN = "a p says nothing about the choice of words: they are chosen, not drawn, so there is no interval"


def _about_family(columns: Columns) -> tuple[str, ...]:
    """Which tests have a small p after Holm's correction."""
    family = _family(columns)
    found = [name for name, p in family.adjusted.items() if p <= _ALPHA]
    if not family.adjusted:
        return ()
    named = [
        f"{name} (d {formatting.value(seat_effect_size.value(family.columns[name]), 'number')})"
        for name in found[:_SHOWN]
    ]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    told = f"one-sided p at most {_ALPHA} after Holm: {len(found):,} of {count(len(family.adjusted), 'test')}"
    return (f"{told}{', ' if found else ''}{', '.join(named)}{more}", _CHOSEN)


def _counts(columns: Columns) -> dict[str, int]:
    sizes = {name: sum(target == name for target in columns.targets) for name in SETS}
    return {"targets": sizes["targ1"] + sizes["targ2"], "attributes": sizes["attr1"] + sizes["attr2"]}


seat_effect_size = Metric(
    name="seat_effect_size",
    title="SEAT effect size",
    kinds=(Kind.EMBED,),
    direction="lower",
    neutral=0.0,
    low=-2.0,
    high=2.0,
    reference=(
        "WEAT (Caliskan et al. 2017, arXiv 1608.07187) on sentences: SEAT (May et al. 2019, arXiv 1903.10561); 0 is no "
        "difference, 2 the largest between sets of one size"
    ),
    unit="target",
    counts=_counts,
    compute_weighted=effect_sizes,
    interval="none",
    with_whole=share_tests,
    flags=_flags,
)
