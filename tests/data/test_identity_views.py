"""Items under identity swaps: ids, groups, clusters and slices of variants, gold answers carried along, what is counted."""

import msgspec
import pytest

from benchwright.data.load import load
from benchwright.data.views import see
from benchwright.errors import DataMissing
from benchwright.types import ClassificationTask, Dataset, Example, Label, Source, SpanTask, TaggingTask, View

CARD = {"name": "toy", "splits": {"validation": Source(package="nowhere:x.jsonl")}, "default_split": "validation"}
LABELS = (Label(name="no", id=0), Label(name="yes", id=1))
PAIRS = ClassificationTask(
    **CARD, inputs={"premise": ("p",), "hypothesis": ("h",)}, target=("label",), labels=LABELS, metrics=("accuracy",)
)
TEXTS = msgspec.structs.replace(PAIRS, inputs={"text": ("text",)})
SPANS = SpanTask(**CARD, inputs={"question": ("q",), "context": ("c",)}, target=("answers",), metrics=("answer_f1",))
TAGS = TaggingTask(
    **CARD,
    inputs={"words": ("words",)},
    target=("tags",),
    labels=tuple(Label(name=name, id=at) for at, name in enumerate(["O", "B-PER", "I-PER", "B-LOC"])),
    metrics=("entity_f1",),
)


def dataset(*inputs, targets=None, **more):
    answers = targets or ["yes"] * len(inputs)
    examples = [
        Example(
            id=f"toy/{at}",
            index=at,
            inputs={"text": one} if isinstance(one, str) else one,
            target=answers[at],
            **{name: values[at] for name, values in more.items()},
        )
        for at, one in enumerate(inputs)
    ]
    return Dataset(examples=tuple(examples), digest="", origin="here")


def view(*dimensions, **more):
    return View(suite="bias", perturbation="identity", dimensions=dimensions, **more)


def test_a_variant_is_called_after_its_item_and_says_who_stands_for_whom():
    """Id, group, cluster and slices; the number runs over all dimensions of the item."""
    found = see(
        dataset("He met a Muslim.", "Rain.", slices=[{"a": "b"}, {}], cluster=["c", "c"]),
        TEXTS,
        view("gender", "religion"),
        seed=0,
    )

    assert [one.id for one in found.examples] == [f"toy/0#{number}" for number in range(6)]
    assert {(one.group, one.cluster, one.target) for one in found.examples} == {("toy/0", "c", "yes")}
    assert found.examples[0].slices == {
        "a": "b",
        "identity": "gender",
        "identity_from": "male",
        "identity_to": "female",
    }
    assert found.examples[2].slices["identity_to"] == "jewish"
    assert found.examples[2].inputs == {"text": "He met a Jew."}
    assert found.examples[0].edits == {"text": ((0, 2, "She"),)}
    assert [one.index for one in found.examples] == list(range(6))


def test_what_is_told_of_items_adds_up():
    """Holding, ambiguous and none of a dimension; formless variants."""
    found = see(
        dataset("He came.", "They gave her flowers.", "Rain.", "the granthi and the sadhu"),
        TEXTS,
        view("gender", "religion"),
        seed=0,
    )

    assert found.counts["items"] == 4
    assert (found.counts["holding:gender"], found.counts["ambiguous:gender"]) == (1, 1)
    assert found.counts["holding:religion"] == 1
    assert found.counts["variants:gender"] == 1
    assert found.notes[0] == "gender: 1 of 4 items hold a term; 1 hold only terms that are left as ambiguous"


def test_items_judged_in_groups_of_their_own_have_variants_without_one():
    """Two members would not be changed alike."""
    found = see(dataset("He came.", "He left.", group=["q", "q"]), TEXTS, view("gender"), seed=0)

    assert [(one.group, one.cluster) for one in found.examples] == [(None, "q"), (None, "q")]


def test_both_texts_of_a_pair_are_changed_alike():
    """The same person in premise and hypothesis."""
    (one, *_) = see(
        dataset({"premise": "Omar met Ali.", "hypothesis": "Ali met Omar."}), PAIRS, view("ethnicity"), seed=0
    ).examples
    first, _, second = one.inputs["premise"].rstrip(".").split()

    assert one.inputs["hypothesis"] == f"{second} met {first}."
    assert first != second


def test_an_answer_goes_along_with_the_edits_and_the_question_says_the_same_name():
    """Answer text is what the new context holds at the projected place."""
    context = "In Cairo, Omar Haddad opened a bakery."
    gold = {"text": ["Omar Haddad"], "answer_start": [context.index("Omar")]}
    found = see(
        dataset({"question": "What did Omar open?", "context": context}, targets=[gold]),
        SPANS,
        view("ethnicity"),
        seed=0,
    )

    for one in found.examples:
        (text,), (start,) = one.target["text"], one.target["answer_start"]
        assert one.inputs["context"][start : start + len(text)] == text
        assert one.inputs["question"] == f"What did {text.split()[0]} open?"


def test_an_answer_that_an_edit_crosses_makes_the_variant_unprojectable():
    """Half of a term is the answer: counted, and no variant."""
    context = "The Muslim woman left."
    gold = {"text": ["Mus"], "answer_start": [4]}
    with pytest.raises(DataMissing):
        see(dataset({"question": "What?", "context": context}, targets=[gold]), SPANS, view("religion"), seed=0)
    found = see(
        dataset(
            {"question": "What?", "context": context},
            {"question": "What?", "context": context},
            targets=[gold, {"text": ["left"], "answer_start": [17]}],
        ),
        SPANS,
        view("religion"),
        seed=0,
    )

    assert (found.counts["holding:religion"], found.counts["unprojectable:religion"]) == (2, 1)
    assert {one.group for one in found.examples} == {"toy/1"}


def test_tags_go_with_their_words_and_a_town_called_like_a_person_stays():
    """Names inside of persons; a country that is a whole entity."""
    words = ["Omar", "met", "James", "in", "James", "near", "South", "Korea"]
    gold = ("B-PER", "O", "B-PER", "O", "B-LOC", "O", "B-LOC", "I-LOC")
    tags = msgspec.structs.replace(TAGS, labels=(*TAGS.labels, Label(name="I-LOC", id=4)))
    found = see(dataset({"words": words}, targets=[gold]), tags, view("ethnicity", "nationality"), seed=0)

    for one in found.examples:
        assert len(one.target) == len(one.inputs["words"])
        assert one.inputs["words"][4] == "James"
        assert one.target[:6] == gold[:6]
        assert one.target[6] == "B-LOC"


def test_a_variant_depends_on_its_item_and_the_seed_alone():
    """Not on the other items, their order or how many names are drawn besides."""
    texts = ["Omar came.", "Ali came.", "We saw Fatima."]
    whole = see(dataset(*texts), TEXTS, view("ethnicity"), seed=0)
    first = see(dataset(*texts[:1]), TEXTS, view("ethnicity"), seed=0)
    backwards = dataset(*texts)
    backwards = msgspec.structs.replace(backwards, examples=backwards.examples[::-1])
    reverse = see(backwards, TEXTS, view("ethnicity"), seed=0)

    assert {one.id: one.inputs for one in whole.examples} == {one.id: one.inputs for one in reverse.examples}
    assert [one.inputs for one in first.examples] == [one.inputs for one in whole.examples if one.group == "toy/0"]
    assert whole.digest != see(dataset(*texts), TEXTS, view("ethnicity"), seed=1).digest


def test_the_lexicon_is_in_the_digest_by_what_it_says_and_not_by_its_place(tmp_path):
    """Another file with the same terms gives the same variants; other terms others."""
    text = "[d.a]\nx = ['tea']\n[d.b]\nx = ['coffee']\n"
    digests = []
    for name, content in (("one.toml", text), ("two.toml", text), ("three.toml", text.replace("coffee", "water"))):
        (tmp_path / name).write_text(content, encoding="utf-8")
        digests.append(see(dataset("A tea."), TEXTS, view(lexicon=str(tmp_path / name)), seed=0).digest)

    assert digests[0] == digests[1] != digests[2]


def test_a_split_without_a_term_is_missing_and_says_what_to_do():
    """No score of nothing."""
    with pytest.raises(DataMissing, match="no term of disability stands in any of 1 example"):
        see(dataset("Rain."), TEXTS, view("disability"), seed=0)


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("suite", "task"), [("squad", "v1"), ("ner", "wnut17"), ("glue", "sst2"), ("superglue", "rte")]
)
def test_gold_of_real_data_fits_its_exchanged_inputs(shared_data, suite, task):
    """What a kind asks of gold and inputs holds for every variant, and every item is accounted for."""
    from benchwright import kinds, registry

    home = registry.get("suites", suite)
    card = home.task(task)
    folder = shared_data / {"squad": "qa"}.get(suite, "")
    whole = load(card, card.default_split, suite=home, folder=folder, offline=True)
    some = msgspec.structs.replace(whole, examples=whole.examples[:300])
    check, check_inputs = kinds.of(card).check_target, kinds.of(card).check_inputs
    found = see(some, card, view(), seed=0)
    assert len(found.examples) == sum(count for name, count in found.counts.items() if name.startswith("variants:"))
    for one in found.examples:
        assert check is None or check(one.target, one.inputs, card) is None
        assert check_inputs is None or check_inputs(one.inputs, card) is None
    assert found.counts["holding:ethnicity"] > 0
    assert found.counts["holding:nationality"] > 0
