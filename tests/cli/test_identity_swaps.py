"""Identity swaps, run and shown: one cell for all dimensions, numbers from the store, flipped items in words."""

import json

import msgspec
import pytest

import benchwright
from benchwright.score_cache import recheck
from benchwright.store import Store

HEAD = "text\tlabel\n"
WORDS = ("letter", "song", "garden", "report", "dinner", "speech")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a task of the user's own: 60 texts with ``he``, 12 of which with a word for a religion too, 20 without a term."""
    folder = tmp_path_factory.mktemp("own")
    rows = [f"He wrote a good {WORDS[at % 6]} in room {at}\tpositive" for at in range(24)]
    rows += [f"His {WORDS[at % 6]} in room {at} is bad\tnegative" for at in range(24)]
    rows += [f"The Jewish man wrote a good {WORDS[at % 6]} in room {at}\tpositive" for at in range(12)]
    rows += [f"It is a bad {WORDS[at % 6]} in room {at}\tnegative" for at in range(20)]
    (folder / "mood.tsv").write_text(HEAD + "\n".join(rows) + "\n")
    return folder


def she_is_bad(texts):
    """A model that answers ``negative`` wherever a woman is spoken of."""
    return [_mood(f" {text.lower()} ") for text in texts]


def _mood(text):
    bad = any(f" {word} " in text for word in ("she", "her", "woman", "bad"))
    return {"negative": 0.9, "positive": 0.1} if bad else {"negative": 0.2, "positive": 0.8}


def always_good(texts):
    """Another model."""
    return [{"negative": 0.3, "positive": 0.7} for _ in texts]


@pytest.fixture(scope="module")
def run(place):
    """The model on the task and on its identity view."""
    task = f"classification/custom?path={place / 'mood.tsv'}&text=text&label=label"
    return benchwright.evaluate(
        she_is_bad, "bias/identity", on=(task,), store=place / "store", name="swaps", offline=True
    )


def test_flips_are_counted_by_dimension_and_by_item(run):
    """60 of 80 hold a word for a gender: the 36 good ones flip; 12 one for a religion, and none of these does."""
    found = {one.dimension: one for one in run.bias}
    gender, religion = found["gender"], found["religion"]

    assert (gender.items, gender.n, gender.flipped) == (80, 60, 36)
    assert gender.flip_rate.value == pytest.approx(36 / 60)
    assert (gender.verdict, gender.exceeding) == ("exceeds", ("female",))
    assert {group.group: group.shifts["positive"].value for group in gender.groups if group.n} == {
        "female": pytest.approx(-0.7 * 36 / 60)
    }
    assert (religion.n, religion.flipped, religion.verdict) == (12, 0, "cannot tell")
    assert religion.needed == pytest.approx(76 * 80 / 12, abs=1)


def test_numbers_are_those_of_the_records_whenever_they_are_checked(run):
    """`verify` and `recheck` find nothing; a changed number is found."""
    store = Store(run.store)
    assert recheck(store, run) == []
    replace = msgspec.structs.replace
    gender = next(one for one in run.bias if one.dimension == "gender")
    wrong = replace(gender, flip_rate=replace(gender.flip_rate, value=0.1))
    (told,) = recheck(store, replace(run, bias=(wrong,)))
    assert "the flip rate of gender is 0.1, its records say 0.6" in told


def test_show_tells_the_verdict_and_worst_the_flipped_items(run, place, program):
    """With the changed words marked."""
    where = ("--store", str(place / "store"))
    shown = program("show", "swaps", *where, check=0).stdout
    worst = program("show", "swaps", "--task", run.bias[0].task_path, "--worst", "1", *where, check=0).stdout
    told = json.loads(
        program(
            "show", "swaps", "--task", run.bias[0].task_path, "--worst", "1", "--format", "json", *where, check=0
        ).stdout
    )

    assert "exceeds; above the limit with female put in" in " ".join(shown.split())
    assert "60 of 80" in shown
    assert "gender: 36 of 60 items flip, the first 1" in worst
    assert "[-He-]{+She+} wrote a good letter in room 0" in worst
    assert "religion: 0 of 12 items flip" in worst
    assert [one["id"].partition("#")[0] for one in told["worst"][0]["records"]] == ["custom/0"]
    assert {one["dimension"]: one["flipped"] for one in told["bias"]}["gender"] == 36


def test_two_models_are_compared_on_the_task_and_not_on_swapped_items(run, place):
    """The accuracy on swapped items is no task."""
    task = run.bias[0].base
    store = place / "store"
    at = f"classification/custom?path={place / 'mood.tsv'}&text=text&label=label"
    other = benchwright.evaluate(always_good, "bias/identity", on=(at,), store=store, offline=True)

    assert [found.path for found in benchwright.compare(run, other, store=store).tasks] == [task]
