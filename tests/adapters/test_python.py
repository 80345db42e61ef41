"""A Python function is a model: texts in, label names or scores out."""

import json
import sys

import numpy as np
import pytest

import benchwright
from benchwright import callables
from benchwright.cli.main import call
from benchwright.errors import BenchwrightError, LabelError, ModelError
from benchwright.testing.fixtures import build_task
from benchwright.types import Context, Example, Kind, Label, LabelMap, ModelRef
from benchwright_adapters.python import adapter

LABELS = tuple(Label(name=name, id=at) for at, name in enumerate(["bad", "good"]))
PAIRS = ("premise", "hypothesis")


def answers(function, rows, *, labels=None, task=None, **options):
    """(output, scores, error) of each row."""
    task = task or build_task(labels=LABELS)
    model = ModelRef(name="m", adapter="python", path=callables.path_of(function), options=options)
    context = Context(suite="s", train=lambda _: None, items=lambda: (), labels=labels)
    adapter.inspect(model, task, context)
    session = adapter.open(model, task, context)
    examples = [
        Example(id=f"t/{at}", index=at, inputs=dict(zip(task.inputs, row, strict=True))) for at, row in enumerate(rows)
    ]
    return [(one.output, one.scores, one.error) for one in session.predict(examples)]


def test_label_names_aliases_and_ids_are_read_by_name():
    found = answers(lambda texts: [1 if "fine" in text else "BAD" for text in texts], [["fine"], ["dull"]])
    assert found == [("good", None, None), ("bad", None, None)]


def test_a_mapping_from_labels_gives_scores_in_the_tasks_order():
    found = answers(lambda texts: [{"good": 0.75, "bad": np.float32(0.25)} for _ in texts], [["x"]])
    assert found == [("good", (0.25, 0.75), None)]


def test_scores_by_place_are_refused_until_somebody_says_which_label_is_where():
    def by_place(texts):
        return np.array([[0.25, 0.75]] * len(texts))

    assert "nothing says which label is where" in answers(by_place, [["x"]])[0][2]
    swapped = LabelMap(to_task=(1, 0), origin="user")
    assert answers(by_place, [["x"]], labels=swapped) == [("bad", (0.75, 0.25), None)]


def test_two_texts_come_as_a_tuple_in_the_tasks_order():
    seen = []
    task = build_task(labels=LABELS, inputs={name: (name,) for name in PAIRS})
    answers(lambda pairs: seen.extend(pairs) or ["bad"] * len(pairs), [["first", "second"]], task=task)
    assert seen == [("first", "second")]


@pytest.mark.parametrize(
    ("kind", "inputs", "row", "given", "output"),
    [
        (Kind.REGRESS, ("text",), ["x"], np.float64(2.5), 2.5),
        (Kind.TAG, ("words",), [["New", "York"]], np.array(["B-LOC", "I-LOC"]), ("B-LOC", "I-LOC")),
        (Kind.SPAN, ("question", "context"), ["who", "Ann did"], "Ann", "Ann"),
        (Kind.SPAN, ("question", "context"), ["who", "Ann did"], {"text": "Ann", "score": 0.5}, "Ann"),
        (Kind.CHOOSE, ("text", "options"), ["x", ["a", "b"]], 1, 1),
        (Kind.CHOOSE, ("text", "options"), ["x", ["a", "b"]], [0.1, 0.9], 1),
    ],
)
def test_every_kind_is_answered(kind, inputs, row, given, output):
    task = build_task(kind=kind, inputs={name: (name,) for name in inputs})
    assert answers(lambda asked: [given] * len(asked), [row], task=task)[0][0] == output


@pytest.mark.parametrize(
    "given", [None, "odd", 7, 0.5, {"good": 1.0}, {"good": 1, "odd": 0}, ["good"], b"good", object()]
)
def test_what_is_no_answer_is_an_error_of_that_example_alone(given):
    (wrong, right) = answers(lambda texts: [given, "good"], [["x"], ["y"]])
    assert wrong[0] is None
    assert wrong[2]
    assert right == ("good", None, None)


@pytest.mark.parametrize("given", ["good", {"good": 1.0}, ["good"], None, 3, (one for one in "ab")])
def test_another_number_of_answers_than_inputs_is_refused(given):
    with pytest.raises(ModelError, match="for 2 inputs"):
        answers(lambda texts: given, [["x"], ["y"]])


TONES = tuple(Label(name=name, id=at) for at, name in enumerate(["negative", "neutral", "positive"]))


def test_scores_of_fewer_labels_are_no_answer_unless_the_function_said_that_it_lacks_them():
    task = build_task(labels=TONES, behaviour=True)

    def two(texts):
        return [{"negative": 0.25, "positive": 0.75} for _ in texts]

    (wrong,) = answers(two, [["x"]], task=task)
    assert wrong[0] is None
    assert "lacking: neutral; a function that never gives them says its labels: ?labels=" in wrong[2]
    for lacks in (("neutral",), ()):  # ?neutral= leaves none, as the label is read from the two probabilities
        said = LabelMap(to_task=(0, 2), origin="names", lacks=lacks)
        assert answers(two, [["x"]], task=task, labels=said) == [("positive", (0.25, 0.0, 0.75), None)]
        ((output, _, error),) = answers(lambda texts: ["neutral"], [["x"]], task=task, labels=said)
        assert output is None
        assert "not among the labels that it was said to have" in error


@pytest.mark.parametrize("behaviour", [False, True])
def test_an_empty_mapping_is_no_answer(behaviour):
    ((output, _, error),) = answers(lambda texts: [{}], [["x"]], task=build_task(labels=TONES, behaviour=behaviour))
    assert output is None
    assert "scores of no label" in error


def test_no_score_for_any_option_is_no_answer():
    task = build_task(kind=Kind.CHOOSE, inputs={"text": ("text",), "options": ("options",)})
    ((output, _, error),) = answers(lambda asked: [[]], [["x", ["a", "b"]]], task=task)
    assert (output, error) == (None, "no score for any option")


def test_a_function_that_ends_the_program_fails_its_cell_and_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leaver.py").write_text("import sys\n\ndef predict(texts):\n    sys.exit(0)\n")
    assert call(["run", "python:leaver.py:predict", "--suite", "starter/sentiment", "--store", "st"]) == 1
    assert "python:leaver.py:predict ended the program (SystemExit: 0)" in capsys.readouterr().out


def test_what_a_function_prints_is_no_result(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talker.py").write_text(
        "print('hello')\n\ndef predict(texts):\n    print('asked')\n    return ['positive' for _ in texts]\n"
    )
    asked = ["run", "python:talker.py:predict", "--suite", "starter/sentiment", "--store", "st", "--format", "json"]
    assert call(asked) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["results"][0]["status"] == "scored"
    assert "hello" in err
    assert "asked" in err


def test_a_module_that_ends_the_program_when_it_is_imported_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone_at_once.py").write_text("raise SystemExit(0)\n")
    for path in ("gone_at_once:predict", "gone_at_once.py:predict"):
        with pytest.raises(ModelError, match="cannot be imported: SystemExit: 0"):
            callables.find(path)


@pytest.mark.parametrize("path", ["parts/my_words.py:predict", "my_late_words:predict"])
def test_a_file_imports_what_stands_beside_it_also_when_it_is_called(tmp_path, monkeypatch, path):
    """And it may hold dataclasses, which look for their module by name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "my_list.py").write_text("GOOD = 'good'\n")
    (tmp_path / "my_late_list.py").write_text("GOOD = 'good'\n")
    (tmp_path / "parts" / "my_words.py").write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from my_list import GOOD\n"
        "@dataclass\nclass Answer:\n    text: str\n"
        "def predict(texts):\n    return [Answer(GOOD).text for _ in texts]\n"
    )
    (tmp_path / "my_late_words.py").write_text(
        "def predict(texts):\n    import my_late_list\n    return [my_late_list.GOOD for _ in texts]\n"
    )
    assert callables.find(path)(["x"]) == ["good"]


def test_inputs_come_in_batches_of_the_size_that_was_asked_for():
    sizes = []
    answers(lambda texts: sizes.append(len(texts)) or ["good"] * len(texts), [["x"]] * 5, batch="2")
    assert sizes == [2, 2, 1]


@pytest.mark.parametrize("options", [{"batch": "0"}, {"batch": "two"}, {"scores": "odds"}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ModelError):
        answers(lambda texts: texts, [["x"]], **options)


def test_a_function_states_its_labels_in_an_attribute():
    def one(texts):
        return [[0.9, 0.1]] * len(texts)

    one.labels = ("good", "bad")
    model = ModelRef(name="m", adapter="python", path=callables.path_of(one))
    facts = adapter.inspect(
        model, build_task(labels=LABELS), Context(suite="s", train=lambda _: None, items=lambda: ())
    )
    assert facts.labels == ("good", "bad")
    assert facts.digest is None


def keyword(texts):
    """A little model of words."""
    return ["positive" if "good" in text or "love" in text else "negative" for text in texts]


def test_evaluate_takes_functions_and_asks_them_anew_in_every_run(tmp_path):
    asked = []

    def counting(texts):
        asked.append(len(texts))
        return keyword(texts)

    for name in ("one", "two"):
        run = benchwright.evaluate([counting, "constant:positive"], "starter/sentiment", store=tmp_path, name=name)
        assert [cell.status for cell in run.cells] == ["scored", "scored"]
        assert run.cells[0].model == "counting"
    assert asked == [357, 357]
    assert run.cells[1].reused


def test_two_functions_of_one_name_are_told_apart(tmp_path):
    run = benchwright.evaluate(
        [lambda texts: ["positive"] * len(texts), lambda texts: ["negative"] * len(texts)],
        "starter/sentiment",
        store=tmp_path,
        limit=10,
    )
    assert len({cell.model for cell in run.cells}) == 2
    assert len({cell.key for cell in run.cells}) == 2


def test_what_is_no_model_is_refused():
    with pytest.raises(BenchwrightError, match="is no model"):
        benchwright.evaluate(7, "starter/sentiment")


def test_the_command_line_finds_a_function_in_a_module_or_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    code = 'def predict(texts):\n    return [{"positive": 0.75, "negative": 0.25} for _ in texts]\n'
    (tmp_path / "bw_words.py").write_text(code)
    for model in ("python:bw_words:predict", "python:bw_words.py:predict", "mine=python:./bw_words.py:predict"):
        assert call(["run", model, "--suite", "starter/sentiment", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["results"][0]["ledger"]["scored"] == 357
    sys.modules.pop("bw_words")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere_at_all:predict", "cannot be imported"),
        ("json:nothing", "has no function 'nothing'"),
        ("json:__doc__", "cannot be called"),
        ("json", "names no function"),
        (":dumps", "names no function"),
        ("missing.py:predict", "no file missing.py"),
        ("session:gone", "another Python session"),
        ("", "names no function"),
    ],
)
def test_what_names_no_function_is_refused_with_what_does(path, said):
    with pytest.raises(ModelError, match=said):
        callables.find(path)


def test_a_module_that_fails_while_it_is_imported_is_a_users_mistake(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bw_broken.py").write_text("raise RuntimeError('no weights')")
    for path in ("bw_broken:predict", "bw_broken.py:predict"):
        with pytest.raises(ModelError, match="RuntimeError: no weights"):
            callables.find(path)


def test_label_names_that_do_not_match_are_refused_before_anything_is_asked(tmp_path):
    def strange(texts):
        raise AssertionError("asked")

    strange.labels = ("up", "down")
    with pytest.raises(BenchwrightError) as error:
        benchwright.evaluate(strange, "starter/sentiment", store=tmp_path)
    assert any(isinstance(one, LabelError) for one in [error.value, *getattr(error.value, "problems", [])])


def spans_of(function, *, context="Anna met 12 men."):
    """The predictions of a function for one question, and what the kind says against each."""
    from benchwright import kinds

    task = build_task(kind=Kind.SPAN, inputs={name: (name,) for name in ("question", "context")})
    model = ModelRef(name="m", adapter="python", path=callables.path_of(function))
    about = Context(suite="s", train=lambda _: None, items=lambda: (), labels=None)
    adapter.inspect(model, task, about)
    example = Example(id="t/0", index=0, inputs={"question": "Whom?", "context": context})
    (found,) = adapter.open(model, task, about).predict([example])
    return found, kinds.of(task).check_output(task)(found, example)


@pytest.mark.parametrize("start", [9, 9.0, np.int64(9)])
def test_the_start_of_an_answer_is_a_whole_number(start):
    """As a place in the context it is counted with: robustness carries answers along from there."""
    found, problem = spans_of(lambda rows: [{"text": "12 men", "start": start} for _ in rows])

    assert problem is None
    assert found.extra == {"start": 9}
    assert type(found.extra["start"]) is int


@pytest.mark.parametrize(
    ("start", "said"), [(8, "not the answer '12 men'"), (9.5, "start is 9.5"), (-1, "start is -1")]
)
def test_an_answer_that_does_not_stand_where_it_is_said_to_is_refused(start, said):
    """A wrong place would make a wrong number silently."""
    _, problem = spans_of(lambda rows: [{"text": "12 men", "start": start} for _ in rows])

    assert said in problem


def test_no_answer_stands_nowhere():
    """Some functions give 0 or the length of the context beside the empty text."""
    assert spans_of(lambda rows: [{"text": "", "start": 99} for _ in rows])[1] is None
