"""Which way of computing a model is taken: by its answers and its time on a sample, never by gold answers."""

import dataclasses
from contextlib import nullcontext
from types import SimpleNamespace

import msgspec
import pytest

from benchwright.errors import ModelError
from benchwright.execution.opening import is_chosen
from benchwright.execution.records import to_records
from benchwright.measuring.clock import SimulatedClock
from benchwright.precision import choose as choosing
from benchwright.precision.choose import choose, reopen
from benchwright.precision.stored import chosen_reference
from benchwright.precision.subject import FastSubject
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, ModelRef, ModelVariant, PrecisionChoice, Prediction

TASK = build_task(
    kind=Kind.CLASSIFY,
    name="t",
    splits={},
    default_split="test",
    inputs={"text": ("text",)},
    target=("label",),
    metrics=("accuracy",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
)


class Timed:
    """A model that says yes with the probability its text holds, and takes a stated time for each text."""

    def __init__(self, clock, seconds, change=lambda number, p: p):
        self.clock, self.seconds, self.change = clock, seconds, change
        self.is_closed, self.seen, self.token_budget = False, [], 1024

    def predict(self, examples):
        self.seen += examples
        self.clock.sleep(self.seconds * len(examples) * (1 if self.token_budget <= 1024 else 2))
        shares = [self.change(e.index, float(e.inputs["text"])) for e in examples]
        return [Prediction(output="yes" if p > 0.5 else "no", scores=(1 - p, p)) for p in shares]

    def close(self):
        self.is_closed = True


class Ways:
    """An adapter whose models can be computed in the ways that a test names."""

    name, version, kinds, options = "ways", 1, (Kind.CLASSIFY,), {}

    def __init__(self, clock, **ways):
        self.clock, self.ways, self.opened = clock, ways, {}
        self.said = {}

    def inspect(self, *_):
        raise AssertionError

    def open(self, model, task, context):
        assert context.precision == "exact", "a way says itself what it computes"
        way = model.options.get("way", "exact")
        made = self.ways[way]() if way != "exact" else Timed(self.clock, 0.01)
        self.opened[way] = made
        return made

    def variants(self, model, task, context):
        return [
            ModelVariant(
                name=name, model=ModelRef(name="m", adapter="ways", options={"way": name}), **self.said.get(name, {})
            )
            for name in self.ways
        ]


@pytest.fixture
def clock():
    return SimulatedClock()


@pytest.fixture
def make_subject(monkeypatch, tmp_path, clock):
    def make(adapter, n=1000, **more):
        monkeypatch.setattr("benchwright.registry.get", lambda _kind, _name: adapter)
        texts = [f"{0.02 + 0.96 * (at % 97) / 97:.4f}" for at in range(n)]
        examples = [
            Example(id=f"t/{at}", index=at, inputs={"text": text}, target="yes") for at, text in enumerate(texts)
        ]
        return FastSubject(
            adapter=adapter,
            model=ModelRef(name="m", adapter="ways"),
            task=TASK,
            context=Context(suite="s", train=None, items=tuple, precision="fast"),
            examples=examples,
            to_records=lambda some, said: to_records(some, said, TASK),
            cache=tmp_path,
            **more,
        )

    return make


def test_the_fastest_way_that_agrees_is_taken(clock, make_subject):
    """Of two that agree the faster one, however fast a third is whose answers differ."""
    adapter = Ways(
        clock,
        half=lambda: Timed(clock, 0.005),
        quarter=lambda: Timed(clock, 0.003),
        wrong=lambda: Timed(clock, 0.001, lambda _, p: 1 - p),
    )
    found = choose(make_subject(adapter), clock=clock)
    assert found.choice.chosen == "quarter"
    assert found.choice.times == pytest.approx(0.01 / 0.003)
    assert (found.choice.sampled, found.choice.total) == (250, 1000)
    reasons = {one.name: one.reason for one in found.choice.tried}
    assert reasons["quarter"] == ""
    assert reasons["half"] == "slower than quarter"
    assert "99.5 % are asked for" in reasons["wrong"]
    closed = {name: model.is_closed for name, model in adapter.opened.items()}
    assert closed == {"exact": True, "half": True, "quarter": False, "wrong": True}


def test_an_input_that_exact_fails_on_is_no_reason_to_fail_the_cell(clock, make_subject):
    """The sample cannot be answered exactly: the exact model is taken as it is, and the cell counts what it cannot answer."""
    adapter = Ways(clock, half=lambda: Timed(clock, 0.005))
    subject = make_subject(adapter)
    broken = [msgspec.structs.replace(one, inputs={"text": "no number"}) for one in subject.examples]
    found = choose(dataclasses.replace(subject, examples=broken), clock=clock)
    assert found.choice.chosen == "exact"
    assert "exact itself fails on a sample of 250 inputs" in found.choice.reason
    assert not found.session.is_closed
    assert set(adapter.opened) == {"exact"}


def test_one_sure_answer_that_changes_is_one_too_many(clock, make_subject):
    """A single flip where exact was sure, of 250: exact is taken, and it is said why."""
    sure = {}

    def change(number, p):
        sure.setdefault("first", number) if p > 0.9 else None
        return 1 - p if number == sure.get("first") else p

    found = choose(make_subject(Ways(clock, odd=lambda: Timed(clock, 0.001, change))), clock=clock)
    (tried,) = found.choice.tried
    assert tried.agreement.flips == 1
    assert found.choice.chosen == "exact"
    assert "1 answer changed though exact was surer of it than 0.1" in tried.reason
    assert "odd" in found.choice.reason


def test_a_way_that_moves_margins_far_is_not_taken_though_no_answer_of_the_sample_changes(clock, make_subject):
    """Of 218 rows few are near a tie: what a way does to the others tells what it would do there."""
    adapter = Ways(clock, coarse=lambda: Timed(clock, 0.001, lambda _, p: p - 0.04 if p > 0.6 else p))
    found = choose(make_subject(adapter), clock=clock)
    (tried,) = found.choice.tried
    assert tried.agreement.flips == 0
    assert found.choice.chosen == "exact"
    assert "of the margins by more than 0.05" in tried.reason


def test_a_slow_beginning_of_exact_makes_no_way_faster(clock, make_subject):
    """Exact is slow when it is timed first, as on a busy machine, and fast again when it takes turns with a slower way."""
    adapter = Ways(clock, slower=lambda: Timed(clock, 0.02))
    subject = make_subject(adapter)
    exact = Timed(clock, 0.01)
    calm = exact.predict

    def predict(examples):
        if len(exact.seen) < 2:
            clock.sleep(20)
        return calm(examples)

    exact.predict = predict
    adapter.open = lambda model, *_: Timed(clock, 0.02) if model.options else exact
    found = choose(subject, clock=clock)
    assert found.choice.chosen == "exact"


def test_gold_answers_are_shown_to_no_model(clock, make_subject):
    """Neither the exact model nor a way of computing it sees a target."""
    adapter = Ways(clock, half=lambda: Timed(clock, 0.005))
    choose(make_subject(adapter), clock=clock)
    assert all(example.target is None for model in adapter.opened.values() for example in model.seen)


def test_a_way_that_takes_longer_to_prepare_than_it_saves_is_not_opened(clock, make_subject):
    """Exact takes 10 s for the 1,000 inputs: 60 s of compiling are not spent on them, and 4 s are."""
    adapter = Ways(clock, compiled=lambda: Timed(clock, 0.001), exported=lambda: Timed(clock, 0.002))
    adapter.said = {"compiled": {"preparing": 60.0}, "exported": {"preparing": 4.0}}
    found = choose(make_subject(adapter), clock=clock)
    assert found.choice.chosen == "exported"
    assert "compiled" not in adapter.opened
    assert found.choice.tried[0].reason == "preparing it takes about 60 s, and exact would be done in 10 s"


@pytest.mark.parametrize(("times", "chosen"), [(2.2, "half"), (1.3, "exact"), (None, "exact")])
def test_a_data_type_is_tried_where_the_machine_multiplies_it_fast(clock, make_subject, monkeypatch, times, chosen):
    """Half precision is tried from twice the measured rate of single precision on."""
    monkeypatch.setattr(choosing, "times_as_fast", lambda *_: times)
    adapter = Ways(clock, half=lambda: Timed(clock, 0.005))
    adapter.said = {"half": {"dtype": "bfloat16", "times": 2.0}}
    found = choose(make_subject(adapter), clock=clock)
    assert found.choice.chosen == chosen
    assert ("half" in adapter.opened) is (chosen == "half")


def test_ways_that_cannot_be_opened_or_fail_are_told(clock, make_subject):
    """A way may lack its library or throw; the cell is computed exactly all the same."""

    def refuse():
        raise ModelError("no such library", expected="one", hint="install it")

    class Broken(Timed):
        def predict(self, examples):
            raise RuntimeError("unsupported operation")

    found = choose(make_subject(Ways(clock, lacking=refuse, broken=lambda: Broken(clock, 1))), clock=clock)
    assert found.choice.chosen == "exact"
    assert "it cannot be opened: no such library" in found.choice.tried[0].reason
    assert found.choice.tried[1].reason == "it fails: RuntimeError: unsupported operation"


def test_a_small_cell_is_computed_exactly(clock, make_subject):
    """Of 63 inputs nothing is tried: it would take longer than computing them."""
    adapter = Ways(clock, half=lambda: Timed(clock, 0.005))
    found = choose(make_subject(adapter, n=63), clock=clock)
    assert (found.choice.chosen, found.choice.sampled, found.choice.tried) == ("exact", 0, ())
    assert "fewer than 64" in found.choice.reason


def test_a_stored_choice_is_opened_again_by_its_name(clock, make_subject):
    """The rest of a cell is computed as its beginning was; a way that is not there any more is refused."""
    adapter = Ways(clock, half=lambda: Timed(clock, 0.005))
    subject = make_subject(adapter)
    assert reopen(subject, PrecisionChoice(chosen="half", reason="")) is adapter.opened["half"]
    with pytest.raises(ModelError, match="a part of this cell was computed as gone"):
        reopen(subject, PrecisionChoice(chosen="gone", reason=""))


def test_the_size_of_a_pass_is_the_fastest_of_those_measured(clock, make_subject):
    """Passes of up to 1,024 tokens take half the time here: the first of them is taken, and opened again so."""
    adapter = Ways(clock)
    found = choose(make_subject(adapter, auto_budget=True), clock=clock)
    assert list(found.choice.budgets) == ["512", "1024", "2048", "4096"]
    assert found.choice.token_budget == found.session.token_budget == 512
    assert reopen(make_subject(adapter), found.choice).token_budget == 512


@pytest.mark.parametrize(("budget", "asked"), [("auto", True), ("512", False)])
def test_a_model_with_one_way_still_has_its_size_of_a_pass_found(make_subject, clock, budget, asked):
    """`--token-budget auto` is measured of models without variants too (`onnx:`), and never left out in silence."""

    class OneWay:
        name, version, kinds, options = "one", 1, (Kind.CLASSIFY,), {}

        def inspect(self, *_):
            raise AssertionError

        def open(self, *_):
            return Timed(clock, 0.01)

    adapter = OneWay()
    model = ModelRef(name="m", adapter="one", options={"token_budget": budget})
    context = Context(suite="s", train=None, items=tuple, precision="fast")

    assert is_chosen(SimpleNamespace(model=model), adapter, context) is asked
    assert not is_chosen(SimpleNamespace(model=model), adapter, dataclasses.replace(context, precision="exact"))
    assert choose(make_subject(adapter, auto_budget=True), clock=clock).choice.token_budget == 512


def test_what_is_measured_has_the_size_of_a_pass_that_was_found(make_subject, clock):
    """A profile of a cell that was computed fast asks the model as the cell was computed."""
    store = SimpleNamespace(
        lease_choice=lambda _: nullcontext(),
        read_choice=lambda _: PrecisionChoice(chosen="half", reason="", token_budget=2048),
    )
    subject = make_subject(Ways(clock, half=lambda: Timed(clock, 0.005)))

    assert chosen_reference(subject, store, "k").options == {"way": "half", "token_budget": "2048"}
