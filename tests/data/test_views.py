"""Variants of the items of a split: ids, units, gold answers carried along, what is left out, the same whatever else is there."""

import msgspec
import pytest

from benchwright.data.load import load
from benchwright.data.views import see
from benchwright.errors import DataMissing
from benchwright.types import (
    ChoiceTask,
    ClassificationTask,
    Dataset,
    Example,
    Label,
    Source,
    SpanTask,
    TaggingTask,
    View,
)

SPLITS = {"validation": Source(package="nowhere:x.jsonl")}
CARD = {"name": "toy", "splits": SPLITS, "default_split": "validation"}
LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
TEXTS = ClassificationTask(**CARD, inputs={"text": ("text",)}, target=("label",), labels=LABELS, metrics=("accuracy",))
TAGS = TaggingTask(
    **CARD,
    inputs={"words": ("words",)},
    target=("tags",),
    labels=tuple(Label(name=name, id=at) for at, name in enumerate(["O", "B-PER", "I-PER"])),
    metrics=("entity_f1",),
)
SPANS = SpanTask(
    **CARD,
    inputs={"question": ("q",), "context": ("c",)},
    target=("answers",),
    metrics=("answer_f1",),
    unanswerable=True,
)
CHOICES = ChoiceTask(
    **CARD, inputs={"context": ("c",), "options": ("o",)}, target=("a",), metrics=("answer_f1",), by_text=True
)


def dataset(*inputs, targets=None, **more):
    answers = targets or ["yes"] * len(inputs)
    examples = tuple(
        Example(
            id=f"toy/{at}",
            index=at,
            inputs={"text": one} if isinstance(one, str) else one,
            target=answers[at],
            **{name: values[at] for name, values in more.items()},
        )
        for at, one in enumerate(inputs)
    )
    return Dataset(examples=examples, digest="", origin="here")


def view(name, severity=2, draws=1):
    return View(suite="robustness", perturbation=name, severity=severity, draws=draws)


LONG = "The waiters brought wonderful dishes although everybody arrived unexpectedly"


def test_a_variant_is_called_after_its_item_and_stands_in_its_unit():
    """Id with the number of the draw, group the item, cluster that of the item, slices as they were."""
    found = see(
        dataset(LONG, LONG + " yesterday", slices=[{"a": "b"}, {}]), TEXTS, view("keyboard_typo", draws=2), seed=0
    )

    assert [one.id for one in found.examples] == ["toy/0#0", "toy/0#1", "toy/1#0", "toy/1#1"]
    assert [one.group for one in found.examples] == ["toy/0", "toy/0", "toy/1", "toy/1"]
    assert [one.cluster for one in found.examples] == ["toy/0", "toy/0", "toy/1", "toy/1"]
    assert [one.index for one in found.examples] == [0, 1, 2, 3]
    assert found.examples[0].slices == {"a": "b"}
    assert found.examples[0].inputs != found.examples[1].inputs
    assert all(one.target == "yes" for one in found.examples)


def test_items_that_nothing_changes_have_no_variant_and_are_counted():
    """No contraction, no variant."""
    found = see(dataset("It isn't so bad.", "Fine."), TEXTS, view("contractions", 3), seed=0)

    assert [one.id for one in found.examples] == ["toy/0#0"]
    assert found.examples[0].inputs == {"text": "It is not so bad."}
    assert found.counts == {"items": 2, "draws": 1, "unchanged": 1, "unprojectable": 0}
    assert found.notes == ("1 of 2 items are left out: nothing in them is changed",)


def test_a_view_that_changes_nothing_is_missing():
    """There is nothing to measure, and that is no score of 100."""
    with pytest.raises(DataMissing, match="contractions changes none of 1 example"):
        see(dataset("Fine."), TEXTS, view("contractions"), seed=0)


def test_a_variant_depends_on_its_item_and_the_seed_alone():
    """Not on the other items or their order; another seed or severity gives another."""
    texts = [LONG, LONG + " yesterday", LONG + " again"]
    whole = see(dataset(*texts), TEXTS, view("keyboard_typo"), seed=0)
    first = see(dataset(*texts[:1]), TEXTS, view("keyboard_typo"), seed=0)
    backwards = dataset(*texts)
    backwards = msgspec.structs.replace(backwards, examples=backwards.examples[::-1])
    reverse = see(backwards, TEXTS, view("keyboard_typo"), seed=0)
    other = see(dataset(*texts), TEXTS, view("keyboard_typo"), seed=1)

    assert whole.examples[0].inputs == first.examples[0].inputs
    assert {one.id: one.inputs for one in whole.examples} == {one.id: one.inputs for one in reverse.examples}
    assert whole.digest != other.digest
    assert whole.digest == see(dataset(*texts), TEXTS, view("keyboard_typo"), seed=0).digest


def test_clusters_and_groups_are_those_of_the_columns_of_the_split():
    """An item's cluster; without any cluster in the split its group; a lone item itself."""
    clustered = see(dataset(LONG, LONG, LONG, cluster=["toy/0", "toy/0", None]), TEXTS, view("keyboard_typo"), seed=0)
    grouped = see(dataset(LONG, LONG, LONG, group=["q", "q", "r"]), TEXTS, view("keyboard_typo"), seed=0)

    assert [one.cluster for one in clustered.examples] == ["toy/0", "toy/0", "toy/2"]
    assert [one.cluster for one in grouped.examples] == ["q", "q", "r"]
    assert [one.group for one in grouped.examples] == ["q#0", "q#0", "r#0"]


def test_a_group_that_lost_a_member_is_none_any_more():
    """Its rest would be easier to get right."""
    found = see(
        dataset("It isn't so.", "Fine.", "He isn't.", group=["q", "q", "r"]), TEXTS, view("contractions", 3), seed=0
    )

    assert [one.group for one in found.examples] == [None, "r#0"]


def test_tags_go_with_their_words():
    """Two words of a name become one: the tags are as many as the words, and say the same of them."""
    words = ["Yesterday", "Mary", "Jones", "visited", "3", "cafes"]
    gold = ("O", "B-PER", "I-PER", "O", "O", "O")
    for name in ("keyboard_typo", "number_and_name", "truncation", "ocr"):
        found = see(dataset({"words": words}, targets=[gold]), TAGS, view(name, 3), seed=1)
        (one,) = found.examples
        assert len(one.target) == len(one.inputs["words"])
        assert one.target.count("B-PER") == 1


def test_the_entity_of_a_strict_reading_goes_along():
    """Truncation leaves it where it was."""
    words = ["Mary", "Jones", "visited", "several", "cafes", "yesterday"]
    gold = ("B-PER", "I-PER", "O", "O", "O", "O")
    found = see(
        dataset({"words": words}, targets=[gold], strict=[(("PER", 0, 2),)]), TAGS, view("truncation", 3), seed=0
    )

    assert found.examples[0].strict == (("PER", 0, 2),)


def test_answers_stand_where_the_edits_carry_them():
    """The text of every gold answer stands at its place in the new context."""
    context = "In 1912 Anna Smith opened a small bakery near the old market, which isn't there any more."
    start = context.index("Anna Smith")
    inputs = {"question": "Who opened a bakery?", "context": context}
    gold = {"text": ["Anna Smith"], "answer_start": [start]}
    for name in ("keyboard_typo", "contractions", "number_and_name", "irrelevant_sentence", "whitespace"):
        (one,) = see(dataset(inputs, targets=[gold]), SPANS, view(name, 3), seed=3).examples
        (text,), (at,) = one.target["text"], one.target["answer_start"]
        assert one.inputs["context"][at : at + len(text)] == text
        assert one.edits


def test_an_answer_that_is_cut_off_leaves_no_variant():
    """Truncated behind the answer's beginning: not projectable, and counted."""
    context = "A long way down the river they found the castle"
    gold = {"text": ["found the castle"], "answer_start": [context.index("found the castle")]}
    lost = kept = 0
    for seed in range(5):
        try:
            found = see(
                dataset({"question": "What?", "context": context}, targets=[gold]),
                SPANS,
                view("truncation", 3),
                seed=seed,
            )
        except DataMissing:
            lost += 1
        else:
            (one,) = found.examples
            assert one.inputs["context"].endswith(one.target["text"][0])
            kept += 1
    assert lost + kept == 5


def test_a_question_without_an_answer_keeps_none():
    """SQuAD 2.0: no answers stay no answers."""
    inputs = {"question": "Who sold the bakery?", "context": "Anna Smith opened a bakery near the old market."}
    (one,) = see(dataset(inputs, targets=[{"text": [], "answer_start": []}]), SPANS, view("ocr", 3), seed=0).examples

    assert one.target == {"text": [], "answer_start": []}


def test_the_right_text_of_a_choice_goes_with_its_option():
    """A name that is exchanged is exchanged among the options and in the gold alike."""
    inputs = {"context": "Mary met Paul. Who was met? X", "options": ["Mary", "Paul"]}
    (one,) = see(dataset(inputs, targets=[("Paul",)]), CHOICES, view("name", 3), seed=0).examples

    assert one.target == (one.inputs["options"][1],)
    assert one.inputs["options"][1] != "Paul"


def test_inputs_without_a_gold_answer_have_variants_too():
    """For predictions of unlabelled splits."""
    found = see(dataset(LONG, targets=[None]), TEXTS, view("keyboard_typo"), seed=0)

    assert found.examples[0].target is None


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("suite", "task"), [("squad", "v1"), ("ner", "wnut17"), ("glue", "sst2"), ("superglue", "record")]
)
def test_gold_of_real_data_fits_its_changed_inputs(shared_data, suite, task):
    """Every default perturbation that fits the kind: what a kind asks of a gold answer holds for every variant."""
    from benchwright import kinds, registry
    from benchwright.view_refs import why_not

    home = registry.get("suites", suite)
    card = home.task(task)
    try:
        whole = load(
            card, card.default_split, suite=home, folder=shared_data / {"squad": "qa"}.get(suite, ""), offline=True
        )
    except DataMissing:
        pytest.skip(f"{suite}/{task} is not among the real files")
    some = msgspec.structs.replace(whole, examples=whole.examples[:150])
    check, check_inputs = kinds.of(card).check_target, kinds.of(card).check_inputs
    for name in registry.get("suites", "robustness").views:
        if why_not(card, name, declared=False):
            continue
        found = see(some, card, view(name, 3), seed=0)
        assert found.counts["items"] == len(found.examples) + found.counts["unchanged"] + found.counts["unprojectable"]
        for one in found.examples:
            assert check is None or check(one.target, one.inputs, card) is None
            assert check_inputs is None or check_inputs(one.inputs, card) is None


def test_draws_that_are_equal_count_each_so_that_items_weigh_the_same():
    """A constant model would else gain or lose by how often the items it is right on can be changed."""
    found = see(dataset("It works well.", "It, too, works, and well."), TEXTS, view("punctuation", draws=3), seed=0)
    assert [example.id for example in found.examples] == [f"toy/{item}#{draw}" for item in (0, 1) for draw in (0, 1, 2)]


SHORT = [
    "a of it",
    "We saw him at ten .",
    "It is .",
    "no",
    "aa bb cc dd",
    "@user ok",
    "2 of 7 men",
    "I do not know why they did.",
]


@pytest.mark.parametrize("name", ["drop_characters", "keyboard_typo", "swap_characters", "number", "contractions"])
def test_every_item_has_as_many_variants_or_none(name):
    """Otherwise items would weigh unequally in the perturbed score, and an answer that never changes would seem to gain or lose."""
    words = [{"words": text.split()} for text in SHORT]
    tags = [["O"] * len(one["words"]) for one in words]
    found = see(dataset(*words, targets=tags), TAGS, view(name, severity=1, draws=4), seed=3)
    sizes = {}
    for one in found.examples:
        sizes[one.group] = sizes.get(one.group, 0) + 1
    assert set(sizes.values()) == {4}
    assert len(found.examples) + found.counts["unchanged"] == 4 * len(SHORT)
