"""Examples of every kind of task as the browser holds them: texts, gold, answers, verdicts; nothing of texts without inputs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from benchwright.render.grid import build_grid
from benchwright.report_content.example_island import island
from benchwright.report_content.examples import ExampleItem, ExampleSection, find_examples
from benchwright.testing.fixtures import build_task
from benchwright.types import CellResult, ModelRef, Record, ReportOptions, Run, RunSpec, Score, Task

SECRET = "zanzibar"
"""A word of texts that nobody may see without inputs."""


def section(card: Task, *, views: dict[str, tuple[Task, dict[str, list[Record]]]] | None = None, **options: Any) -> Any:
    """A function from records of models to the section of their page."""

    def of(**records: list[Record]) -> ExampleSection | None:
        several = {"own/t": (card, records), **(views or {})}
        rows = {f"{model}@{path}": found for path, (_, by) in several.items() for model, found in by.items()}
        cells = tuple(
            CellResult(
                model=model,
                suite=path.partition("/")[0],
                task=path.partition("/")[2],
                split="validation",
                status="scored",
                key=f"{model}@{path}",
                score=Score(metric="score", value=0.5, n=len(found)),
            )
            for path, (_, by) in several.items()
            for model, found in by.items()
        )
        run = Run(
            schema=1,
            name="r",
            spec=RunSpec(models=tuple(ModelRef(name=name, adapter="x") for name in records), suites=("own",)),
            cells=cells,
            aggregates=(),
            environment={},
            created="",
            complete=True,
            tasks={path: task for path, (task, _) in several.items()},
        )
        return find_examples(build_grid([run]), rows.__getitem__, ReportOptions(**options))

    return of


def only(found: ExampleSection | None) -> ExampleItem:
    """The only item of the only task."""
    assert found is not None
    (task,) = found.tasks
    (item,) = task.items
    return item


def record(target: Any, output: Any, *, id_: str = "t/0", **fields: Any) -> Record:
    """A record, with texts where ``inputs`` are given."""
    inputs = fields.pop("inputs", None)
    extra = {**fields.pop("extra", {}), **({"inputs": inputs} if inputs else {})}
    return Record(id=id_, target=target, output=output, extra=extra, **fields)


def test_a_label_has_its_confidence_and_its_verdict() -> None:
    card = build_task("t", labels=("no", "yes"))
    item = only(section(card)(a=[record("yes", "no", scores=(0.75, 0.25), inputs={"text": "one"})]))
    assert (item.gold, item.labels) == ("yes", ("yes",))
    (answer,) = item.answers
    assert (answer.text, answer.verdict, answer.confidence) == ("no", "wrong", 0.75)
    assert [text.segments[0].text for text in item.texts] == ["one"]


def test_scores_that_are_logits_become_probabilities() -> None:
    card = build_task("t", labels=("no", "yes"))
    # softmax of (0, ln 3) is (1/4, 3/4).
    item = only(section(card)(a=[record("yes", "yes", scores=(0.0, 1.0986122886681098))]))
    assert item.answers[0].confidence == pytest.approx(0.75)


def test_a_set_of_labels_that_shares_one_is_right_in_part() -> None:
    card = build_task("t", labels=("a", "b", "c"), multilabel=True)
    items = only(section(card)(x=[record(("a", "b"), ("a",))], y=[record(("a", "b"), ("c",))]))
    assert [answer.verdict for answer in items.answers] == ["partly", "wrong"]


def test_tags_are_drawn_as_entities_where_their_words_stand() -> None:
    card = build_task("t", kind="tag", labels=("O", "B-LOC", "I-LOC"), inputs={"words": ("words",)})
    words = ["in", "New", "York", "today"]
    gold = ("O", "B-LOC", "I-LOC", "O")
    item = only(section(card)(a=[record(gold, ("O", "O", "B-LOC", "O"), inputs={"words": words})]))
    (text,) = item.texts
    assert [(one.text, one.gold, one.models) for one in text.segments] == [
        ("in ", False, ()),
        ("New ", True, ()),
        ("York", True, (0,)),
        (" today", False, ()),
    ]
    assert item.labels == ("LOC",)
    assert (item.answers[0].verdict, item.answers[0].size) == ("wrong", 2.0)


def test_an_answer_to_a_question_is_drawn_where_the_model_says_it_stands() -> None:
    card = build_task("t", kind="span", inputs={"question": ("q",), "context": ("c",)}, metrics=("squad_f1",))
    context = "Ada met Bo. Bo left."
    target = {"text": ["Bo"], "answer_start": [8]}
    said = record(target, "Bo left", inputs={"question": "Who?", "context": context}, extra={"start": 12})
    item = only(section(card)(a=[said]))
    marked = [(one.text, one.gold, one.models) for one in item.texts[1].segments if not one.is_plain]
    assert marked == [("Bo", True, ()), ("Bo left", False, (0,))]
    assert item.answers[0].verdict == "partly"  # one of two words


def test_an_answer_that_stands_at_several_places_is_not_drawn_at_a_place_made_up() -> None:
    card = build_task("t", kind="span", inputs={"question": ("q",), "context": ("c",)}, metrics=("squad_f1",))
    said = record({"text": ["Ada"], "answer_start": [0]}, "Bo", inputs={"question": "?", "context": "Ada Bo Bo"})
    item = only(section(card)(a=[said]))
    assert not any(one.models for one in item.texts[1].segments)


def test_options_show_which_is_right_and_who_chose_which() -> None:
    card = build_task("t", kind="choose", inputs={"premise": ("p",), "options": ("o",)})
    inputs = {"premise": "It rained.", "options": ["dry", "wet"]}
    item = only(section(card)(a=[record(1, 0, inputs=inputs)], b=[record(1, 1, inputs=inputs)]))
    assert [(text.option, text.gold, text.models) for text in item.texts] == [
        (None, False, ()),
        (0, False, (0,)),
        (1, True, (1,)),
    ]
    assert [answer.text for answer in item.answers] == ["0: dry", "1: wet"]


def test_numbers_are_never_right_or_wrong_and_have_a_distance() -> None:
    card = build_task("t", kind="regress", metrics=("pearson",))
    found = section(card)(a=[record(3.0, 2.5)])
    item = only(found)
    assert (item.answers[0].verdict, item.answers[0].size) == ("none", 0.5)
    assert found.tasks[0].measure == "Deviation"


def test_an_item_without_an_answer_says_why() -> None:
    card = build_task("t", labels=("no", "yes"))
    item = only(section(card)(a=[Record(id="t/0", target="yes", error="out of memory")]))
    assert (item.answers[0].verdict, item.answers[0].text) == ("errored", "out of memory")


def test_a_model_that_was_not_asked_has_no_answer() -> None:
    card = build_task("t", labels=("no", "yes"))
    found = section(card)(a=[record("yes", "yes"), record("no", "no", id_="t/1")], b=[record("yes", "no")])
    by_id = {item.id: [answer.model for answer in item.answers] for item in found.tasks[0].items}
    assert by_id == {"t/0": [0, 1], "t/1": [0]}


def test_a_variant_shows_what_changed_and_the_answer_to_its_original_where_that_was_another() -> None:
    card = build_task("t", labels=("no", "yes"))
    view = build_task("typo@own/t", labels=("no", "yes"), view_of="own/t")
    clean = [record("yes", "yes", inputs={"text": "a great film"})]
    changed = record(
        "yes", "no", id_="t/0#0", inputs={"text": "a gerat film"}, extra={"edits": {"text": [[2, 7, "gerat"]]}}
    )
    found = section(card, views={"robustness/typo@own/t": (view, {"a": [changed]})})(a=clean)
    (item,) = found.tasks[1].items
    assert [(one.text, one.change) for one in item.texts[0].segments] == [
        ("a ", "kept"),
        ("great", "removed"),
        ("gerat", "inserted"),
        (" film", "kept"),
    ]
    assert item.answers[0].before == "yes"


def test_a_behavioural_example_says_what_is_expected_and_whether_it_holds() -> None:
    card = build_task("t", labels=("no", "yes"), behaviour=True)
    target = {"expect": {"kind": "invariant", "tolerance": 0.1}, "gold": None, "judged": "all_but_first"}
    slices = {"test": "typos", "capability": "Robustness", "type": "INV"}
    rows = [
        record(target, "yes", scores=(0.1, 0.9), id_="t/0", group="typos/1", slices=slices, inputs={"text": "so good"}),
        record(target, "no", scores=(0.8, 0.2), id_="t/1", group="typos/1", slices=slices, inputs={"text": "so goood"}),
    ]
    found = section(card)(a=rows)
    verdicts = {item.id: item.answers[0].verdict for item in found.tasks[0].items}
    assert verdicts["t/1"] == "wrong"
    variant = next(item for item in found.tasks[0].items if item.id == "t/1")
    assert [one.text for one in variant.texts[0].segments if one.change == "inserted"] == ["goood"]
    assert variant.gold.startswith("as the original")


def test_a_model_that_always_says_the_same_chooses_no_items_and_is_told() -> None:
    card = build_task("t", labels=("no", "yes"))
    gold = ["yes", "no"] * 5
    rows = [record(one, one if at else "no", id_=f"t/{at}") for at, one in enumerate(gold)]
    same = [record(one, "yes", id_=f"t/{at}") for at, one in enumerate(gold)]
    found = section(card, max_examples=3)(a=rows, same=same)
    assert "t/0" in [item.id for item in found.tasks[0].items]
    assert found.tasks[0].why == (
        "3 of 10 examples: the one not right, 2 of 9 right. Looked for, not a random sample. "
        "same always says the same and is left aside here."
    )


def test_no_examples_are_wanted_and_there_is_no_section() -> None:
    card = build_task("t", labels=("no", "yes"))
    assert section(card, max_examples=0)(a=[record("yes", "yes")]) is None


SPAN = {"question": "who?", "context": f"in {SECRET} town"}
WITHHELD = [
    (build_task("t", labels=("no", "yes")), record("yes", "no", inputs={"text": SECRET}), "no"),
    (
        build_task("t", kind="span", inputs={"question": ("q",), "context": ("c",)}, metrics=("squad_f1",)),
        record({"text": [SECRET], "answer_start": [3]}, SECRET, inputs=SPAN),
        "left out",
    ),
    (
        build_task("t", kind="choose", inputs={"options": ("o",)}),
        record(1, 0, inputs={"options": [SECRET, "x"]}),
        "0",
    ),
    (
        build_task("t", kind="choose", by_text=True, inputs={"options": ("o",)}),
        record((SECRET,), SECRET, inputs={"options": [SECRET, "x"]}),
        "left out",
    ),
    (
        build_task("t", kind="tag", labels=("O", "B-LOC", "I-LOC"), inputs={"words": ("w",)}),
        record(("B-LOC",), ("O",), inputs={"words": [SECRET]}),
        "(no entity)",
    ),
]


@pytest.mark.parametrize(("card", "row", "shown"), WITHHELD, ids=["classify", "span", "choose", "by text", "tag"])
def test_without_inputs_no_text_is_anywhere_and_ids_and_verdicts_stay(card: Task, row: Record, shown: str) -> None:
    bare = Record(id=row.id, target=row.target, output=row.output)  # what a store gives where texts are not asked for
    found = section(card, inputs=False)(a=[bare])
    item = only(found)
    assert SECRET not in str(found)
    assert SECRET not in island(found)
    assert item.texts == ()
    assert item.id == "t/0"
    assert item.answers[0].verdict in {"right", "wrong"}
    assert item.answers[0].text == shown


def test_the_island_is_json_in_which_nothing_ends_a_script() -> None:
    card = build_task("t", labels=("no", "yes"))
    evil = "</script><!-- & \u2028 \u05d0 \x00 ]]>"
    text = str(island(section(card)(a=[record("yes", "no", inputs={"text": evil}, slices={"<b>": "&"})])))
    assert not re.search(r"[<>&\u2028\u2029]", text)
    value = json.loads(text)
    assert value["t"][0]["x"][0][0].startswith("</script><!-- & ")


def test_a_text_of_100_kb_is_shown_in_part_with_its_length() -> None:
    card = build_task("t", labels=("no", "yes"))
    item = only(section(card)(a=[record("yes", "no", inputs={"text": "x" * 100_000})]))
    (text,) = item.texts
    assert text.length == 100_000
    assert sum(len(one.text) for one in text.segments) < 2_000


def test_the_same_records_give_the_same_bytes() -> None:
    card = build_task("t", labels=("no", "yes"))
    rows = [record("yes", "no" if at % 3 else "yes", id_=f"t/{at}", scores=(0.5, 0.5)) for at in range(50)]
    one, other = (str(island(section(card, max_examples=9)(a=list(rows), b=rows[::-1]))) for _ in range(2))
    assert one == other
