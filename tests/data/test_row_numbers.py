"""Rows that carry numbers of their own are called by them, in predictions and in submissions alike."""

import json
from dataclasses import replace

import msgspec
import pytest

import benchwright
from benchwright.errors import ConfigError
from benchwright.submit.collect import TaskAnswers, number_of
from benchwright.submit.glue import write_glue
from benchwright.types import Label, Record
from benchwright_suites.glue import suite

TEXTS = ["zero", "one", "two", "three", "four", "five"]
GOLD = [0, 1, 1, 0, 1, 0]
SHUFFLED = [0, 5, 2, 4, 1, 3]
GAPS = [9, 18, 25, 3, 100, 41]


def wnli(folder, order, name="index"):
    """A WNLI file whose rows stand in another order and keep their own number."""
    rows = [
        f"{name}\tsentence1\tsentence2\tlabel",
        *(f"{number}\t{TEXTS[at]}\tb {at}\t{GOLD[at]}" for at, number in order),
    ]
    (folder / "WNLI").mkdir(exist_ok=True)
    (folder / "WNLI" / "dev.tsv").write_text("\n".join(rows) + "\n")


def rte(folder, order):
    (folder / "RTE").mkdir(exist_ok=True)
    names = ["not_entailment", "entailment"]
    (folder / "RTE" / "val.jsonl").write_text(
        "".join(
            json.dumps({"premise": TEXTS[at], "hypothesis": f"b {at}", "label": names[GOLD[at]], "idx": number}) + "\n"
            for at, number in order
        )
    )


def own(folder, order, name="index"):
    (folder / "own.csv").write_text(
        "\n".join([f"{name},text,label", *(f"{number},{TEXTS[at]},{GOLD[at]}" for at, number in order)]) + "\n"
    )


def answers(folder, numbers, name="index", labels=GOLD):
    path = folder / "said.tsv"
    path.write_text(
        f"{name}\tprediction\n" + "".join(f"{n}\t{label}\n" for n, label in zip(numbers, labels, strict=True))
    )
    return f"predictions:{path}"


def accuracy(folder, models, selector):
    cell = benchwright.evaluate(models, selector, data=str(folder), store=folder / "store").cells[0]
    return cell.score.value, " ".join(alarm.sentence for alarm in cell.alarms)


def places(order):
    """(item, its number) of each row, for rows in this order whose numbers are those of the items."""
    return [(at, at) for at in order]


@pytest.mark.parametrize("name", ["index", "idx", "id"])
def test_shuffled_rows_are_matched_by_their_own_number(tmp_path, name):
    """In a table and in JSON lines, of a benchmark and of the user's own; predictions by that number are right, in any order."""
    wnli(tmp_path, places(SHUFFLED))
    rte(tmp_path, places(SHUFFLED))
    own(tmp_path, places(SHUFFLED))
    for path, labels in (
        ("glue/wnli", GOLD),
        ("superglue/rte", ["entailment" if gold else "not_entailment" for gold in GOLD]),
        ("glue/rte", ["entailment" if gold else "not_entailment" for gold in GOLD]),
        (f"classification/custom?path={tmp_path}/own.csv", GOLD),
    ):
        value, told = accuracy(tmp_path, answers(tmp_path, range(6), name, labels), path)
        assert value == 1.0, path
        assert "matched by those numbers" in told


def test_the_order_of_the_rows_changes_no_number(tmp_path):
    """Whatever the order of the file, predictions by the rows' own numbers give one accuracy; a stored cell is never reused for
    another order."""
    for order in (range(6), SHUFFLED, [5, 4, 3, 2, 1, 0]):
        wnli(tmp_path, places(order))
        assert accuracy(tmp_path, answers(tmp_path, range(6), labels=[0, 1, 0, 0, 0, 0]), "glue/wnli")[
            0
        ] == pytest.approx(4 / 6)


def test_numbers_with_gaps_are_own_numbers_or_places_never_both(tmp_path):
    """A part of a file, or a hub copy that counts other rows too: a file of predictions fits one of the two, or is refused."""
    wnli(tmp_path, list(enumerate(GAPS)))
    assert accuracy(tmp_path, answers(tmp_path, GAPS), "glue/wnli")[0] == 1.0
    assert accuracy(tmp_path, answers(tmp_path, range(6)), "glue/wnli")[0] == 1.0
    with pytest.raises(ConfigError, match="1 missing") as refused:
        accuracy(tmp_path, answers(tmp_path, [*GAPS[:5], 42]), "glue/wnli")
    assert "41" in str(refused.value)
    assert "their own number in the data" in str(refused.value)


def test_numbers_from_1_are_own_numbers(tmp_path):
    """A file that counts from 1 is answered from 1; from 0 it is by place; a shift by one is refused."""
    own(tmp_path, [(at, at + 1) for at in range(6)])
    mine = f"classification/custom?path={tmp_path}/own.csv"
    assert accuracy(tmp_path, answers(tmp_path, range(1, 7)), mine)[0] == 1.0
    assert accuracy(tmp_path, answers(tmp_path, range(6)), mine)[0] == 1.0
    with pytest.raises(ConfigError, match="does not fit"):
        accuracy(tmp_path, answers(tmp_path, range(2, 8)), mine)


def test_lines_and_ids_mean_what_they_say(tmp_path):
    """Answers one a line go by place, `id` goes by number or example id, and a JSON object by number."""
    wnli(tmp_path, places(SHUFFLED))
    in_order = [GOLD[at] for at in SHUFFLED]
    (tmp_path / "lines.txt").write_text("".join(f"{label}\n" for label in in_order))
    assert accuracy(tmp_path, f"predictions:{tmp_path}/lines.txt?format=lines", "glue/wnli")[0] == 1.0
    assert accuracy(tmp_path, answers(tmp_path, range(6), "id"), "glue/wnli")[0] == 1.0
    assert (
        accuracy(tmp_path, answers(tmp_path, [f"wnli/{at}" for at in range(6)], "id", in_order), "glue/wnli")[0] == 1.0
    )
    (tmp_path / "said.json").write_text(json.dumps({str(at): GOLD[at] for at in range(6)}))
    assert accuracy(tmp_path, f"predictions:{tmp_path}/said.json", "glue/wnli")[0] == 1.0


def test_a_number_in_several_rows_is_no_id_and_is_told(tmp_path):
    """Two parts that each count from 0: rows are called by place, the repeated numbers and their rows are named."""
    own(tmp_path, list(enumerate([0, 1, 2, 0, 1, 2])))
    mine = f"classification/custom?path={tmp_path}/own.csv"
    value, told = accuracy(tmp_path, answers(tmp_path, range(6)), mine)
    assert value == 1.0
    assert "3 numbers of the column 'index' stand in several rows (0 in own.csv, line 2 and later" in told
    with pytest.raises(ConfigError, match="duplicated"):
        accuracy(tmp_path, answers(tmp_path, [0, 1, 2, 0, 1, 2]), mine)


def test_a_column_that_is_no_number_or_has_a_use_is_left_alone(tmp_path):
    """Names of a stock index are no row numbers, and neither is a column that the options name."""
    (tmp_path / "own.csv").write_text("index,text,label\nDAX,a,0\nDow,b,1\n")
    mine = f"classification/custom?path={tmp_path}/own.csv"
    assert accuracy(tmp_path, answers(tmp_path, [0, 1], labels=[0, 1]), mine)[0] == 1.0
    (tmp_path / "own.csv").write_text("index,text,label\n1,a,0\n0,b,1\n")
    assert accuracy(tmp_path, answers(tmp_path, [0, 1], labels=[0, 1]), f"{mine}&slice=index")[0] == 1.0


def test_two_numbers_that_differ_are_refused(tmp_path):
    """Nobody knows which of two columns calls the rows."""
    (tmp_path / "own.csv").write_text("index,idx,text,label\n0,1,a,0\n1,0,b,1\n")
    with pytest.raises(ConfigError, match="'index' is 0 and 'idx' is 1"):
        accuracy(tmp_path, "majority", f"classification/custom?path={tmp_path}/own.csv")


@pytest.mark.parametrize("first", [0, 9796])
def test_submissions_are_written_in_the_order_of_the_numbers(first):
    """Number and answer stay together whatever the order of the file, and every GLUE file counts from 0."""
    records = [
        Record(id=f"wnli/{row}", target=None, output=str(number), official_id=str(first + number))
        for row, number in enumerate(SHUFFLED)
    ]
    assert [number_of(record) - first for record in records] == SHUFFLED
    wnli_card = next(task for task in suite.tasks if task.name == "wnli")
    card = msgspec.structs.replace(wnli_card, labels=tuple(Label(name=str(at), id=at) for at in range(6)))
    none = TaskAnswers(task=card, records=(), digest="", adapter="")
    answers = {task.name: none for task in suite.tasks} | {"wnli": replace(none, records=records)}
    lines = write_glue(answers).files["WNLI.tsv"].decode().splitlines()
    assert lines[1:] == [f"{number}\t{number}" for number in range(6)]


def test_ids_of_a_table_are_used_and_numbers_that_pandas_wrote_as_floats(tmp_path):
    """A column `id` numbers the rows where no `index` does; 3.0 is 3; an `index` of places goes before ids of a data base."""
    mine = f"classification/custom?path={tmp_path}/own.csv"
    own(tmp_path, places(SHUFFLED), "id")
    assert accuracy(tmp_path, answers(tmp_path, range(6), "id"), mine)[0] == 1.0
    own(tmp_path, [(at, at + 7) for at in range(6)], "id")
    assert accuracy(tmp_path, answers(tmp_path, range(7, 13), "id"), mine)[0] == 1.0
    assert accuracy(tmp_path, answers(tmp_path, range(6)), mine)[0] == 1.0
    own(tmp_path, [(at, f"{at}.0") for at in SHUFFLED])
    assert accuracy(tmp_path, answers(tmp_path, range(6)), mine)[0] == 1.0
    rows = [f"{place},{5 - place},{TEXTS[place]},{GOLD[place]}" for place in range(6)]
    (tmp_path / "own.csv").write_text("\n".join(["index,id,text,label", *rows]) + "\n")
    assert accuracy(tmp_path, answers(tmp_path, range(6)), mine)[0] == 1.0


def test_an_index_without_a_name_is_told(tmp_path):
    """What pandas writes by default may be the rows' number or nothing: places decide, and the run says so."""
    own(tmp_path, places(SHUFFLED), "")
    value, told = accuracy(tmp_path, answers(tmp_path, range(6), labels=[GOLD[at] for at in SHUFFLED]), f"classification/custom?path={tmp_path}/own.csv")  # fmt: skip
    assert value == 1.0
    assert "the column '' numbers the rows in another order than they stand in" in told


@pytest.mark.parametrize("written", ["{:03d}", "{}", "{}.0"])
@pytest.mark.parametrize("name", ["index", "id"])
def test_numbers_of_rows_may_have_leading_zeros(tmp_path, written, name):
    """`007` in the data is the row 7, however a file of predictions writes it."""
    (tmp_path / "own.csv").write_text(
        "id,text,label\n" + "".join(f"{number:03d},{TEXTS[at]},{GOLD[at]}\n" for at, number in enumerate(SHUFFLED))
    )
    said = answers(tmp_path, [written.format(number) for number in SHUFFLED], name)

    assert accuracy(tmp_path, said, f"classification/custom?path={tmp_path}/own.csv")[0] == 1.0
