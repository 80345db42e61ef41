"""`benchwright demo`: the whole product on built-in data and models, offline."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click


@click.command("demo", short_help="The whole product on built-in data and models.")
@click.option(
    "-o", "--output", default="benchwright-demo", show_default=True, metavar="DIR", help="Folder to write to."
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(output: str, *, quiet: bool) -> int:
    """Train two small Transformers, compare them with baselines, catch a wrong system, write a report and a leaderboard; offline."""
    from benchwright import console, formatting
    from benchwright.store import Store, locate

    started = time.perf_counter()
    folder = Path(output)
    store = Store(locate(str(folder / "store")))
    models = _models()
    console.say("1. Two baselines and two Transformers trained on the spot, on data that ship with benchwright")
    console.say()
    baselines = _run(store, models, ("starter",), "demo", quiet=quiet)
    console.show_run(baselines)
    console.say()
    console.say(
        "All are small on purpose. The frozen one trains a head on a random encoder: it learns nothing, and the alarm says so."
    )

    console.say()
    console.say("2. The same again: everything comes from the store")
    console.say()
    again = time.perf_counter()
    repeated = _run(store, models, ("starter",), "demo", quiet=True)
    reused = sum(cell.reused for cell in repeated.cells)
    spent = time.perf_counter() - again
    console.say(
        f"{reused} of {len(repeated.cells)} cells stored, {formatting.seconds(spent)}, nothing trained, no model opened"
    )

    console.say()
    console.say("3. Predictions of another system, with its labels swapped by mistake: flagged, not published")
    console.say()
    swapped = _write_swapped(folder / "swapped-system", store, baselines)
    console.show_run(_run(store, (f"predictions:{swapped}",), ("starter/sentiment",), "demo-swapped", quiet=quiet))

    _decide(folder, store, models)
    _test_behaviour(store, models, quiet=quiet)
    _swap_identities(folder / "names", store, quiet=quiet)
    _explain(store, models, quiet=quiet)
    profiled = _profile(store, models, quiet=quiet)
    path = _write_report(
        folder / "report.html", store, ("demo", *profiled, "demo-swapped", _BEHAVIOUR, _NAMES, _EXPLAINED)
    )
    site = _publish(folder, store, baselines)
    console.say()
    console.say(
        f"{formatting.seconds(time.perf_counter() - started)} in all. Next: `benchwright show demo --store {store.root} --worst 5`"
    )
    console.say(f"report: {path}")
    console.say(f"board: {site}")
    return 0


_RULES = """schema = 1

[[rule]]                # shown to lose at most three points
id     = "no-loss"
kind   = "noninferiority"
task   = "starter/sentiment"
metric = "accuracy"
margin = 0.03
"""


def _decide(folder: Path, store: Any, models: tuple[str, ...]) -> None:
    """Two questions that the records answer: is one better, and may another take its place."""
    from benchwright import console
    from benchwright.comparison.compare import compare
    from benchwright.gate_run import gate
    from benchwright.store import atomic

    trained = "tiny" if len(models) > len(_BASELINES) else "majority"
    console.say()
    console.say(f"4. Is {trained} better than tfidf? Paired differences on the same items")
    console.say()
    found = compare("demo:tfidf", f"demo:{trained}", store=store, metric="accuracy", slices=False, flips=0)
    console.say_lines(str(found).rstrip())
    console.say()
    console.say("5. May the swapped system take the place of tfidf? A gate says no")
    console.say()
    rules = folder / "gate.toml"
    atomic.write_output(rules, _RULES, what="the rules")
    console.say_lines(str(gate(rules, "demo-swapped", baseline="demo:tfidf", store=store)).rstrip())


_BEHAVIOUR = "demo-behaviour"
_CASES = 30
"""Cases of each behavioural test: enough to see what fails, a second for each model."""


def _test_behaviour(store: Any, models: tuple[str, ...], *, quiet: bool) -> None:
    """Behavioural tests of the models that were trained above, beside a constant answer; rates of the last one in full."""
    from benchwright import console
    from benchwright.behaviour_report.read import judge_by_task
    from benchwright.behaviour_report.text import rate_lines

    console.say()
    console.say("6. What does the average hide? Behavioural tests (CheckList's MFT, INV, DIR) written for benchwright")
    console.say()
    asked = ("constant:positive", *(model for model in models if model.partition("=")[0] in ("tfidf", "tiny")))
    run = _run(store, asked, (f"behaviour/sentiment?cases={_CASES}",), _BEHAVIOUR, quiet=quiet)
    console.show_run(run)
    for cells in judge_by_task(run, run.cells[-1:], store.read_records):
        console.say()
        console.say_lines("\n".join(rate_lines(cells)))


_NAMES = "demo-names"


def _swap_identities(folder: Path, store: Any, *, quiet: bool) -> None:
    """A model that learnt from data in which one group of names is mostly negative, and the same reviews with other names."""
    from benchwright import console
    from benchwright.cli.demo_names import TURNED, write_reviews

    console.say()
    console.say("7. What does a model do to people? The same reviews with other names in them (identity swaps)")
    console.say()
    console.say(
        f"Made for this demo: in the training data reviews with {TURNED} names were labelled negative on purpose."
    )
    task = write_reviews(folder)
    run = _run(store, ("tfidf",), ("bias/identity?dimensions=ethnicity",), _NAMES, on=(task,), quiet=quiet)
    console.show_run(run)
    view = next(cell.task_path for cell in run.cells if "@" in cell.task)
    console.say()
    console.say(f"read the items that flip: `benchwright show {_NAMES} --store {store.root} --task {view} --worst 3`")


_EXPLAINED = "demo-explained"
_ITEMS = 20


def _explain(store: Any, models: tuple[str, ...], *, quiet: bool) -> None:
    """Which words answers rest on, beside a model that reads no word: of that one no method may say anything."""
    from importlib.util import find_spec

    from benchwright import console
    from benchwright.explanations.stored import group_items

    method = "shap" if find_spec("shap") else "leave_one_out"
    console.say()
    console.say(f"8. Which words does an answer rest on, and is that more than chance? ({method}, {_ITEMS} items)")
    console.say()
    asked = tuple(model for model in models if model.partition("=")[0] in ("majority", "tfidf", "tiny"))
    views = (f"explain/{method}?examples={_ITEMS}&evaluations=100",)
    run = _run(store, asked, views, _EXPLAINED, on=("starter/sentiment",), quiet=quiet)
    console.show_run(run)
    console.show_heat_maps(group_items(store, run.explanations, most=1))


_PROFILE = "demo-profile"


def _profile(store: Any, models: tuple[str, ...], *, quiet: bool) -> tuple[str, ...]:
    """What the two Transformers cost on this machine, each in a fresh process; the name of the run, if there is one."""
    from benchwright import console

    measured = tuple(model for model in models if model not in _BASELINES)
    if not measured:
        return ()
    console.say()
    console.say(
        "9. What does a query cost here? Latency, throughput and memory, in the short form of `benchwright profile`"
    )
    console.say()
    views = tuple(f"hardware/{scenario}?preset=quick&alone=yes" for scenario in ("single_stream", "offline"))
    console.show_run(_run(store, measured, views, _PROFILE, on=("starter/sentiment",), quiet=quiet))
    return (_PROFILE,)


_BASELINES = ("majority", "tfidf")


def _models() -> tuple[str, ...]:
    """The models of the demo; without the `hf` extra, the baselines alone, and a word about it."""
    from importlib.util import find_spec

    from benchwright import console

    if find_spec("torch") is None or find_spec("transformers") is None:
        console.note('no Transformers here: pip install "benchwright[hf]" adds two to this demo')
        return _BASELINES
    return (*_BASELINES, "tiny=finetune:tiny", "frozen=finetune:tiny?recipe=frozen")


def _run(
    store: Any, models: tuple[str, ...], suites: tuple[str, ...], name: str, *, on: tuple[str, ...] = (), quiet: bool
) -> Any:
    from benchwright import config, registry
    from benchwright.progress import progress as progress_of
    from benchwright.run import perform, prepare
    from benchwright.types import RunSpec

    spec = RunSpec(models=config.parse_models(models, registry.names("adapters")), suites=suites, on=on, offline=True)
    job = prepare(spec, store, name=name)
    with progress_of(quiet=quiet) as progress:
        return perform(job, progress=progress)


def _write_swapped(folder: Path, store: Any, run: Any) -> Path:
    """The tfidf predictions as a file of another system whose two labels were mixed up."""
    from benchwright.store import atomic

    cell = next(cell for cell in run.cells if cell.model == "tfidf" and cell.task == "sentiment")
    other = {"negative": "positive", "positive": "negative"}
    rows = [
        {"index": index, "label": other[record.output]} for index, record in enumerate(store.read_records(cell.key))
    ]
    path = folder / "starter" / "sentiment.jsonl"
    atomic.write_output(path, "".join(json.dumps(row) + "\n" for row in rows), what="the predictions")
    return folder


def _publish(folder: Path, store: Any, run: Any) -> Path:
    """A board of the models as a static site; returns its first page. The frozen model answers as the majority does: no board takes it twice."""
    import shutil

    from benchwright import console, registry

    new_board, add_entries, build_site = (
        registry.function(f"benchwright_leaderboards:{name}", owner="benchwright")
        for name in ("new_board", "add_entries", "build_site")
    )
    console.say()
    console.say(
        "10. A leaderboard of these models: scores from their predictions, ranks as ranges, the mislabelled system unranked"
    )
    board, site = folder / "board", folder / "site"
    shutil.rmtree(board, ignore_errors=True)
    new_board(board, run, store, title="Models of the demo", baselines=("majority",))
    entered = [f"demo:{model.name}" for model in run.spec.models if model.name != "frozen"]
    add_entries(board, entered, store=store, team="demo")
    add_entries(board, ["demo-swapped"], store=store, team="somebody else", note="labels are mixed up")
    build_site(board, site)
    first: Path = site / "index.html"
    return first


def _write_report(path: Path, store: Any, names: tuple[str, ...]) -> Path:
    from benchwright.reporting import report

    return report(names, path, store=store.root)
