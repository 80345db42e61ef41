"""A training that was killed ends as if it had not been, and of several processes one trains."""

import os
import signal
from pathlib import Path

import finetune_bench as bench
import pytest
from finetune_process import Training

pytestmark = [pytest.mark.torch]

OPTIONS = {"epochs": "4", "hold": "0.5", "save_seconds": "0", "layers": "2", "lr": "0.003"}
"""36 steps, dropout, a held-back part, and a state kept after each step."""


@pytest.fixture(autouse=True)
def ctrl_c_is_heard():
    """Whoever runs the tests in the background may have told all children to ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def kill_at(folder, options, step, kind="single"):
    """Start a training, kill it when it has told a step, and return the first step that it told."""
    first = None
    with Training(folder, options, kind, ahead=1) as training:
        for what, done in training:
            if what != "training":
                continue
            first = first or done
            if done >= step:
                break
        training.process.kill()
    return first


def finish(folder, options, kind="single"):
    """Run a training to its end; returns the checkpoint and the first step that was told (None: nothing was trained)."""
    with Training(folder, options, kind) as training:
        told = list(training)
    assert training.process.exitcode == 0
    steps = [done for what, done in told if what == "training"]
    return Path(told[-1][1]), steps[0] if steps else None


@pytest.mark.slow
@pytest.mark.parametrize(
    "recipe", ["gradual", pytest.param("full", marks=pytest.mark.soak), pytest.param("frozen", marks=pytest.mark.soak)]
)
def test_killed_training_ends_in_the_same_weights(tmp_path, recipe):
    """After three SIGKILLs in the middle every bit, curve and choice is that of an uninterrupted training."""
    options = {**OPTIONS, "recipe": recipe}
    whole, _ = finish(tmp_path / "whole", options)
    starts = [kill_at(tmp_path / "killed", options, step) for step in (5, 17, 26)]
    made, last = finish(tmp_path / "killed", options)

    assert starts[0] == 1
    assert 4 < starts[1] <= 8  # it is two steps ahead at most
    assert 15 < starts[2] <= 20
    assert 24 < last <= 29
    assert bench.read_weights(made) == bench.read_weights(whole)
    one, two = bench.read_report(made), bench.read_report(whole)
    assert (one["restarts"], two["restarts"]) == (3, 0)
    for name in ("losses", "held", "chosen_epoch", "steps", "digest"):
        assert one[name] == two[name]
    assert not (made.parent / ".training" / made.name).exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "recipe"),
    [
        pytest.param(*one, marks=pytest.mark.soak)
        for one in (("span2", "full"), ("tag", "full"), ("record", "full"), ("tag", "frozen"))
    ],
)
def test_killed_training_of_every_head_ends_in_the_same_weights(tmp_path, kind, recipe):
    """Tags, answers and options too: after a SIGKILL in the middle every bit, look and threshold is as without it."""
    options = {**OPTIONS, "recipe": recipe, "max_length": "28"}
    whole, _ = finish(tmp_path / "whole", options, kind)
    kill_at(tmp_path / "killed", options, 14, kind)
    made, first = finish(tmp_path / "killed", options, kind)

    assert first > 13
    assert bench.read_weights(made) == bench.read_weights(whole)
    one, two = bench.read_report(made), bench.read_report(whole)
    assert one["restarts"] == 1
    for name in ("losses", "held", "chosen_epoch", "steps", "digest"):
        assert one[name] == two[name]
    assert one.get("null_threshold") == two.get("null_threshold")


# --- signals -----------------------------------------------------------------------------------------------------------

ASKED = {**OPTIONS, "epochs": "3", "save_seconds": "3600"}
"""27 steps, and no state kept by the clock."""


def signal_at(step, *numbers):
    """Hears the progress of a training, and sends signals to this process once, while a step is being taken."""
    told = []

    def tell(what, done, _total):
        if not what.startswith("training"):
            return
        told.append(done)
        if done == step and len(numbers) > len(sent):
            for number in numbers:
                sent.append(number)
                os.kill(os.getpid(), number)

    sent = []
    return tell, told


@pytest.fixture
def whole(tmp_path):
    """The weights and the report of a training that nobody interrupts."""
    made = bench.make_bench(tmp_path / "whole", "single", 144).resolve(ASKED)
    return bench.read_weights(made), bench.read_report(made)


def check_same(made, whole, restarts):
    weights, report = whole
    assert bench.read_weights(made) == weights
    mine = bench.read_report(made)
    assert mine["restarts"] == restarts
    for name in ("losses", "held", "chosen_epoch", "steps", "digest"):
        assert mine[name] == report[name]


def test_an_interrupted_training_keeps_its_step(tmp_path, whole):
    """Ctrl-C waits for the step at hand; the next training takes the step after it, and ends in the same bits."""
    tone = bench.make_bench(tmp_path / "asked", "single", 144)
    before = signal.getsignal(signal.SIGINT)
    for step, first in ((1, 1), (9, 2), (14, 10)):  # 9 is the last step of an epoch
        tell, told = signal_at(step, signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            tone.resolve(ASKED, tell=tell)
        assert (told[0], told[-1]) == (first, step)
        assert signal.getsignal(signal.SIGINT) is before

    tell, told = signal_at(0)
    check_same(tone.resolve(ASKED, tell=tell), whole, restarts=3)
    assert told[0] == 15


def test_an_interrupt_while_the_rows_held_back_are_looked_at(tmp_path, whole, monkeypatch):
    """It takes effect at once, and the look is taken again."""
    from benchwright_adapters._finetune import loop

    real, sent = loop.validate, []

    def validate(*given, **more):
        sent.append(len(sent))
        if len(sent) == 2:
            os.kill(os.getpid(), signal.SIGINT)
        return real(*given, **more)

    monkeypatch.setattr(loop, "validate", validate)
    tone = bench.make_bench(tmp_path / "asked", "single", 144)
    with pytest.raises(KeyboardInterrupt):
        tone.resolve(ASKED)
    tell, told = signal_at(0)
    check_same(tone.resolve(ASKED, tell=tell), whole, restarts=1)
    assert told[0] == 19  # both epochs before had 9 steps, and none is taken again


def test_a_second_interrupt_does_not_wait(tmp_path):
    """Within the same step it ends the training at once, and what is torn is not kept."""
    tone = bench.make_bench(tmp_path / "asked", "single", 144)
    tell, _ = signal_at(5, signal.SIGINT, signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        tone.resolve(ASKED, tell=tell)
    tell, told = signal_at(0)
    tone.resolve(ASKED, tell=tell)
    assert told[0] == 1


def test_a_signal_that_is_ignored_stays_so(tmp_path):
    """A training that was started to outlive its terminal is not ended by it."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        tell, told = signal_at(5, signal.SIGINT)
        bench.make_bench(tmp_path / "asked", "single", 144).resolve(ASKED, tell=tell)
    finally:
        signal.signal(signal.SIGINT, before)
    assert told[-1] == 27


@pytest.mark.slow
def test_a_terminated_process_keeps_its_step(tmp_path, whole):
    """SIGTERM without any handler still ends the process by that signal, with the step kept."""
    with Training(tmp_path / "asked", ASKED, ahead=1) as training:
        for what, done in training:
            if (what, done) == ("training", 5):
                training.process.terminate()
                break
        rest = [done for what, done in training if what == "training"]
    assert training.process.exitcode == -signal.SIGTERM
    made, first = finish(tmp_path / "asked", ASKED)
    assert first == ([5, *rest][-1]) + 1
    check_same(made, whole, restarts=1)


@pytest.mark.slow
def test_two_processes_train_once(tmp_path):
    """Of two processes that want one checkpoint, one trains it and the other waits for it."""
    options = {**OPTIONS, "save_seconds": "60", "epochs": "30", "patience": "30"}
    trainings = [Training(tmp_path, options) for _ in range(2)]
    told = [list(training) for training in trainings]
    for training in trainings:
        training.process.join()

    assert [training.process.exitcode for training in trainings] == [0, 0]
    assert sum(any(what == "training" for what, _ in some) for some in told) == 1
    assert told[0][-1] == told[1][-1]
    assert len([path for path in (tmp_path / "models").iterdir() if not path.name.startswith(".")]) == 1


def test_a_kept_state_that_is_damaged_is_not_used(tmp_path, monkeypatch):
    """A state that cannot be read, or is of another form, means starting anew."""
    from benchwright_adapters._finetune import state

    tone = bench.make_bench(tmp_path)
    whole = tone.resolve()
    for content in (b"", b"torn", (whole / "model.safetensors").read_bytes()):
        side = whole.parent / ".training" / whole.name
        side.mkdir(parents=True)
        (side / "state.safetensors").write_bytes(content)
        before = bench.read_weights(whole)
        (whole / "training.json").unlink()
        whole.rename(tmp_path / f"old-{len(content)}")
        assert bench.read_weights(tone.resolve()) == before
        assert bench.read_report(whole)["restarts"] == 0
    assert state._FORMAT == 1


def test_states_are_kept_now_and_then(tmp_path):
    """The pause is the one asked for, and at least ten times what a state costs to write."""
    from benchwright_adapters._finetune.state import StateFile

    assert StateFile(path=tmp_path, seconds=0, cost=9).is_due()
    assert not StateFile(path=tmp_path, seconds=60).is_due()
    state_file = StateFile(path=tmp_path, seconds=60)
    state_file.last -= 61
    assert state_file.is_due()
    state_file.cost = 7
    assert not state_file.is_due()


def test_no_room(tmp_path, monkeypatch):
    """A disk that is full ends the training with a message; what was kept before stays."""
    import safetensors.torch
    from safetensors import SafetensorError

    from benchwright.errors import StoreError

    def full(*_args, **_options):
        raise SafetensorError("No space left on device (os error 28)")

    monkeypatch.setattr(safetensors.torch, "save_file", full)
    with pytest.raises(StoreError, match="cannot be kept") as caught:
        bench.make_bench(tmp_path).resolve({"save_seconds": "0"})
    assert "--store" in caught.value.hint
