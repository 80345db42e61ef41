"""Our templates against those of the package `checklist`: the same texts of 200 random templates, and every departure shown.

`make checklist-parity` runs it in an environment with the package; elsewhere it is skipped.
"""

import importlib.util
import random

import pytest

from benchwright.behaviour import Editor
from benchwright.errors import BenchwrightError

if (
    importlib.util.find_spec("checklist") is None
    or importlib.util.find_spec("benchwright.behaviour.checklist_bridge") is None
):
    pytest.skip("the package checklist is absent: `make checklist-parity`", allow_module_level=True)

# The package leaves files open and writes escapes that Python warns of.
pytestmark = pytest.mark.filterwarnings("ignore")

LISTS = {
    "name": ["Ann", "Bo", "Cy"],
    "adj": ["old", "kind", "big", "able"],
    "noun": ["actor", "baker", "owl"],
    "pair": [("tall", "short"), ("rich", "poor")],
    "place": [{"city": "Rome", "land": "Italy"}, {"city": "Oslo", "land": "Norway"}],
}
TAGS = [
    "{name}",
    "{name1}",
    "{adj}",
    "{adj2}",
    "{a:noun}",
    "{a:adj}",
    "{noun}",
    "{pair[0]}",
    "{pair[1]}",
    "{place.city}",
    "{place.land}",
]
ANSWERS = [3, "{adj}", "{place.land}", ("{adj}", "fixed"), {"of": "{name}"}]


@pytest.fixture(scope="module")
def theirs():
    from munch import munchify

    from benchwright.behaviour.checklist_bridge import import_checklist

    editor = import_checklist().modules["editor"].Editor()
    lists = {name: munchify(values) for name, values in LISTS.items()}
    return lambda template, **options: editor.template(template, **options, **lists)


def ours(template, **options):
    return Editor(LISTS).template(template, **options)


def random_template(rng):
    def text():
        return " ".join(rng.choices([*TAGS, "said", "that,", "."], k=rng.randint(1, 5)))

    forms = [text, text, lambda: (text(), text()), lambda: [text(), text()], lambda: {"q": text(), "c": text()}]
    return rng.choice(forms)()


@pytest.mark.parametrize("seed", range(200))
def test_the_same_items_and_labels_come_out(seed, theirs):
    rng = random.Random(seed)
    template, labels = random_template(rng), rng.choice(ANSWERS)
    options = {"labels": labels, "remove_duplicates": rng.random() < 0.3}

    mine, their = ours(template, **options), theirs(template, **options)

    assert sorted(map(repr, zip(mine.data, mine.labels, strict=True))) == sorted(
        map(repr, zip(their.data, their.labels, strict=True))
    )


def test_departure_an_article_goes_by_sound(theirs):
    template = "{a:word}"
    editor = Editor({"word": ["university", "hour"]})

    assert editor.template(template).data == ("a university", "an hour")
    assert theirs(template, word=["university", "hour"]).data == ["an university", "a hour"]


def test_departure_a_sample_has_no_item_twice(theirs):
    assert len(set(theirs("{name}", nsamples=50).data)) <= 3 < len(theirs("{name}", nsamples=50).data)
    assert sorted(ours("{name}", nsamples=50).data) == ["Ann", "Bo", "Cy"]


def test_departure_lists_side_by_side_are_of_one_length(theirs):
    assert len(theirs("{name} {adj}", product=False).data) == 3
    with pytest.raises(BenchwrightError, match="differ in length"):
        ours("{name} {adj}", product=False)


def test_departure_a_sample_of_rows_keeps_rows_together(theirs):
    lists = {"x": ["a", "b"], "y": ["A", "B"]}
    torn = {text for _ in range(50) for text in theirs("{x}{y}", product=False, nsamples=9, **lists).data}

    assert torn - {"aA", "bB"}
    assert set(Editor().template("{x}{y}", product=False, nsamples=9, **lists).data) == {"aA", "bB"}


def test_departure_a_list_that_no_tag_asks_for_is_refused(theirs):
    assert theirs("{name}", nsample=3).data == LISTS["name"]
    with pytest.raises(BenchwrightError, match="no tag of the template asks for"):
        ours("{name}", nsample=3)


def test_departure_attributes_of_objects_are_not_entered(theirs):
    assert theirs("{name.__class__}").data[0] == "<class 'str'>"
    with pytest.raises(BenchwrightError, match="mappings for"):
        ours("{name.__class__}")
