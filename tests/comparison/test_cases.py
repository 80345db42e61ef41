"""Behavioural tasks are compared case by case, on the cases that are applicable to all systems and answered by all."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.comparison.compare import compare
from benchwright.comparison.flips import count_flips, find_flips
from benchwright.comparison.pairing import pair_records
from benchwright.comparison.text import to_text
from benchwright.stats.paired import mcnemar, tango_bound
from benchwright.testing.patterns import case_records, case_task

NEGATION = "Negation/plain"


def cases(pattern, **more):
    """Records of one test."""
    return case_records({NEGATION: pattern}, **more)


def test_two_systems_are_compared_on_the_cases_applicable_to_both(bench):
    """275 cases are applicable to one and 268 to the other: both counts and the intersection are kept and printed."""
    first = "+" * 200 + "-" * 75 + "?" * 5
    second = "?" * 12 + "+" * 188 + "-" * 63 + "+" * 17
    bench.write({"a": cases(first), "b": cases(second)}, case_task())
    found = compare("r", store=bench.store, resamples=300)
    one = found.tasks[0].differences[0]
    assert (one.metric_name, one.applicable, one.n, one.unit) == ("failure_rate", (275, 268), 263, "case")
    assert (one.a, one.b) == (pytest.approx(75 / 263), pytest.approx(63 / 263))
    assert "275 cases applicable to a, 268 to b, compared on 263" in to_text(found)


def test_flips_are_compared_on_the_cases_of_invariance_tests(bench):
    """The flip rate has its own denominator: applicable cases of other types are in no count beside it."""
    mixed = {"Negation/plain": "++-?", "Robustness/typos": "+-"}
    target = {"expect": {"kind": "invariant", "tolerance": 0.0}, "judged": "all_but_first"}
    records = [
        msgspec.structs.replace(one, target=target, extra={}) if one.slices["test"] == "typos" else one
        for one in case_records(mixed)
    ]
    two = [
        msgspec.structs.replace(one, id=f"{one.id}/v", output=one.output)
        for one in records
        if one.slices["test"] == "typos"
    ]
    bench.write({"a": [*records, *two], "b": [*records, *two]}, case_task())
    found = compare("r", store=bench.store, resamples=300).tasks[0].differences
    flips = next(one for one in found if one.metric_name == "flip_rate")
    assert (flips.n, flips.applicable) == (2, ())
    assert "flips are compared on 2 cases of invariance tests" in flips.flags


def test_fixed_and_broken_are_cases_with_exact_mcnemar_and_tangos_interval(bench):
    """Of independent cases the difference of failure rates is one of discordant pairs, and fewer failures are better."""
    first, second = "+" * 60 + "-" * 25 + "+" * 5 + "-" * 10, "+" * 60 + "+" * 25 + "-" * 5 + "-" * 10
    bench.write({"a": cases(first), "b": cases(second)}, case_task())
    one = compare("r", store=bench.store, resamples=300).tasks[0].differences[0]
    assert (one.fixed, one.broken, one.verdict) == (25, 5, "better")
    assert one.delta == pytest.approx(-0.20)
    assert one.low == pytest.approx(tango_bound(5, 25, 100, 0.025, "lower"))
    assert one.mcnemar == pytest.approx(mcnemar(5, 25))


def test_a_case_is_one_unit_however_many_variants_it_has(bench):
    """Three examples of a case are fixed once; the flip points at the first of them."""
    task, names = case_task(), ["no", "yes"]
    target = {"expect": {"kind": "invariant", "tolerance": 0.1}, "judged": "all_but_first"}

    def invariance(outputs):
        return [
            {
                "id": f"t/{at}",
                "target": target,
                "output": names[out],
                "group": f"typo/{at // 3}",
                "slices": {"test": "typo", "capability": "Robustness", "type": "INV"},
            }
            for at, out in enumerate(outputs)
        ]

    from benchwright.types import Record

    def records(outputs):
        return [Record(**one) for one in invariance(outputs)]

    pairing = bench.pair({"a": records([1, 0, 0, 1, 1, 1]), "b": records([1, 1, 1, 0, 0, 0])}, task)
    assert count_flips(pairing, 0, 1) == (1, 0), "the second case is answered otherwise, and held by both"
    fixed, broken = find_flips(pairing, 0, 1)
    assert ([one.first.group for one in fixed], broken) == (["typo/0"], ())


def test_a_case_with_an_unanswered_example_is_left_out_and_counted(bench):
    """What one of the two did not answer is in no number of either."""
    pairing = bench.pair({"a": cases("+-!+-"), "b": cases("+++!-")}, case_task())
    assert (pairing.left_out, pairing.cases.unanswered, pairing.cases.compared) == (2, 2, 3)
    assert [record.group for record in pairing.records[0]] == ["plain/0", "plain/1", "plain/4"]


class Unpicked(list):
    """Records that are read all at once: asking for one row is what takes time where they are stored."""

    def __getitem__(self, at):
        raise AssertionError(f"row {at} was read by itself")


def test_cases_are_paired_without_reading_rows_one_by_one():
    """Of stored records each row that is asked for by itself costs as much as a hundred that are read together."""
    task = case_task()
    every = [Unpicked(cases("+-!+-")), Unpicked(cases("+++!-"))]
    found = pair_records("s/t", task, ("a", "b"), (), every, resamples=300)
    assert [record.group for record in found.records[0]] == ["plain/0", "plain/1", "plain/4"]


def test_silence_counted_as_wrong_leaves_the_probabilities_of_the_other_cases(bench):
    """A flip within the tolerance is held by its probabilities, also beside a case that has no answer; that one fails."""
    invariance = {"expect": {"kind": "invariant", "tolerance": 0.1}, "judged": "all_but_first"}
    scores = [(0.52, 0.48), (0.48, 0.52), None, None, (0.9, 0.1), (0.1, 0.9)]

    def records(silent):
        return [
            msgspec.structs.replace(
                one,
                target=invariance,
                output=None if silent and row is None else one.output,
                error="broken" if silent and row is None else None,
                scores=row if silent or row is not None else (0.5, 0.5),
                group=f"typo/{at // 2}",
                cluster=f"typo/{at // 2}",
            )
            for at, (one, row) in enumerate(zip(cases("-+--" + "-+"), scores, strict=True))
        ]

    bench.write({"a": records(False), "b": records(True)}, case_task())
    found = compare("r", store=bench.store, resamples=300, missing="wrong")
    one = found.tasks[0].differences[0]
    assert (one.a, one.b, one.n) == (pytest.approx(1 / 3), pytest.approx(2 / 3), 3)
    assert "-> (unanswered)" in to_text(found)


def test_templates_are_the_units_of_the_interval(bench):
    """The same hundred cases of five templates tell less than of a hundred."""
    first, second = "+" * 70 + "-" * 30, "+" * 60 + "-" * 40
    alone = bench.write({"a": cases(first), "b": cases(second)}, case_task()) and compare(
        "r", store=bench.store, resamples=2000
    )
    bench.write({"a": cases(first, templates=5), "b": cases(second, templates=5)}, case_task())
    shared = compare("r", store=bench.store, resamples=2000)
    one, other = alone.tasks[0].differences[0], shared.tasks[0].differences[0]
    assert (one.clusters, other.clusters) == (100, 5)
    assert one.mcnemar is not None
    assert other.mcnemar is None, "cases of one template are not independent, as that test takes them to be"


def test_slices_are_tests_and_capabilities_and_their_number_is_printed(bench):
    """Benjamini-Hochberg over all slices, and the text says over how many."""
    patterns = {"Negation/plain": "+" * 40, "Negation/double": "+" * 40, "Vocabulary/words": "+" * 40}
    worse = {**patterns, "Negation/plain": "-" * 20 + "+" * 20}
    bench.write({"a": case_records(patterns), "b": case_records(worse)}, case_task())
    found = compare("r", store=bench.store, resamples=300, slices=True)
    by_name = {one.slice: one for one in found.tasks[0].slices}
    assert by_name["test=plain"].verdict == "worse"
    assert by_name["capability=Negation"].b == pytest.approx(20 / 80)
    assert f"over {found.slice_family} slices" in to_text(found)
    assert found.slice_family == 6, "three tests, two capabilities, one type"


def test_nothing_applicable_to_both_has_no_difference(bench):
    """No rate of nothing, and never 0."""
    bench.write({"a": cases("++??"), "b": cases("??++")}, case_task())
    one = compare("r", store=bench.store, resamples=300).tasks[0].differences[0]
    assert (one.delta, one.n, one.applicable) == (None, 0, (2, 2))


def test_a_slice_is_as_large_as_its_cases(bench):
    """Twelve cases of three examples are twelve, not 36, where small slices are left out."""
    from benchwright.types import Record

    target = {"expect": {"kind": "invariant"}, "judged": "all_but_first"}
    slices = {"test": "typo", "capability": "Robustness", "type": "INV"}
    records = [
        Record(id=f"t/{at}", target=target, output="yes", group=f"typo/{at // 3}", slices=slices) for at in range(36)
    ]
    bench.write({"a": records, "b": records}, case_task())
    found = compare("r", store=bench.store, resamples=300, slices=True)
    assert found.tasks[0].small == {"capability=Robustness": 12, "test=typo": 12, "type=INV": 12}


@given(st.lists(st.tuples(st.sampled_from("+-?!"), st.sampled_from("+-?!")), min_size=1, max_size=40))
def test_counts_are_those_of_the_signs(signs):
    """Whatever two models do to the cases: counted again from the signs, one by one."""
    first, second = ("".join(side) for side in zip(*signs, strict=True))
    found = pair_records("s/t", case_task(), ("a", "b"), (None, None), [cases(first), cases(second)])
    answered = [(one, other) for one, other in signs if "!" not in (one, other)]
    both = [pair for pair in answered if "?" not in pair]
    assert found.left_out == len(signs) - len(answered)
    assert found.cases.applicable == tuple(sum(pair[at] != "?" for pair in answered) for at in (0, 1))
    assert (found.cases.compared, found.size, found.n) == (len(both), len(both), len(both))
    if both:
        assert count_flips(found, 0, 1) == (both.count(("-", "+")), both.count(("+", "-")))
        assert found.value(1, "failure_rate") == pytest.approx(sum(two == "-" for _, two in both) / len(both))
