"""Suites of numbers, choices and tags, built as the page says and run: rates are those counted by hand from the texts."""

import pytest

import benchwright
from benchwright.behaviour import (
    Edit,
    Editor,
    Equals,
    Monotonic,
    change_locations,
    dir_,
    edited,
    inv,
    make_suite,
    mft,
    perturb,
    tagged,
    write_suite,
)

EDITOR = Editor(seed=4)
PAIR = ("sentence1", "sentence2")


@pytest.fixture
def rates(tmp_path):
    """From a suite and a function to the failure rate and the flip rate of each test; None where nothing is applicable."""

    def measure(suite, model):
        write_suite(suite, tmp_path / "odd.jsonl")
        run = benchwright.evaluate(model, f"behaviour/odd?path={tmp_path / 'odd.jsonl'}", store=tmp_path / "store")
        assert [cell.status for cell in run.cells] == ["scored"]
        rows = run.to_pandas()
        found = {}
        for metric in ("failure_rate", "flip_rate"):
            own = rows[rows["metric"].str.startswith(metric)].set_index("slice")["value"]
            for name, value in own.items():
                if str(name).startswith("test="):
                    found.setdefault(name.removeprefix("test="), []).append(None if value != value else value)
        return {name: tuple(values) for name, values in found.items()}

    return measure


def share(hits):
    hits = list(hits)
    return sum(hits) / len(hits)


def overlap(pair):
    first, second = (set(text.lower().split()) for text in pair)
    return 5 * len(first & second) / len(first | second)


def test_numbers(rates):
    pairs = EDITOR.template(("A {animal} is eating {food}.", "A {animal} eats {food}."), nsamples=20, labels=3)
    dropped = perturb(pairs, lambda text: text.replace("A ", "The "), field=1)
    turned = perturb(pairs, lambda pair: (pair[1], pair[0]))
    alike = perturb(pairs, lambda pair: (pair[0], pair[0]))
    suite = make_suite(
        "odd",
        mft("near", pairs, capability="c", expect=Equals(tolerance=0.3), inputs=PAIR),
        inv("turned", turned, capability="c", inputs=PAIR),
        inv("article", dropped, capability="c", tolerance=1, inputs=PAIR),
        dir_("alike", alike, capability="c", expect=Monotonic(direction="up"), inputs=PAIR),
        dir_("less alike", alike, capability="c", expect=Monotonic(direction="down"), inputs=PAIR),
        kind="regress",
    )

    found = rates(suite, lambda items: [overlap(pair) for pair in items])

    near = share(abs(overlap(pair) - 3) > 0.3 for pair in pairs)
    article = share(abs(overlap(one) - overlap(other)) > 1 for one, other in dropped)
    assert 0 < near < 1
    assert 0 < article < 1
    assert found == {
        "near": (pytest.approx(near),),
        "turned": (0,),
        "article": (pytest.approx(article),),
        "alike": (0,),
        "less alike": (1,),
    }


def test_choices(rates):
    asked = EDITOR.template(
        {"context": "{cap:animal}s can sleep. Which one is alive?", "options": ["{animal}", "{vehicle}"]},
        nsamples=40,
        labels=0,
    )
    typos = perturb(asked, "drop_characters", field="context")
    longer = perturb(asked, lambda item: {**item, "options": [item["options"][0], item["options"][1] + " outside"]})
    suite = make_suite(
        "odd",
        mft("alive", asked, capability="c"),
        inv("typos", typos, capability="c"),
        inv("longer", longer, capability="c"),
        kind="choose",
    )

    def longest(items):
        return [max(range(2), key=lambda number: len(options[number])) for *_, options in items]

    found = rates(suite, longest)

    alive = share(len(item["options"][1]) > len(item["options"][0]) for item in asked)
    flipped = share(longest([one.values()]) != longest([other.values()]) for one, other in longer)
    assert 0 < alive < 1
    assert 0 < flipped < 1
    assert found["alive"] == (pytest.approx(alive), None)
    assert found["typos"] == (0, 0)
    assert found["longer"] == (pytest.approx(flipped), pytest.approx(flipped))


def befriended(text):
    at = text.index("a friend")
    return edited(text, [Edit(at, at + len("a friend"), "friends")])


def test_tags(rates):
    filled = tagged(EDITOR, "[PER {first_name}] and a friend flew to [LOC {city}] on {weekday} .", nsamples=30)
    places = perturb(filled, change_locations, n=1)
    suite = make_suite(
        "odd",
        mft("plain", filled, capability="c"),
        inv("places", places, capability="c"),
        inv("small letters", perturb(filled, str.lower), capability="c"),
        inv("number of words", perturb(filled, befriended), capability="c"),
        kind="tag",
    )

    def first_word(items):
        return [["B-PER"] + ["O"] * (len(words) - 1) for words in items]

    def capitals(items):
        return [["B-LOC" if word[0].isupper() else "O" for word in words] for words in items]

    assert rates(suite, first_word) == {
        "plain": (1, None),
        "places": (0, 0),
        "small letters": (0, 0),
        "number of words": (0, 0),
    }
    assert rates(suite, capitals)["small letters"] == (1, 1)
