"""The behavioural suites that ship are what their templates say, and as large and mixed as promised."""

import json
import re
from collections import Counter
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import pytest

import make_behaviour
from behaviour_texts.ner.tagged import words_and_tags
from benchwright.edits import Edit, apply_to_words, project_tags
from benchwright.tags import entities

FLOOR = {"sentiment": (20, 8, 1_500_000), "ner": (8, 8, 1_000_000), "qa": (8, 8, 1_000_000)}
"""Suite -> fewest tests, fewest capabilities, most bytes."""


def shipped(name):
    return files("benchwright_suites").joinpath(f"behaviour_data/{name}.jsonl").read_text(encoding="ascii")


def filled(text, slots):
    """A pattern with its plain tags replaced."""
    return re.sub(r"\{(\w+(?:\.\d)?)\}", lambda tag: slots[tag[1]], text)


@pytest.fixture(scope="module", params=make_behaviour.SUITES)
def suite(request):
    """Name, first line, tests and cases by test of one shipped file."""
    head, *rows = [json.loads(line) for line in shipped(request.param).splitlines()]
    cases = {row["test"]: [] for row in rows if "case" not in row}
    for row in rows:
        if "case" in row:
            cases[row["test"]].append(row)
    return request.param, head, {row["test"]: row for row in rows if "case" not in row}, cases


def test_the_file_is_what_the_templates_make(suite):
    """The shipped bytes come out again when the suite is made anew."""
    name = suite[0]

    assert make_behaviour.text_of(name) == shipped(name)


def test_size(suite):
    """Enough tests over enough capabilities, counted in the first line, in a small file."""
    name, head, tests, cases = suite
    fewest, capabilities, bytes_ = FLOOR[name]

    assert len(tests) >= fewest
    assert len({test["capability"] for test in tests.values()}) >= capabilities
    assert (head["n_tests"], head["n_cases"]) == (len(tests), sum(map(len, cases.values())))
    assert len(shipped(name)) <= bytes_


def test_floors_of_every_test(suite):
    """A test has 100 cases from 5 templates and 20 fillers, and as many cases of one template as of another."""
    for test, cases in suite[3].items():
        templates = Counter(case["template"] for case in cases)
        fillers = {filler for case in cases for filler in case["slots"].values()}

        assert len(cases) >= 100, test
        assert len(templates) >= 5, test
        assert len(fillers) >= 20, test
        assert len(set(templates.values())) == 1, test


def test_every_template_is_among_the_first_cases(suite):
    """The first 30 cases of a test hold all of its templates, so that a limited run asks them all."""
    for test, cases in suite[3].items():
        assert {case["template"] for case in cases[:30]} == {case["template"] for case in cases}, test


def test_nothing_is_asked_twice(suite):
    """No two cases of a test have the same original, no case an example twice, and case names are unique."""
    for test, cases in suite[3].items():
        originals = [json.dumps(case["examples"][0]) for case in cases]
        examples = [[json.dumps(example) for example in case["examples"]] for case in cases]

        assert len(set(originals)) == len(originals), test
        assert all(len(set(one)) == len(one) for one in examples), test
        assert len({case["case"] for case in cases}) == len(cases), test


def test_types_and_examples(suite):
    """An MFT has one example for a case and no variant; INV and DIR have an original with variants and no target."""
    for test, card in suite[2].items():
        for case in suite[3][test]:
            assert (len(case["examples"]) == 1) == (card["type"] == "MFT"), test
            assert card["type"] == "MFT" or "target" not in case, test
            assert (card["expect"]["kind"] in {"equals", "text"}) == ("target" in case) or card["type"] != "MFT", test


def test_typography(suite):
    """Texts are printable ASCII with no tag left in them; an original begins with a capital and ends with a mark."""
    for cases in suite[3].values():
        for case in cases:
            for example in case["examples"]:
                texts = [value if isinstance(value, str) else " ".join(value) for value in example.values()]
                assert all(text.isprintable() and text == " ".join(text.split()) for text in texts)
                assert not any(re.search(r"[{}]", text) for text in texts)
            for text in case["examples"][0].values():
                if isinstance(text, str):
                    assert text[0].isupper(), text
                    assert text[-1] in ".!?", text
                    assert not re.search(
                        r" [,.;:!?]|\.\.|\ba [aeio]|\ban (?:[^aeiouhAEIOUH]|[Uu](?:se|ni|kr))", text
                    ), text


def test_labels_of_sentiment():
    """A target of the sentiment suite is one of its three labels, each test of one polarity or balanced."""
    head, *rows = [json.loads(line) for line in shipped("sentiment").splitlines()]
    targets = {}
    for row in rows:
        if "target" in row:
            targets.setdefault(row["test"], Counter())[row["target"]] += 1

    assert head["labels"] == ["negative", "neutral", "positive"]
    for test, counts in targets.items():
        assert set(counts) <= set(head["labels"]), test
        assert len(set(counts.values())) == 1, test


def test_tags_of_ner():
    """Tags are IOB2 tags of the suite, one for each word; a case that names its entities in its slots has their exact words."""
    head, *rows = [json.loads(line) for line in shipped("ner").splitlines()]
    found = Counter()
    for row in rows:
        if "target" in row:
            (words,) = [example["words"] for example in row["examples"]]
            assert len(words) == len(row["target"])
            assert set(row["target"]) <= set(head["labels"])
            marked = re.findall(r"\[([A-Z]+) ([^]]+)\]", row["template"])
            expected = [(kind, filled(text, row["slots"])) for kind, text in marked]
            spans = [(one.type, " ".join(words[one.start : one.end])) for one in entities(row["target"])]
            assert spans == expected
            found.update(kind for kind, _ in spans)

    assert set(found) == {"PER", "LOC", "ORG"}


def test_edits_of_ner_carry_every_entity():
    """The edits make the variant of the original, and carry each of its entities to where the variant has one of that type."""
    seen = Counter()
    for case in [json.loads(line) for line in shipped("ner").splitlines()]:
        if "edits" not in case:
            continue
        original, *variants = [example["words"] for example in case["examples"]]
        _, tags = words_and_tags(filled(case["template"], case["slots"]))
        for variant, raw in zip(variants, case["edits"], strict=True):
            edits = [Edit(start, end, tuple(words)) for start, end, words in raw]
            carried = project_tags(tags, edits)
            assert list(apply_to_words(original, edits)) == variant
            assert carried is not None
            assert [one.type for one in entities(carried)] == [one.type for one in entities(tags)]
            assert all(
                word not in {'"', "(", ")", ",", "."} for word, tag in zip(variant, carried, strict=True) if tag != "O"
            )
            seen[case["test"]] += 1

    assert len(seen) == 8


def test_answers_of_qa():
    """Every answer stands in its context as whole words."""
    rows = [json.loads(line) for line in shipped("qa").splitlines()]
    for row in rows:
        if "target" in row:
            (example,) = row["examples"]
            (answers,) = row["target"] if isinstance(row["target"], list) else ([row["target"]],)
            for answer in answers:
                assert re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", example["context"]), row


def test_no_place_in_the_context_answers_a_test_of_qa():
    """Whoever always says the first name of a context, or always the last, fails a third of each test at least."""
    names = set(import_module("behaviour_texts.qa.words").WORDS["name"])
    found = {}
    for row in [json.loads(line) for line in shipped("qa").splitlines()]:
        if isinstance(row.get("target"), str) and row["target"] in names:
            said = [word for word in re.findall(r"\w+", row["examples"][0]["context"]) if word in names]
            found.setdefault(row["test"], []).append((said[0] == row["target"], said[-1] == row["target"]))

    assert len(found) >= 10
    for test, right in found.items():
        if len(right) >= 60:
            assert max(sum(one) for one in zip(*right, strict=True)) <= 2 / 3 * len(right), test


def test_names_of_qa_change_everywhere():
    """Where a name is changed everywhere, the original with the one put for the other is the variant."""
    rows = [json.loads(line) for line in shipped("qa").splitlines()]
    changed = [row for row in rows if "substitute" in row]
    for row in changed:
        (old, new), (original, variant) = row["substitute"], row["examples"]
        assert {name: re.sub(rf"\b{old}\b", new, text) for name, text in original.items()} == variant
        assert new not in original["context"]
        assert old not in variant["context"]

    assert len({row["test"] for row in changed}) == 2


def test_the_page_lists_every_test(suite):
    """Both pages count the suite, and the design page lists its tests as they are."""
    name, _, tests, cases = suite
    docs = Path(__file__).resolve().parents[2] / "docs"
    page, guide = [(docs / path).read_text(encoding="utf-8") for path in ("design/behaviour-suites.md", "behaviour.md")]
    capabilities, total = len({test["capability"] for test in tests.values()}), sum(map(len, cases.values()))

    row = rf"^\| `behaviour/{name}` \| .* \| {len(tests)} \| {capabilities} \| {total:,} \|"
    assert re.search(row, page, re.MULTILINE)
    assert re.search(row, guide, re.MULTILINE)
    for test, card in tests.items():
        templates = len({case["template"] for case in cases[test]})
        cells = [
            f"`{test}`",
            card["type"],
            card["capability"],
            card["description"],
            str(len(cases[test])),
            str(templates),
        ]
        assert f"| {' | '.join(cells)} |" in page, test
