"""Every kind has one room that answers all questions; a task's class says its kind."""

import pickle
import subprocess
import sys

import msgspec
import pytest

from benchwright import kinds
from benchwright.types import (
    TASK_CLASSES,
    AnyTask,
    ChoiceTask,
    ClassificationTask,
    Example,
    Kind,
    Label,
    Prediction,
    RegressionTask,
    SpanTask,
    TaggingTask,
    Task,
)

CARD = {"name": "t", "splits": {}, "default_split": "v", "inputs": {"text": ("text",)}, "target": ("l",), "metrics": ()}
TWO = (Label(name="no", id=0), Label(name="yes", id=1))
TAGS = tuple(Label(name=name, id=at) for at, name in enumerate(("O", "B-X", "I-X")))
SPAN = {"text": ["Ada"], "answer_start": [0]}
ITEMS = {
    "one label": (ClassificationTask(**CARD, labels=TWO), {"text": "x"}, "yes", "no"),
    "label sets": (ClassificationTask(**CARD, labels=TWO, multilabel=True), {"text": "x"}, ("yes",), ()),
    "tags": (TaggingTask(**CARD, labels=TAGS), {"words": ["Ada", "left"]}, ("B-X", "O"), ("O", "O")),
    "span": (SpanTask(**CARD), {"question": "Who?", "context": "Ada left."}, SPAN, "left"),
    "option by number": (ChoiceTask(**CARD), {"text": "x", "options": ["a", "b"]}, 1, 0),
    "option by text": (ChoiceTask(**CARD, by_text=True), {"text": "x", "options": ["a", "b"]}, ("b",), "a"),
}
"""Name -> task, inputs, target, another answer."""


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_has_a_room_and_a_class(kind):
    """What the enumeration names, the index of rooms and the classes of tasks know; nothing else."""
    assert isinstance(kinds.named(kind), kinds.KindSpec)
    assert TASK_CLASSES[kind].kind is kind
    assert set(kinds.INDEX) == set(TASK_CLASSES) == set(Kind)


def test_a_room_is_imported_when_it_is_asked():
    """The index names rooms without importing them."""
    program = """if True:
        import sys
        from benchwright import kinds
        from benchwright.types import SpanTask
        rooms = {"classification", "regression", "tagging", "span", "choice", "unscored"}
        loaded = lambda: sorted(room for room in rooms if f"benchwright.kinds.{room}" in sys.modules)
        before = loaded()
        kinds.named("span")
        print(before, loaded())
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "[] ['span']\n"


@pytest.mark.parametrize("name", ITEMS)
def test_what_is_right_is_right_everywhere(name):
    """A right answer lies in the domain, is correct and at distance 0; a wrong one is neither, whether given or made up."""
    task, inputs, target, other = ITEMS[name]
    kind = kinds.of(task)
    right = kind.right_answer(target, task)
    check = kind.check_output(task)
    example = Example(id="t/0", index=0, inputs=inputs)

    assert check(Prediction(output=right), example) is None
    assert check(Prediction(output=other), example) is None
    assert (kind.is_correct(target, right, task), kind.error_size(target, right, task)) == (True, 0.0)
    for wrong in (other, kind.wrong_answer(target, task)):
        assert kind.is_correct(target, wrong, task) is False
        assert kind.error_size(target, wrong, task) > 0


def test_numbers_are_near_or_far():
    """Of numbers nothing is right or wrong, and no answer is one that nobody gave."""
    task = RegressionTask(**CARD, value_range=(0.0, 5.0))
    kind = kinds.of(task)

    assert kind.is_correct is None
    assert kind.wrong_answer is None
    assert [kind.error_size(1.0, output, task) for output in (1.0, 3.5, None, float("nan"))] == [0.0, 2.5, None, None]


@pytest.mark.parametrize("name", ITEMS)
def test_made_up_targets_differ_and_fit(name):
    """Two gold answers that an item might have are two, and agree with its inputs."""
    task, inputs, _, _ = ITEMS[name]
    kind = kinds.of(task)
    one, other = (kind.make_target(inputs, task, which) for which in (0, 1))

    assert one != other
    if kind.check_target is not None:
        assert kind.check_target(one, inputs, task) is kind.check_target(other, inputs, task) is None


@pytest.mark.parametrize(
    ("task", "inputs", "target", "said"),
    [
        (ITEMS["tags"][0], {"words": ["Ada"]}, ("B-X", "O"), "2 tags for 1 words"),
        (ITEMS["span"][0], {"question": "q", "context": "No Ada"}, SPAN, "the context holds 'No ' at character 0"),
        (ITEMS["option by number"][0], {"options": ["a", "b"]}, 2, "the right option is number 2, and there are 2"),
    ],
)
def test_a_target_that_its_inputs_contradict(task, inputs, target, said):
    """Tags fit their words, answers stand in their context, numbers are those of an option."""
    assert said in kinds.of(task).check_target(target, inputs, task).seen


def test_a_field_of_another_kind_is_an_error():
    """In the call, in a replacement and in a file alike."""
    with pytest.raises(TypeError, match="labels"):
        RegressionTask(**CARD, labels=TWO)
    with pytest.raises(TypeError, match="value_range"):
        msgspec.structs.replace(SpanTask(**CARD), value_range=(0.0, 1.0))
    card = msgspec.to_builtins(SpanTask(**CARD)) | {"by_text": True}
    with pytest.raises(msgspec.ValidationError, match="unknown field `by_text`"):
        msgspec.convert(card, AnyTask)


def test_a_task_is_of_a_kind():
    """The base is no card, and answers for what a kind does not have."""
    with pytest.raises(TypeError, match="ClassificationTask"):
        Task(**CARD)
    task = RegressionTask(**CARD)
    assert (task.labels, task.positive, task.multilabel, task.by_text, task.unanswerable) == (
        (),
        None,
        False,
        False,
        False,
    )


@pytest.mark.parametrize("name", ITEMS)
def test_cards_survive_files_and_processes(name):
    """A card is flat in a file, its kind first, and comes back as the same class."""
    task = ITEMS[name][0]
    text = msgspec.json.encode(task)

    assert text.startswith(b'{"kind":"%s","name":"t",' % task.kind.encode())
    assert msgspec.json.decode(text, type=AnyTask) == pickle.loads(pickle.dumps(task)) == task
