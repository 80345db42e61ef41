"""Rates as people read them: counts that add up, empty places as dashes, what is not applicable beside them."""

from __future__ import annotations

from benchwright.behaviour_report.rates import NOTHING, matrix_of, system_rates
from benchwright.behaviour_report.rates import test_rows as rows_of


def test_the_matrix_has_capabilities_in_the_order_of_the_suite(by_hand):
    """Failing cases of applicable ones at every place; a dash where no test asks."""
    (cell,) = by_hand.judged(words=by_hand.records())
    matrix = matrix_of(cell)
    found = {name: [rate.counted for rate in rates] for name, rates, _ in matrix.rows}

    assert matrix.types == ("MFT", "INV", "DIR")
    assert found == {"Negation": ["6 of 6", "", ""], "Vocabulary": ["0 of 6", "", "0 of 2"], "NER": ["", "1 of 4", ""]}
    assert matrix.rows[0][1][1] is NOTHING
    assert matrix.rows[0][1][0].text == "100.00"
    assert [total.counted for _, _, total in matrix.rows] == ["6 of 6", "0 of 8", "1 of 4"]
    assert [rate.counted for rate in matrix.last[0]] == ["6 of 12", "1 of 4", "0 of 2"]


def test_flips_stand_beside_an_invariance_alone(by_hand):
    """One of four cases has another answer."""
    (cell,) = by_hand.judged(words=by_hand.records())
    matrix = matrix_of(cell)

    assert matrix.rows[2][1][1].flips == "flips 25.00"
    assert not any(rate.flips for _, rates, total in matrix.rows[:2] for rate in (*rates, total))


def test_not_applicable_cases_leave_the_rate_and_are_counted(by_hand):
    """Six cases, two of which need a label that the model lacks."""
    (cell,) = by_hand.judged(words=by_hand.records(lacks={"negated/0", "negated/1"}))
    rate = rows_of([cell])[0].rates[0]

    assert (rate.counted, rate.left_out) == ("4 of 4", "2 not applicable")


def test_a_test_of_which_nothing_is_applicable_has_no_rate(by_hand):
    """Never 0."""
    (cell,) = by_hand.judged(words=by_hand.records(lacks={f"negated/{at}" for at in range(6)}))
    rate = rows_of([cell])[0].rates[0]

    assert (rate.text, rate.between, rate.share) == ("–", "", None)
    assert rate.left_out == "6 not applicable"


def test_cases_of_one_template_have_no_interval(by_hand):
    """Its six sentences are near-duplicates: nothing is known of other templates."""
    (cell,) = by_hand.judged(words=by_hand.records())
    negated, plain = (row.rates[0] for row in rows_of([cell])[:2])

    assert negated.between == "no interval"
    assert plain.between.startswith("[0.00, ")


def test_a_row_of_a_model_adds_up_its_tests(by_hand):
    """Over all cases, with the interval of the score."""
    (cell,) = by_hand.judged(words=by_hand.records(lacks={"negated/0"}, errored={"plain/0"}))
    row = system_rates(cell)

    assert row.rate.counted == "6 of 16"
    assert row.rate.left_out == "1 not applicable, 1 errored"
    assert row.rate.between == "[30.00, 70.00]"
    assert row.flips == "25.00 [5.00, 70.00]"


def test_tests_have_a_rate_of_each_model(by_hand):
    """In the order of the suite, models in the order given."""
    cells = by_hand.judged(words=by_hand.records(), constant=by_hand.records(by_hand.constant))
    rows = rows_of(cells)

    assert [row.name for row in rows] == ["negated", "plain", "names", "praise"]
    assert [rate.counted for rate in rows[2].rates] == ["1 of 4", "0 of 4"]
