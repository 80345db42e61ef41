"""Models of a run that compute one checkpoint in several ways, from the store to the reports."""

import json
from types import SimpleNamespace

import msgspec
import pytest

from benchwright import console
from benchwright.agreement.of_run import choices_of, compare_variants, join_variants
from benchwright.cli.main import call
from benchwright.redaction import with_short_reasons, without_texts
from benchwright.registry import get
from benchwright.render.grid import build_grid
from benchwright.report_content.roles import find_roles
from benchwright.report_request import ReportRequest
from benchwright.reporting import compose
from benchwright.run_json import result_json
from benchwright.store import Store
from benchwright.testing.write_run import write_run
from benchwright.types import (
    Agreement,
    Facts,
    LatencyRatio,
    Machine,
    PrecisionChoice,
    Profile,
    ProfileSpec,
    ReportOptions,
    TriedVariant,
)

TASK = "s/toy"
FACTS = {
    "plain": Facts(digest="d", kinds=(), size_bytes=1000, memory_bytes=1000),
    "half": Facts(digest="c", kinds=(), parent="d", variant="bfloat16", size_bytes=1000, memory_bytes=500),
    "other": Facts(digest="e", kinds=()),
    "export": Facts(digest="f", kinds=(), parent="d", variant="ONNX Runtime, float32"),
}


@pytest.fixture
def run(tmp_path, make_task, make_records):
    """Three models on 200 items: `half` changes two answers of `plain`, one of them for the worse; `other` is another checkpoint."""
    targets = ["a"] * 199 + ["b"]
    sure, near = (0.9, 0.05, 0.05), (0.45, 0.4, 0.15)
    answers = {
        "plain": make_records(["a"] * 200, [sure] * 198 + [near] * 2, targets),
        "half": make_records(["a"] * 198 + ["b"] * 2, [sure] * 198 + [(0.4, 0.45, 0.15)] * 2, targets),
        "other": make_records(["b"] * 200, [(0.1, 0.8, 0.1)] * 200, targets),
    }
    task = make_task()
    made = {model: {TASK: records} for model, records in answers.items()}
    return write_run(Store(tmp_path), "ways", made, {TASK: task}, facts=FACTS, scored=True)


def with_variants(run):
    """The run as `benchwright run` stores it."""
    store = Store(run.store)
    cells = tuple(msgspec.structs.replace(cell, seconds=4.0 if cell.model == "plain" else 2.0) for cell in run.cells)
    found = msgspec.structs.replace(run, cells=cells, variants=compare_variants(store, cells, run.tasks))
    return msgspec.structs.replace(found, precisions=(choice(cells[0]),))


@pytest.fixture
def bench(tmp_path, make_task, make_records):
    """A store, and what writes runs into it: models with their outputs to four items, as `benchwright run` stores them."""

    def write(name, models, facts, **more):
        answers = {
            model: {TASK: make_records(list(outputs), targets=list("aabb"))} for model, outputs in models.items()
        }
        known = {model: FACTS[facts[model]] for model in models}
        run = write_run(store, name, answers, {TASK: make_task()}, scored=True, facts=known, **more)
        cells = tuple(msgspec.structs.replace(cell, seconds=2.0) for cell in run.cells)
        store.write_run(msgspec.structs.replace(run, cells=cells, variants=compare_variants(store, cells, run.tasks)))
        return store.read_run(name)

    store = Store(tmp_path)
    return SimpleNamespace(store=store, write=write)


def choice(cell):
    agreement = Agreement(n=50, same=48, beyond=1, surest=0.4, largest=0.5)
    return PrecisionChoice(
        model=cell.model,
        suite=cell.suite,
        task=cell.task,
        split=cell.split,
        key=str(cell.key),
        chosen="exact",
        reason="no variant reaches the agreement",
        sampled=50,
        total=200,
        seconds=1.0,
        tried=(
            TriedVariant(name="int8", seconds=0.25, agreement=agreement, reason="96.00 % of the answers are the same"),
        ),
    )


def test_a_variant_stands_beside_the_exact_model_of_its_checkpoint(run):
    """Facts of the whole split, counted by hand; a model of another checkpoint has no row."""
    exact, half = with_variants(run).variants
    assert (exact.model, exact.parent, exact.agreement, exact.per_second) == ("plain", "plain", None, 50.0)
    assert (half.model, half.parent, half.variant, half.per_second) == ("half", "plain", "bfloat16", 100.0)
    found = half.agreement
    assert (found.n, found.flips, found.beyond, found.negative, found.positive) == (200, 2, 0, 1, 1)
    assert found.surest == pytest.approx(0.05)
    assert found.change.value == pytest.approx(0.0)
    assert found.change.low < 0 < found.change.high


def test_a_run_without_variants_has_no_rows(run):
    """One way of computing each checkpoint is nothing to compare; without `plain` nothing says how far `half` agrees."""
    store, cells = Store(run.store), run.cells
    assert compare_variants(store, [cell for cell in cells if cell.model != "half"], run.tasks) == ()
    assert compare_variants(store, [cell for cell in cells if cell.model != "plain"], run.tasks) == ()
    assert choices_of(store, cells) == ()


def test_a_variant_is_compared_with_the_exact_model_that_reads_as_it_does(bench):
    """Of two exact models one reads four tokens of each text: what that changes is no change of bfloat16."""
    facts = {"short": "plain", "plain": "plain", "half": "half", "short-half": "half"}
    outputs = {"short": "bbbb", "plain": "aabb", "half": "aabb", "short-half": "bbba"}
    keys = {model: {"options": {"max_length": "4"}} for model in ("short", "short-half")}
    rows = {row.model: row for row in bench.write("r", outputs, facts, keys=keys).variants}
    assert (rows["half"].parent, rows["half"].agreement.flips) == ("plain", 0)
    assert (rows["short-half"].parent, rows["short-half"].agreement.flips) == ("short", 1)


def test_a_cell_that_was_computed_fast_is_never_shown_as_exact(bench):
    """Two models of one checkpoint in a run with --precision fast: neither is exact, and the way that was taken is told."""
    facts = {"plain": "plain", "half": "half"}
    fast = {model: {"precision": "fast"} for model in facts}
    run = bench.write("r", dict.fromkeys(facts, "aabb"), facts, keys=fast)
    bench.store.write_choice(run.cells[0].key, PrecisionChoice(chosen="int8", reason="it agrees"))
    found = compare_variants(bench.store, run.cells, run.tasks)
    assert [(row.variant, row.is_exact, row.agreement) for row in found] == [
        ("fast: int8", False, None),
        ("fast, bfloat16", False, None),
    ]


def test_runs_are_joined(bench):
    """The exact model was run first, its variants later, in runs of their own, under the same name."""
    fast = {"m": {"precision": "fast"}}
    runs = [
        bench.write("first", {"m": "aabb"}, {"m": "plain"}),
        bench.write("second", {"m": "abbb"}, {"m": "half"}),
        bench.write("third", {"m": "aaab"}, {"m": "plain"}, keys=fast),
    ]
    assert [run.variants for run in runs] == [(), (), ()]
    (exact,), (half,), (third,) = [run.variants for run in join_variants(bench.store, runs)]
    assert (exact.is_exact, exact.parent_run, exact.apart) == (True, "", "")
    assert (half.parent, half.parent_run, half.apart, half.agreement.flips) == ("m", "first", "another run", 1)
    assert half.agreement.change.value == pytest.approx(-0.25)
    assert (third.variant, third.agreement.flips, third.agreement.negative) == ("fast", 1, 1)


@pytest.mark.parametrize("more", [{"data": "other"}, {"limit": 4}])
def test_runs_of_other_items_are_not_joined(bench, more):
    """Other data and another --limit are other questions."""
    exact = bench.write("exact", {"m": "aabb"}, {"m": "plain"})
    half = bench.write("half", {"m": "aabb"}, {"m": "half"}, **more)
    assert [run.variants for run in join_variants(bench.store, [exact, half])] == [(), ()]


@pytest.mark.parametrize(("machine", "apart"), [("one", "another run"), ("two", "another machine")])
def test_speeds_of_different_runs_are_not_divided(bench, machine, apart):
    """Items a second stand beside one another, no multiple of exact does, and why is told in every form."""
    exact = bench.write("exact", {"m": "aabb"}, {"m": "plain"}, environment={"machine": "one"})
    half = bench.write("half", {"m": "aabb"}, {"m": "half"}, environment={"machine": machine})
    pages = {
        form: compose(bench.store, [exact, half], ReportRequest(), name=form)[0].text
        for form in ("json", "html", "markdown")
    }
    (table,) = json.loads(pages["json"])["sections"]["precision"]["tables"]
    plain, other = table["rows"]
    assert (table["reference"], plain["system"], other["system"]) == ("exact:m", "exact:m", "half:m")
    assert (plain["speed"]["text"], other["speed"]["text"]) == ("2/s", "2/s")
    assert (other["times"]["text"], other["times"]["between"]) == ("–", apart)
    assert all(apart in page for page in pages.values())


def test_what_was_measured_again_is_told_apart_within_a_run(bench):
    """The exact cell was in the store, the other one was computed now: their seconds are of different hours."""
    run = bench.write("r", {"plain": "aabb", "half": "aabb"}, {"plain": "plain", "half": "half"})
    cells = [msgspec.structs.replace(cell, reused=cell.model == "plain") for cell in run.cells]
    assert [row.apart for row in compare_variants(bench.store, cells, run.tasks)] == ["", "another run"]


def test_compare_shows_them(bench, capsys, tmp_path):
    """What `benchwright compare` prints, its Markdown and its JSON have the table of a report."""
    bench.write("exact", {"m": "aabb"}, {"m": "plain"})
    bench.write("half", {"m": "abbb"}, {"m": "half"})
    asked = ["compare", "exact", "half", "--store", str(bench.store.root)]
    assert call([*asked, "--markdown", str(tmp_path / "c.md")]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert any(line.startswith("half:m bfloat16 2/s – another run 75.00 % 1 1") for line in lines)
    assert not any("quotient of two speeds" in line for line in lines), "no speeds were divided"
    assert "| **half:m** | bfloat16 |" in (tmp_path / "c.md").read_text()
    assert call([*asked, "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["variants"]
    assert [(row["system"], row["apart"]) for row in rows] == [("exact:m", ""), ("half:m", "another run")]


def test_the_terminal_shows_them(run, capsys):
    """A table of ways, then what was chosen and why."""
    console.show_precision(with_variants(run))
    text = capsys.readouterr().out
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "ways of computing one checkpoint on s/toy (test)" in lines
    half = next(line for line in lines if line.startswith("half bfloat16"))
    assert half.startswith("half bfloat16 100/s 2.00 99.00 % 2 1 0 no 0.00 [")
    assert "half does not agree: 99.00 % of the answers are the same, and 99.5 % are asked for" in lines
    assert "were not measured in turn" in " ".join(lines)
    assert any(line.startswith("plain s/toy int8 4.00 96.00 % 2 1 96.00 % of the answers") for line in lines)
    assert any(line.startswith("plain s/toy exact – – – – taken: no variant reaches") for line in lines)


def in_turn(run, **ratio):
    """A session that measured `half` in turn with `plain`, four times as fast."""
    given = {"model": "half", "against": "plain", "value": 0.25, "low": 0.2, "high": 0.4, "blocks": 16, **ratio}
    return Profile(
        model=given["model"],
        suite="hardware",
        base=TASK,
        split=run.cells[0].split,
        key="k",
        spec=ProfileSpec(scenario="interleaved"),
        machine=Machine(fingerprint="f", facts={}),
        session="one",
        device="cpu",
        precision="exact",
        quantities=(),
        ratios=(LatencyRatio(**given),),
    )


def test_a_session_in_turn_says_how_much_faster_a_way_is(run, capsys):
    """Not the seconds of two cells, which were computed one after the other: those say 2 times, the session 4."""
    found = compare_variants(Store(run.store), run.cells, run.tasks, [in_turn(run)])
    assert found[0].in_turn is None
    assert found[1].in_turn.value == 0.25
    console.show_precision(msgspec.structs.replace(run, variants=found))
    text = " ".join(capsys.readouterr().out.split())
    assert "4.00 [2.50, 5.00]" in text
    assert "blocks of both in turn" in text

    noisy = compare_variants(Store(run.store), run.cells, run.tasks, [in_turn(run, noisy=True)])
    console.show_precision(msgspec.structs.replace(run, variants=noisy))
    text = " ".join(capsys.readouterr().out.split())
    assert "4.00 noisy" in text
    assert "too noisy to tell which way is the fastest" in text

    other = compare_variants(Store(run.store), run.cells, run.tasks, [in_turn(run, against="other")])
    assert other[1].in_turn is None, "a ratio to another model says nothing about exact"


def test_the_size_of_an_export_is_known_once_it_is_made(run):
    """At the plan there is none yet; what tells how it was made is no part of it."""
    store = Store(run.store)
    key = next(str(cell.key) for cell in run.cells if cell.model == "other")
    assert store.read_facts(key).size_bytes is None
    made = store.root / "models" / "e"
    made.mkdir(parents=True)
    (made / "model.onnx").write_bytes(b"x" * 70)
    assert store.read_facts(key).size_bytes is None, "it is not finished"
    (made / "export.json").write_text("{}")
    assert store.read_facts(key).size_bytes == 70


def test_the_row_of_an_export_has_its_size(bench):
    """Which the plan did not know, and the store does."""
    made = bench.store.root / "models" / "f"
    made.mkdir(parents=True)
    (made / "model.onnx").write_bytes(b"x" * 70)
    (made / "export.json").write_text("{}")
    run = bench.write("r", {"plain": "aabb", "export": "aabb"}, {"plain": "plain", "export": "export"})
    assert [row.size_bytes for row in run.variants] == [1000, 70]


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_reports_show_them(run, form):
    """The page and the comment have both tables, with what the columns mean."""
    store = Store(run.store)
    text = get("reports", form).render([with_variants(run)], store.read_records, ReportOptions())
    assert "Fast and exact" in text
    for part in ("bfloat16", "99.00 %", "198 of 200", "100/s", "int8", "Sure", "500 B", "99.5 % are asked for"):
        assert part in text, part


def test_json_holds_every_number(run):
    """The document has the section; what `run` and `show` print as JSON has numbers unrounded."""
    store = Store(run.store)
    document = json.loads(get("reports", "json").render([with_variants(run)], store.read_records, ReportOptions()))
    assert document["sections"]["precision"]["tables"][0]["rows"][1]["system"] == "half"
    (row,) = [one for one in document["numbers"] if one["metric"] == "agreement"]
    assert (row["model"], row["against"], row["value"]) == ("half", "plain", 0.99)
    assert row["counts"]["negative flips"] == 1
    result = result_json(with_variants(run))
    assert result["variants"][1]["agreement"]["same"] == 198
    assert result["precisions"][0]["tried"][0]["agreement"]["beyond"] == 1


def test_what_a_variant_threw_is_left_out_of_a_report_without_texts(run):
    """A library may quote an example in its complaint, and a path in another; why a variant was too slow is no secret."""
    tried = (
        TriedVariant(name="a", reason="it fails: ValueError: 'my secret text'"),
        TriedVariant(name="b", reason="it cannot be opened: no file /home/me/models/m/model.onnx"),
        TriedVariant(name="c", reason="slower than a"),
    )
    kept = msgspec.structs.replace(choice(run.cells[0]), tried=tried)
    shown = with_short_reasons(without_texts(msgspec.structs.replace(run, precisions=(kept,))))
    reasons = [one.reason for one in shown.precisions[0].tried]
    assert reasons[0] == "it fails: the message is left out, as it may quote an example"
    assert "/home/me" not in reasons[1]
    assert reasons[2] == "slower than a"


def test_a_run_computed_exactly_in_one_way_has_no_such_section(run):
    """Nothing is said where there is nothing to say."""
    text = get("reports", "html").render([run], Store(run.store).read_records, ReportOptions())
    assert "Fast and exact" not in text


def test_what_fast_took_has_no_memory_of_another_way(bench):
    """Facts are those of the reference: of another way that was taken they do not tell the memory; where exact was taken they do."""
    run = bench.write("ways", {"m": "aabb"}, {"m": "plain"})
    fast = bench.write("fast", {"m": "aabb"}, {"m": "plain"}, keys={"m": {"precision": "fast"}})
    found = {}
    for chosen in ("exact", "bfloat16"):
        bench.store.write_choice(fast.cells[0].key, PrecisionChoice(chosen=chosen, reason="told"))
        (_, row) = [row for one in join_variants(bench.store, [run, fast]) for row in one.variants]
        found[chosen] = row.memory_bytes

    assert found == {"exact": 1000, "bfloat16": None}


def test_the_exact_model_is_the_reference_of_its_ways(run):
    """Where all others compute its checkpoint otherwise, the best score, or the first name, decides nothing."""
    ways = with_variants(run)
    both = tuple(cell for cell in ways.cells if cell.model != "other")
    alone = msgspec.structs.replace(
        ways, cells=both, spec=msgspec.structs.replace(ways.spec, models=ways.spec.models[:2])
    )

    def reference(one):
        grid = build_grid([one])
        roles = find_roles(grid, ReportOptions(), [one])
        return grid.systems[roles.reference].model, roles.why

    assert reference(alone) == ("plain", "the exact one of the ways of computing this checkpoint")
    assert reference(ways)[1] == "the best score on most tasks"
