"""Contested values reach no average, rank or default gate: a plugin's suite with a contested task, through every verb.

Two models answer `plain` alike and `contested` as differently as can be: wherever the second entered, a number would show it.
"""

import json

import pytest

from benchwright import compare, evaluate, gate, registry, report, select
from benchwright.comparison.report_section import differences_of
from benchwright.errors import NotComparable
from benchwright.gating.gate import as_rules, find_locations, make_context
from benchwright.gating.power import plan
from benchwright.render.grid import RankTier, build_grid
from benchwright.render.summary import summarise
from benchwright.store import Store
from benchwright.testing.write_run import write_run

PLUGIN = """
from benchwright.types import Aggregate, Caveat, ClassificationTask, Files, Label, Source, Suite

def _task(name, *caveats):
    return ClassificationTask(
        name=name,
        splits={"validation": Source(files=(Files(names=(name + ".jsonl",), format="jsonl"),))},
        default_split="validation",
        inputs={"text": ("text",)},
        target=("label",),
        labels=(Label(name="no", id=0), Label(name="yes", id=1)),
        positive="yes",
        metrics=("accuracy", "f1"),
        slices={"category": ("category",)},
        caveats=caveats,
    )

DISPUTED = Caveat(kind="contested", reason="what it measures is disputed", reference="https://example.org/paper")

suite = Suite(
    name="disputed",
    version=1,
    tasks=(_task("plain"), _task("contested", DISPUTED)),
    aggregates=(
        Aggregate(name="both", members=(("plain",), ("contested",))),
        Aggregate(name="ranked", members=(("plain",),)),
    ),
)
"""
CONTESTED, PLAIN = "disputed/contested", "disputed/plain"
KINDS = [
    {"kind": "absolute", "metric": "accuracy", "min": 0.1},
    {"kind": "delta", "metric": "accuracy", "margin": 0.02},
    {"kind": "noninferiority", "margin": 0.02},
    {"kind": "superiority", "margin": 0.0},
    {"kind": "equivalence", "margin": 0.02},
    {"kind": "retained", "min": 0.9},
    {"kind": "slices", "margin": 0.02, "min_n": 20},
]


def careful(texts):
    """Right on every contested item, and on three of four plain ones."""
    return ["yes" if text.endswith("yes") else "no" for text in texts]


def careless(texts):
    """Wrong on every contested item, and as the other on plain ones."""
    other = {"yes": "no", "no": "yes"}
    pairs = zip(texts, careful(texts), strict=True)
    return [other[answer] if text.startswith("contested") else answer for text, answer in pairs]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of both models on the suite of a plugin that is installed for this module."""
    root = tmp_path_factory.mktemp("disputed")
    site, data = root / "site", root / "data"
    (site / "disputed_plugin-1.dist-info").mkdir(parents=True)
    (site / "disputed_plugin.py").write_text(PLUGIN)
    (site / "disputed_plugin-1.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: disputed-plugin\nVersion: 1\n"
    )
    entry = "[benchwright.suites]\ndisputed = disputed_plugin:suite\n"
    (site / "disputed_plugin-1.dist-info" / "entry_points.txt").write_text(entry)
    data.mkdir()
    for name in ("plain", "contested"):
        rows = []
        for at in range(200):
            gold = "yes" if at % 2 else "no"
            said = gold if name == "contested" or at % 8 < 6 else {"yes": "no", "no": "yes"}[gold]
            category = "rare" if at < 40 else "common"
            rows.append({"text": f"{name} item {at} {said}", "label": gold, "category": category})
        (data / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(site))
        registry.clear()
        store = root / "store"
        yield evaluate([careful, careless], "disputed", data=data, store=store, name="r"), store
    registry.clear()


def test_the_models_differ_on_the_contested_task_alone(run):
    """What the other tests rest on: 150 of 200 plain items each; all and none of the contested ones."""
    found, _ = run
    values = {(cell.model, cell.task): cell.score.value for cell in found.cells}
    assert values == {
        ("careful", "plain"): 0.75,
        ("careless", "plain"): 0.75,
        ("careful", "contested"): 1.0,
        ("careless", "contested"): 0.0,
    }


def test_an_average_over_a_contested_task_has_no_value_and_says_why(run):
    """The other average of the suite has its value."""
    found, _ = run
    both = [one for one in found.aggregates if one.name == "both"]
    assert [one.value for one in both] == [None, None]
    assert all("contested is contested, and enters no average" in one.reason for one in both)
    assert [one.value for one in found.aggregates if one.name == "ranked"] == [0.75, 0.75]


def test_a_comparison_has_no_contested_task_in_its_family_and_no_rank_by_it(run):
    """The family is the pair on the plain task and that on its average; the difference itself is told, as exploratory."""
    _, store = run
    found = compare("r", store=store, resamples=200)
    assert found.family == 2
    task = found.task(CONTESTED)
    assert (task.unranked, task.pairs, task.places) == ("contested", (), ())
    assert all(one.exploratory and one.p_adjusted is None for one in task.differences)
    assert found.slice_family == 2
    assert "contested: in no rank and no family of tests" in str(found)
    assert [one.difference.metric for one in found.averages] == ["ranked"]


def test_slices_of_a_contested_task_with_fewer_than_a_hundred_items_are_not_compared(run):
    """40 rare items: enough on the plain task, too few here."""
    _, store = run
    found = compare("r", store=store, resamples=200)
    assert {one.slice for one in found.task(PLAIN).slices} == {"category=common", "category=rare"}
    assert [one.slice for one in found.task(CONTESTED).slices] == ["category=common"]
    assert found.task(CONTESTED).small == {"category=rare": 40}


def test_a_selection_without_tasks_does_not_see_the_contested_one(run):
    """Both have the same score; with the contested task, one would have 0.875 and the other 0.375."""
    _, store = run
    found = select("r", store=store, resamples=200)
    assert {row.values["score"] for row in found.candidates} == {0.75}
    assert f"in no mean unless named: {CONTESTED} (contested)" in found.flags
    worst = select("r", maximize="worst_slice", store=store, resamples=200)
    assert worst.candidates[0].values == worst.candidates[1].values


def test_each_task_of_a_selection_is_each_ranked_task(run):
    """`each:` asks the contested task nothing."""
    _, store = run
    found = select("r", require="each:accuracy >= 0.5", store=store, resamples=200)
    assert all(row.feasible for row in found.candidates)


def test_a_selection_may_name_the_contested_task(run):
    """Then it decides."""
    _, store = run
    found = select("r", maximize=f"{CONTESTED}:accuracy", store=store, resamples=200)
    assert found.winner == "careful"


def test_a_selection_among_contested_tasks_alone_is_refused_with_what_to_type(run):
    """There is no default score."""
    _, store = run
    with pytest.raises(NotComparable, match="enter none") as caught:
        select("r", tasks=CONTESTED, store=store, resamples=200)
    assert caught.value.hint == f"name the task: {CONTESTED}:accuracy"


def test_a_mean_with_a_contested_member_is_no_objective(run):
    """The suite's own average, asked for by name."""
    _, store = run
    with pytest.raises(NotComparable, match="is no mean"):
        select("r", maximize="both", store=store, resamples=200)


@pytest.mark.parametrize("asked", KINDS, ids=[one["kind"] for one in KINDS])
@pytest.mark.parametrize("task", [None, "disputed"], ids=["no task", "the suite"])
def test_no_rule_judges_a_contested_task_unless_it_names_it(run, asked, task):
    """Without a task, and by the name of the suite; the gate says what is left out."""
    _, store = run
    rule = {"id": "r", **asked, **({"task": task} if task else {})}
    found = gate({"rule": [rule]}, "r:careless", baseline="r:careful", store=store, resamples=200)
    assert {one.path for one in found.findings} == {PLAIN}
    assert f"left out of every rule, as none names it: {CONTESTED} (contested)" in found.flags


@pytest.mark.parametrize("asked", KINDS, ids=[one["kind"] for one in KINDS])
def test_a_rule_that_names_the_contested_task_judges_it(run, asked):
    """From all to none: no rule lets that through."""
    _, store = run
    rule = {"id": "r", **asked, "task": CONTESTED}
    found = gate({"rule": [rule]}, "r:careless", baseline="r:careful", store=store, resamples=200)
    assert found.exit_code == 1
    assert {one.path for one in found.findings if one.rule == "r"} == {CONTESTED}
    assert f"judged by rules that name it only: {CONTESTED} (contested)" in found.flags


def test_a_rule_of_which_only_contested_tasks_are_left_says_so(run):
    """A rule that means nothing is no rule that passes."""
    found, store = run
    place = Store(store)
    key = next(cell.key for cell in found.cells if cell.task_path == CONTESTED)
    write_run(place, "only", {"m": {CONTESTED: place.read_records(key)}}, {CONTESTED: found.tasks[CONTESTED]})
    rule = {"id": "r", "kind": "absolute", "metric": "accuracy", "min": 0.1}
    judged = gate({"rule": [rule]}, "only", store=store, resamples=200)
    assert judged.exit_code == 3
    one = next(one for one in judged.findings if one.rule == "r")
    assert one.message == (
        f'it names no task, and this is judged by rules that name it only: {CONTESTED} (contested); task = "{CONTESTED}"'
    )


def test_the_power_of_a_rule_is_not_estimated_on_a_contested_task(run):
    """`--plan` asks the same tasks as the gate."""
    _, store = run
    rules = as_rules({"rule": [{"id": "r", "kind": "noninferiority", "margin": 0.02}]})
    where = find_locations({}, store, None)
    context = make_context(rules, where, "r:careless", baseline="r:careful", resamples=200)
    assert [one.path for one in plan(rules, context)] == [PLAIN]


def test_a_report_marks_no_best_score_of_a_contested_task(run):
    """In the table, in what is said above it, and in the differences."""
    found, store = run
    grid = build_grid([found])
    (table,) = summarise(grid)
    at = [head.title for head in table.heads].index("contested")
    assert {row.cells[at].tier for row in table.rows} == {RankTier.ALONE}
    assert "contested, in no average and no rank" in table.heads[at].lines
    section = differences_of([found], grid, Store(store).read_records)
    assert section.family == 1
    assert {line.task: line.adjusted for line in section.lines}[CONTESTED] in ("", "–")


@pytest.mark.parametrize("suffix", ["html", "md"])
def test_a_written_report_says_that_the_task_is_in_no_rank(run, tmp_path, suffix):
    """A reader of the page alone is told."""
    _, store = run
    page = report("r", tmp_path / f"page.{suffix}", store=store)
    assert "contested, in no average and no rank" in page.read_text(encoding="utf-8")
