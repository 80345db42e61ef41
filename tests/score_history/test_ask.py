"""Values of a model over the runs of a store."""

import msgspec
import pytest

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.types import Label


def only(found):
    (line,) = found.lines
    return line


def test_a_line_holds_the_values_of_a_name_in_the_order_in_which_runs_were_begun(nights):
    """160, 164 and 150 of 200 right answers are 0.80, 0.82 and 0.75; run names sort otherwise."""
    nights.add(160, name="z")
    nights.add(164, name="m")
    nights.add(150, name="a")

    line = only(benchwright.history("mine/mood", store=nights.store))

    assert [(point.run, point.value) for point in line.points] == [("z", 0.80), ("m", 0.82), ("a", 0.75)]
    assert [point.digest for point in line.points] == ["160-digest", "164-digest", "150-digest"]
    assert all(point.low < point.value < point.high for point in line.points)


def test_a_change_is_paired_item_by_item(nights):
    """The first answers 160 items, the second these and 12 more: 12 fixed, none broken, which is no chance at n = 200."""
    nights.add(160)
    nights.add(172)

    change = only(benchwright.history("mood", store=nights.store)).points[1].change

    assert (change.fixed, change.broken) == (12, 0)
    assert change.value == pytest.approx(0.06)
    assert change.low > 0
    assert change.verdict == "better"
    assert change.against == "night-1"


def test_values_on_two_sides_of_other_data_are_not_compared(nights):
    """The drop at the third night is that of the data, not of the model."""
    nights.add(160, data="one")
    nights.add(164, data="one")
    nights.add(120, data="two")
    nights.add(124, data="two")

    line = only(benchwright.history("mood", store=nights.store))

    assert [mark.kind for mark in line.points[2].marks] == ["data"]
    assert line.points[2].change is None
    assert [[point.run for point in stretch] for stretch in line.stretches] == [
        ["night-1", "night-2"],
        ["night-3", "night-4"],
    ]
    assert line.points[3].change.against == "night-3"


@pytest.mark.parametrize(
    ("about", "kind"),
    [
        ({"limit": 200}, "limit"),
        ({"versions": {"mine": 2}}, "suite"),
        ({"data": "other"}, "data"),
    ],
)
def test_what_changes_the_measurement_breaks_the_line(nights, about, kind):
    nights.add(160)
    nights.add(164, **about)

    point = only(benchwright.history("mood", store=nights.store)).points[1]

    assert [mark.kind for mark in point.marks if mark.breaks] == [kind]
    assert point.change is None


def test_another_card_breaks_the_line_and_another_description_does_not(nights):
    from_card = lambda **fields: msgspec.structs.replace(nights.add.__globals__["CARD"], **fields)  # noqa: E731 - short
    nights.add(160)
    nights.add(162, card=from_card(description="told better", notes=("a note",), metrics=("accuracy", "mcc")))
    nights.add(164, card=from_card(labels=(Label(name="good", id=0), Label(name="bad", id=1), Label(name="x", id=2))))

    line = only(benchwright.history("mood", store=nights.store))

    assert line.points[1].marks == ()
    assert "labels" in line.points[2].marks[0].sentence
    assert line.points[2].breaks


def test_the_same_cell_in_several_runs_is_one_measurement(nights):
    """A nightly run that changed nothing takes its answers from the store; that is no further evidence."""
    nights.add(160)
    nights.add(160)
    nights.add(160)
    nights.add(170)
    nights.add(160)

    line = only(benchwright.history("mood", store=nights.store))

    assert [point.run for point in line.points] == ["night-1", "night-4", "night-5"]
    assert line.points[0].also == ("night-2", "night-3")
    assert line.points[2].first_in == "night-1"


def test_a_failed_run_is_a_row_without_a_value(nights):
    nights.add(160)
    nights.add("CUDA out of memory")
    nights.add(164)

    line = only(benchwright.history("mood", store=nights.store))

    assert [point.value for point in line.points] == [0.80, None, 0.82]
    assert line.points[1].reason == "CUDA out of memory"
    assert line.points[2].change.against == "night-1"


def test_runs_that_cannot_be_read_are_named_and_left_out(nights):
    nights.add(160)
    runs = nights.store.root / "runs"
    (runs / "torn.json").write_bytes((runs / "night-1.json").read_bytes()[:500])
    (runs / "old.json").write_text('{"schema": 1}')

    found = benchwright.history("mood", store=nights.store)

    assert [one.run for one in found.skipped] == ["old", "torn"]
    assert "format 1" in found.skipped[0].reason
    assert len(only(found).points) == 1


def test_one_change_in_twenty_by_chance_is_not_called_real(nights):
    """p of 5 fixed and none broken is 0.06 by McNemar's exact test and below 0.05 by Tango's interval: adjusted over ten, no word."""
    for right in (100, 105, 110, 115, 120, 125, 130, 135, 140, 145, 150):
        nights.add(right)

    found = benchwright.history("mood", store=nights.store)

    changes = [point.change for point in only(found).points[1:]]
    assert found.family == len(changes) + 1  # and the whole stretch
    assert all(change.low > 0 for change in changes)
    assert {change.verdict for change in changes} == {"not distinguishable"}
    assert only(found).since.verdict == "better"


def test_what_is_not_there_is_said_with_what_is(nights):
    nights.add(160)
    with pytest.raises(BenchwrightError, match="no run has a task 'mod'"):
        benchwright.history("mod", store=nights.store)
    with pytest.raises(BenchwrightError, match="no run has acuracy"):
        benchwright.history("mood", "acuracy", store=nights.store)
    with pytest.raises(BenchwrightError, match="no run has a model 'nigthly'"):
        benchwright.history("mood", model="nigthly", store=nights.store)
    with pytest.raises(BenchwrightError, match="no run has score of the slice lang=fr"):
        benchwright.history("mood", slice="lang=fr", store=nights.store)
    with pytest.raises(BenchwrightError, match="is no date"):
        benchwright.history("mood", since="yesterday", store=nights.store)


def test_a_slice_has_a_line_of_its_own(nights):
    nights.add(160)
    nights.add(180)

    line = only(benchwright.history("mood", "accuracy", slice="lang=de", store=nights.store))

    assert [point.n for point in line.points] == [100, 100]
    assert [point.value for point in line.points] == [0.80, 0.90]
    assert (line.points[1].change.fixed, line.points[1].change.broken) == (10, 0)


def test_last_and_since_narrow_what_is_shown_and_say_how_much_is_not(nights):
    for right in (150, 152, 154, 156):
        nights.add(right)

    by_number = only(benchwright.history("mood", last=2, store=nights.store))
    by_date = only(benchwright.history("mood", since="2026-11-02", store=nights.store))

    assert [point.run for point in by_number.points] == ["night-3", "night-4"]
    assert by_number.earlier == 2
    assert by_number.points[0].change.against == "night-2"
    assert [point.run for point in by_date.points] == ["night-2", "night-3", "night-4"]


def test_points_of_several_names_can_be_one_line(nights):
    """Checkpoints that are named by their step are one training."""
    for step, right in ((100, 150), (200, 160), (300, 170)):
        nights.add(right, model=f"step-{step}", others=("base",))

    apart = benchwright.history("mood", store=nights.store)
    together = benchwright.history("mood", model="step-*", by="one", store=nights.store)

    assert [line.name for line in apart.lines] == ["step-100", "base", "step-200", "step-300"]
    assert [point.model for point in only(together).points] == ["step-100", "step-200", "step-300"]
    assert [mark.kind for mark in only(together).points[1].marks] == ["model"]
    assert only(together).points[2].change.against == "night-2:step-200"
    assert "night-3:step-300 against night-1:step-100" in str(together)


def test_records_that_are_gone_leave_two_intervals_and_a_reason(nights):
    nights.add(160)
    run = nights.add(164)
    (nights.store.cell_folder(run.cells[0].key) / "records.parquet").unlink()

    change = only(benchwright.history("mood", store=nights.store)).points[1].change

    assert change.verdict == "not paired"
    assert change.value == pytest.approx(0.02)
    assert change.low is None
    assert "cannot be read" in change.why


def test_a_cell_that_is_gone_breaks_the_line_since_nobody_knows_what_was_the_same(nights):
    nights.add(160)
    run = nights.add(164)
    nights.store.clear_cell(run.cells[0].key)

    point = only(benchwright.history("mood", store=nights.store)).points[1]

    assert [mark.kind for mark in point.marks] == ["unknown"]
    assert point.digest == ""
    assert point.change is None
