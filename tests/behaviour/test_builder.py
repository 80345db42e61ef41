"""Tests and suites that are built in Python: what is written is read again, and what would count wrongly is refused."""

import pytest

import benchwright
from benchwright.behaviour import (
    Editor,
    EqualsIf,
    Monotonic,
    Shift,
    change_names,
    dir_,
    inv,
    make_suite,
    mft,
    perturb,
    read_suite,
    suite_lines,
    tagged,
    write_suite,
)
from benchwright.errors import BenchwrightError, DataError

EDITOR = Editor({"adj": ["good", "great"]})
LABELS = ("negative", "positive")


def praise():
    return EDITOR.template("{first_name} is {adj}.", nsamples=5, labels="positive")


def louder(text):
    return [text.replace(" is ", f" is {word} ") for word in ("very", "so")]


def three_tests():
    return (
        mft("praise", praise(), capability="Vocabulary", description="Praise is positive."),
        inv("names", perturb(praise(), change_names, n=2), capability="Fairness"),
        dir_("louder", perturb(praise(), louder), capability="Vocabulary", expect=Monotonic(direction="up")),
    )


def test_a_suite_is_written_and_read_again(tmp_path):
    suite = make_suite("mine", *three_tests(), labels=LABELS, language="en", licence="CC0-1.0", trained_on="glue/sst2")

    write_suite(suite, tmp_path / "mine.jsonl")

    read = read_suite(tmp_path / "mine.jsonl")
    assert b"".join(suite_lines(read)) == (tmp_path / "mine.jsonl").read_bytes() == b"".join(suite_lines(suite))
    assert (read.licence, read.trained_on, read.labels) == ("CC0-1.0", "glue/sst2", LABELS)
    assert [(test.type, len(test.cases)) for test in read.tests] == [("MFT", 5), ("INV", 5), ("DIR", 5)]


def test_cases_say_how_they_were_made():
    test = three_tests()[1]
    case = test.cases[0]
    original, *variants = [example["text"] for example in case.examples]

    assert case.template == "{first_name} is {adj}."
    assert set(case.slots) == {"first_name", "adj"}
    assert case.target is None
    for text, edits in zip(variants, case.edits, strict=True):
        ((start, end, new),) = edits
        assert original[:start] + new + original[end:] == text
    old, new = case.substitute[0]
    assert (old, new) == (case.slots["first_name"], variants[0].split(" ")[0])


def test_it_runs_as_a_file(tmp_path):
    write_suite(make_suite("mine", *three_tests(), labels=LABELS), tmp_path / "mine.jsonl")

    run = benchwright.evaluate(
        "constant:negative", f"behaviour/mine?path={tmp_path / 'mine.jsonl'}", store=tmp_path / "s"
    )

    rows = run.to_pandas()
    rates = rows[rows["metric"].str.startswith("failure_rate")].set_index("slice")["value"]
    assert (rates["test=praise"], rates["test=names"], rates["test=louder"]) == (1, 0, 0)


def test_items_of_every_form_become_examples():
    pairs = mft("pairs", [("a", "b")], labels="x", capability="c", inputs=("premise", "hypothesis"))
    mappings = mft("mappings", [{"question": "q", "context": "c"}], labels="c", capability="c")
    several = mft("several", [["a", "b"]], labels=[["x", "y"]], capability="c")

    assert pairs.cases[0].examples == ({"premise": "a", "hypothesis": "b"},)
    assert mappings.cases[0].examples == ({"question": "q", "context": "c"},)
    assert several.cases[0].examples == ({"text": "a"}, {"text": "b"})
    assert several.cases[0].target == ["x", "y"]


def test_tags_become_the_labels_of_a_suite(tmp_path):
    filled = tagged(EDITOR, "[PER {first_name}] likes [LOC {city}] .", nsamples=4)
    suite = make_suite("ner", mft("plain", filled, capability="NER"), kind="tag")

    write_suite(suite, tmp_path / "ner.jsonl")

    assert read_suite(tmp_path / "ner.jsonl").labels == ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")


def test_groups_are_of_all_cases_or_of_each():
    filled = EDITOR.template("{adj}", labels="positive", meta={"word": "{adj}"})

    assert mft("t", filled, capability="c", groups={"of": "all"}).cases[1].groups == {"of": "all"}
    assert mft("t", filled, capability="c", groups=filled.meta).cases[1].groups == {"word": "great"}


def test_an_expectation_with_a_value_needs_no_target(tmp_path):
    cases = perturb([("a", "b")], lambda pair: (pair[0], "c"))
    test = dir_("d", cases, capability="c", expect=EqualsIf(when_original="y", value="n"), inputs=("p", "q"))

    write_suite(make_suite("s", test, labels=("n", "y")), tmp_path / "s.jsonl")

    assert [case.target for case in read_suite(tmp_path / "s.jsonl").tests[0].cases] == [None]


@pytest.mark.parametrize(
    ("build", "problem"),
    [
        (lambda: mft("t", [], capability="c"), "has no case"),
        (lambda: inv("t", perturb(["a"], lambda text: None), capability="c"), "nothing was changed in 1 items"),
        (lambda: inv("t", ["a"], capability="c"), "case 0 of the INV test 't' has no variant"),
        (
            lambda: mft("t", ["a", "b", "a"], labels="x", capability="c"),
            "case 2 of the test 't' has the texts of case 0",
        ),
        (lambda: mft("t", ["a", "b"], labels=["x"], capability="c"), "has 1 labels"),
        (lambda: mft("t", [("a", "b")], labels="x", capability="c"), "an item of 2 texts, and 0 names"),
        (lambda: mft("t", ["a"], labels="x", capability="c", groups=[{}, {}]), "has 2 groups"),
        (lambda: mft("t", ["a"], labels={"x"}, capability="c"), "a set"),
        (lambda: mft("t", "text", labels="x", capability="c"), "the data of the test 't' are str"),
        (lambda: dir_("t", [["a", "b"]], capability="c", expect="monotonic"), "expects 'monotonic'"),
        (lambda: make_suite("s", [mft("t", ["a"], labels="x", capability="c")]), "list among the tests"),
        (lambda: make_suite("s", license="x"), "says nothing of 'license'"),
        (lambda: make_suite("s", kind="classes"), "no task is of the kind 'classes'"),
    ],
)
def test_what_would_count_wrongly_is_refused(build, problem):
    with pytest.raises(BenchwrightError, match=problem):
        build()


def test_repeats_are_dropped_on_demand():
    twice = praise() + praise()

    assert len(twice) == 10
    assert len(twice.distinct()) == 5
    assert twice.distinct().labels == praise().labels


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        (lambda: mft("t", ["a"], labels="neutral", capability="c"), "neutral"),
        (lambda: mft("t", ["\ud800"], labels="negative", capability="c"), "cannot be written"),
        (lambda: mft("t", [{"text": object()}], labels="negative", capability="c"), "cannot be written"),
        (lambda: mft("t", ["a"], capability="c"), "no target"),
        (lambda: dir_("t", [["a", "b"]], capability="c", expect=Shift(direction="up", positive="positive", negative="bad")), "bad"),
    ],
)  # fmt: skip
def test_what_the_format_refuses_is_not_written(test, problem, tmp_path):
    with pytest.raises(DataError, match=problem):
        write_suite(make_suite("s", test(), labels=LABELS), tmp_path / "s.jsonl")

    assert not (tmp_path / "s.jsonl").exists()


@pytest.mark.parametrize("options", [["b", "a"], ["a", "b", "c"]])
def test_an_invariance_in_which_a_number_means_another_option_is_refused(options, tmp_path):
    original = {"question": "q", "options": ["a", "b"]}
    turned, typo = ({**original, "options": made} for made in (options, ["a", "bb"]))

    with pytest.raises(DataError, match="number means another"):
        write_suite(
            make_suite("s", inv("t", [[original, turned]], capability="c"), kind="choose"), tmp_path / "s.jsonl"
        )
    each = mft("t", [[original, turned]], labels=[[0, 1]], capability="c")
    typos = inv("typo", [[original, typo]], capability="c")
    write_suite(make_suite("s", each, typos, kind="choose"), tmp_path / "s.jsonl")


def test_a_folder_that_is_not_there_is_named(tmp_path):
    suite = make_suite("s", mft("t", ["a"], labels="negative", capability="c"), labels=LABELS)

    with pytest.raises(DataError, match="cannot be written"):
        write_suite(suite, tmp_path / "no" / "s.jsonl")


def test_what_is_known_of_items_goes_with_their_cases():
    filled = EDITOR.template("{word} {adj}", word=["Alice", "it"], labels="positive", meta={"about": "{word}"})
    cases = perturb(filled, change_names, n=1)

    assert [case.groups for case in inv("t", cases, capability="c", groups=cases.meta).cases] == [
        {"about": "Alice"}
    ] * 2
    assert (cases + cases).meta == cases.meta * 2
