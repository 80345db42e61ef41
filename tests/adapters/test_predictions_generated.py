"""Texts that a model wrote to questions with options: matched without regard to case, counted where they are none, never guessed."""

import pytest
from bbq_files import question, write

import benchwright
from benchwright.errors import BenchwrightError

TEXTS = ["the muslim one", "Can't tell.", "The  Jewish one", "the muslim", "jewish muslim", "", 2]


@pytest.fixture
def run(tmp_path):
    """A run over as many questions as texts, from rows that the data's own fields name."""
    write(tmp_path / "data/Religion.jsonl", [question(at) for at in range(len(TEXTS))])

    def evaluate(texts=TEXTS, options="id=category/example_id&column=said"):
        rows = [{**question(at), "said": text} for at, text in enumerate(texts)]
        write(tmp_path / "rows.jsonl", rows)
        model = f"m=predictions:{tmp_path / 'rows.jsonl'}?{options}"
        return benchwright.evaluate(model, "bias/bbq", data=str(tmp_path / "data"), store=tmp_path / "s", errors=4)

    return evaluate


def test_texts_are_matched_and_what_is_no_option_s_is_counted(run):
    """Letter case, blanks and full stops do not count; two words of an option, or words of two, are no answer."""
    made = run()

    assert made.records()["output"].tolist()[:3] == [2, 1, 0]
    assert made.records()["error"].notna().tolist() == [False] * 3 + [True] * 3 + [False]
    assert made.cells[0].ledger.errored == 3
    told = [one.sentence for one in made.cells[0].alarms]
    assert "3 of 7 answers are no option's text: they count as not given, none is guessed" in told


def test_a_text_of_two_options_is_no_answer(run, tmp_path):
    """Which of them was meant cannot be known."""
    same = [question(at, ans2="The jewish one.") for at in range(len(TEXTS))]
    write(tmp_path / "data/Religion.jsonl", same)
    made = run(["the jewish one", *["can't tell"] * 6])

    assert made.cells[0].ledger.errored == 1
    assert "the text of 2 options" in made.records()["error"][0]


def test_a_field_without_one_right_text_is_refused(run):
    """It is another field, or another task."""
    with pytest.raises(BenchwrightError, match="not one of the 7 texts in `said` is that of an option"):
        run(["yes"] * 7)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("id=category/example_id&column=absent", "no answer in `absent`"),
        ("id=category/absent&column=said", "line 1: no `absent`"),
        ("id=example_id&column=said", "7 foreign: 0 "),
    ],
)
def test_fields_that_are_not_there_are_named(run, options, said):
    """With the fields that the row has."""
    with pytest.raises(BenchwrightError, match=said):
        run(options=options)


@pytest.mark.parametrize("value", [3, -1, 0.5, True, [1], {"a": 1}])
def test_what_is_neither_a_text_nor_an_option_s_number_is_refused(run, value):
    """No value is taken for another one."""
    with pytest.raises(BenchwrightError, match="`said` is"):
        run([value, *TEXTS[1:]])


def test_hostile_texts_are_shown_inert(run):
    """A text with control characters stands quoted in the reason."""
    made = run(["\x1b[31mred", *TEXTS[1:]])

    assert "\x1b" not in made.records()["error"][0]
