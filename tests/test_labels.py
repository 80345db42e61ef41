"""Labels are matched by name or refused."""

import itertools

import msgspec
import pytest

from benchwright.errors import LabelError
from benchwright.labels import align, canonical, output_names
from benchwright.testing.fixtures import build_task
from benchwright.types import Label, Source, TaggingTask, Task


def task(*labels, name="mnli"):
    numbered = tuple(Label(name=n, id=i, aliases=tuple(a)) for i, (n, *a) in enumerate(labels))
    return build_task(name=name, labels=numbered)


MNLI = task(["entailment"], ["neutral"], ["contradiction"])
SST2 = task(["negative", "neg"], ["positive", "pos"], name="sst2")
BOOLQ = task(["false"], ["true"], name="boolq")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["entailment", "neutral", "contradiction"], (0, 1, 2)),
        (["contradiction", "neutral", "entailment"], (2, 1, 0)),
        (["CONTRADICTION", "Entailment", " neutral "], (2, 0, 1)),
    ],
)
def test_permuted_names_are_matched_by_name(names, expected):
    """The three known orders of MNLI heads all find their labels."""
    assert align(MNLI, names).to_task == expected


def test_an_alias_is_a_name_and_is_recorded_as_such():
    """An alias matches, and the map says that it did."""
    found = align(SST2, ["pos", "neg"])

    assert found.to_task == (1, 0)
    assert found.origin == "alias"


@pytest.mark.parametrize(
    "names",
    [
        ["LABEL_0", "LABEL_1"],
        ["negative", "bad"],
        ["positive", "pos"],
        ["negative", "neutral", "positive"],
        ["positive"],
        ["0", "1"],
    ],
)
def test_generic_partial_ambiguous_and_other_numbers_of_names_are_refused(names):
    """A refusal shows both lists and the option to type."""
    with pytest.raises(LabelError) as refused:
        align(SST2, names, model="m")

    text = str(refused.value)
    assert all(name in text for name in [*names, "negative", "positive", "?labels="])


def test_the_user_may_merge_outputs():
    """Neutral and contradiction may both mean not_entailment, because the user said so."""
    rte = task(["entailment"], ["not_entailment"], name="rte")
    given = align(rte, ["c", "e", "n"], mapping=["not_entailment", "entailment", "not_entailment"])

    assert given.to_task == (1, 0, 1)
    assert given.origin == "user"


@pytest.mark.parametrize("mapping", [["positive"], ["positive", "wrong"], ["positive", "positive"]])
def test_a_map_that_does_not_cover_the_task_is_refused(mapping):
    """Too few entries, unknown labels, and labels without an output are refused."""
    with pytest.raises(LabelError):
        align(SST2, ["LABEL_0", "LABEL_1"], mapping=mapping)


@pytest.mark.parametrize(
    ("value", "labels", "expected"),
    [
        ("Positive", SST2, "positive"),
        ("pos", SST2, "positive"),
        (1, SST2, "positive"),
        ("1", SST2, "positive"),
        (1.0, SST2, "positive"),
        (True, SST2, None),
        (True, BOOLQ, "true"),
        (False, BOOLQ, "false"),
        ("True", BOOLQ, "true"),
        (2, SST2, None),
        (None, SST2, None),
        (0.5, SST2, None),
    ],
)
def test_values_become_labels_by_name_id_or_truth(value, labels, expected):
    """Names, aliases and ids are understood; a boolean only where a label is called true or false."""
    assert canonical(value, labels.labels) == expected


def test_tags_are_matched_by_prefix_and_type() -> None:
    """A BIOES head maps onto IOB2 tags, and a head without some B- tag or type still serves; generic tags are refused."""
    names = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    task = make_tags(names)
    bioes = ["O", "S-PER", "B-PER", "I-PER", "E-PER", "U-LOC", "B-LOC", "I-LOC", "L-LOC"]
    assert [names[at] for at in align(task, bioes).to_task] == [
        "O", "B-PER", "B-PER", "I-PER", "I-PER", "B-LOC", "B-LOC", "I-LOC", "I-LOC",
    ]  # fmt: skip
    iob1 = ["O", "I-LOC", "I-PER"]
    assert [names[at] for at in align(task, iob1).to_task] == iob1
    for wrong in (
        ["LABEL_0", "LABEL_1"],
        ["O", "I-MISC"],
        ["O", "I-PER", "MISC"],
        ["I-PER", "I-LOC"],
        ["O", "O", "I-PER"],
    ):
        with pytest.raises(LabelError):
            align(task, wrong)
    assert align(task, ["x", "y", "z"], mapping=["O", "I-PER", "B-LOC"]).to_task == (0, 2, 3)
    assert align(task, ["O", "I-PER"]).to_task == (0, 2)
    with pytest.raises(LabelError, match="no output for: O"):
        align(task, ["x", "y"], mapping=["B-PER", "I-PER"])


def test_types_that_only_the_head_has_are_kept() -> None:
    """What a head finds of a type that the task lacks is wrong and counts; it is never tied to O or to another type."""
    task = make_tags(("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))
    head = ["O", "B-MISC", "E-MISC", "B-LOC", "I-LOC", "S-A-B"]
    ties = align(task, head)
    assert output_names(task, ties) == ("O", "B-MISC", "I-MISC", "B-LOC", "I-LOC", "B-A-B")
    assert ties.extra == ("B-MISC", "I-MISC", "B-A-B")
    mapped = align(task, ["x", "y", "z"], mapping=["O", "B-MISC", "I-PER"])
    assert output_names(task, mapped) == ("O", "B-MISC", "I-PER")


def test_types_that_look_alike_are_two_types_or_an_error() -> None:
    """Types found in a user's data are matched as they are spelled; stated ones also in another case where that means one."""
    stated = make_tags(("O", "B-GPE-LOC", "I-GPE-LOC", "B-PER", "I-PER"))
    found = msgspec.structs.replace(
        stated, labels=tuple(msgspec.structs.replace(label, found=True) for label in stated.labels)
    )
    head = ["O", "B-GPE_LOC", "I-GPE_LOC", "B-per", "I-per"]
    assert output_names(stated, align(stated, head)) == stated.label_names
    with pytest.raises(LabelError, match="looks like 'B-GPE-LOC'") as caught:
        align(found, head)
    assert "?labels=O,B-GPE-LOC,I-GPE-LOC,B-PER,I-PER" in str(caught.value)
    both = make_tags(("O", "B-GPE-LOC", "I-GPE-LOC", "B-GPE_LOC", "I-GPE_LOC"))
    assert output_names(both, align(both, both.label_names[::-1])) == both.label_names[::-1]


def test_hints_about_tags_swap_and_hide_nothing() -> None:
    """The map that a message proposes names what is known, and leaves the rest to the user."""
    task = make_tags(("O", "B-PER", "I-PER", "B-LOC", "I-LOC"))
    with pytest.raises(LabelError) as caught:
        align(task, ["O", "B-LOC", "I-LOC", "MISC"])
    assert "?labels=O,B-LOC,I-LOC,?`" in str(caught.value)


def make_tags(names: tuple[str, ...]) -> Task:
    """A card whose answers are tags."""
    return TaggingTask(
        name="tags",
        splits={"test": Source()},
        default_split="test",
        inputs={"words": ("words",)},
        target=("tags",),
        metrics=("entity_f1",),
        labels=tuple(Label(name=name, id=at) for at, name in enumerate(names)),
    )


def _hinted(card, names):
    """The map that the refusal of a head proposes, and the whole message."""
    with pytest.raises(LabelError) as caught:
        align(card, names)
    return caught.value.hint.split("?labels=")[1].split("`")[0].split(","), caught.value.hint


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize(
    ("labels", "short"),
    [
        (("negative", "neutral", "positive"), ("NEG", "NEU", "POS")),
        (("entailment", "neutral", "contradiction"), ("E", "N", "C")),
        (("1", "2", "3"), ("1 star", "2 stars", "3 stars")),
        (("world", "sports", "business"), ("World", "Sports", "commerce")),
    ],
)
def test_a_hint_follows_the_names_in_any_order(labels, short, order):
    """What is proposed for an output is what its name says, wherever it stands."""
    card = task(*([label] for label in labels))
    proposed, hint = _hinted(card, [short[at] for at in order])

    assert proposed == [labels[at] for at in order]
    assert align(card, [short[at] for at in order], mapping=proposed).to_task == order
    assert "check it!" in hint


@pytest.mark.parametrize(
    ("names", "proposed"),
    [
        (("cat", "dog", "cow"), ["?", "?", "..."]),
        (("positive", "dog", "cow"), ["positive", "?", "?"]),
        (("ne", "positive", "n"), ["?", "positive", "?"]),
        (("neg", "nega", "positive"), ["?", "?", "positive"]),
        (("positive", "positive", "negative"), ["?", "?", "negative"]),
    ],
)
def test_a_hint_leaves_open_what_no_name_says(names, proposed):
    """A guess by position would swap labels."""
    assert _hinted(task(["negative"], ["neutral"], ["positive"]), names)[0] == proposed
