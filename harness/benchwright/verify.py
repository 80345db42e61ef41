"""Published numbers, recomputed: from published predictions through the normal path, or from published task scores.

Nothing here is special-cased: predictions enter as `predictions:` models do, data are read as for any run, metrics are
computed by the engine over records in a throw-away store. A row that is unequal is a fault of ours, or of the files.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchwright import registry
from benchwright.caveats import caveat_texts
from benchwright.config import parse_selector, split_options
from benchwright.errors import BenchwrightError, DataMissing, NotComparable, PluginError
from benchwright.paths import is_file
from benchwright.run import evaluate
from benchwright.score import aggregate
from benchwright.types import Frozen, ModelRef, Published, Run, Score, Suite

NOT_HERE = "not here"
_FROM_SCORES = "published task scores"


class Verified(Frozen, frozen=True, kw_only=True):
    """A published number and ours.

    Attributes:
        what: What the number is.
        source: Who published it.
        published: As printed.
        recomputed: Ours, rounded to as many digits; None where it was not computed.
        equal: Whether both are the same text; None where its files are not here.
        how: From what it was recomputed.
        reason: Why there is no number.
        caveats: What the card of the task says of its numbers, with the task's path.
    """

    what: str
    source: str
    published: str
    recomputed: str | None = None
    equal: bool | None = None
    how: str = ""
    reason: str = ""
    caveats: tuple[str, ...] = ()


def verify(data: Path | None = None) -> tuple[Verified, ...]:
    """Every published row of every suite, in the order of suites and rows.

    Args:
        data: Folder of benchmark files; without it only rows from published scores are recomputed.

    Raises:
        PluginError: A row names an aggregate, task or metric that does not exist.
    """
    with tempfile.TemporaryDirectory(prefix="benchwright-verify-") as store:
        return tuple(_rows(data, Path(store)))


def _rows(data: Path | None, store: Path) -> Iterator[Verified]:
    runs: dict[tuple[str, str], Run | BenchwrightError] = {}
    for name in registry.names("suites"):
        try:
            suite: Suite = registry.get("suites", name)
        except PluginError as error:  # one broken package must not hide the rows of the others, nor pass unseen
            yield Verified(what=f"suite {name}", source="", published="", equal=False, reason=error.problem)
            continue
        for row in suite.published:
            blank = Verified(what=row.what, source=row.source, published=row.value)
            if row.aggregate:
                yield _judged(blank, row, _from_scores(suite, row), how=f"{_FROM_SCORES}, {row.aggregate}")
                continue
            missing = _absent(row, data)
            if missing or data is None:
                yield _replace(blank, reason=f"{NOT_HERE}: {missing}", how=_how(row))
                continue
            source = (row.selector, row.predictions)
            if source not in runs:
                runs[source] = _run(row, data, store)
            yield _from_run(blank, row, runs[source])


def _from_scores(suite: Suite, row: Published) -> float:
    """The suite's aggregate over published task scores, as fractions."""
    named = next((found for found in suite.aggregates if found.name == row.aggregate), None)
    if named is None:
        raise PluginError(f"{row.what}: the suite {suite.name} has no aggregate {row.aggregate!r}")
    scores = {}
    for name, values in row.scores.items():
        task = suite.task(name)
        wanted = len(task.score_metrics) if task else 0
        if len(values) != wanted:
            raise PluginError(f"{row.what}: {len(values)} scores of {suite.name}/{name}", expected=f"{wanted}")
        scores[name] = Score(metric="score", value=sum(values) / len(values) / row.scale)
    found = aggregate("published", suite.name, named, scores)
    if found.value is None:
        raise PluginError(f"{row.what}: no average, {', '.join(found.missing) or found.reason}")
    return found.value


def _absent(row: Published, data: Path | None) -> str:
    """The files that a row needs and that are not in the data folder; empty when all are there.

    Data of a suite's own task are found by its card; the run says so when they are not.
    """
    if data is None:
        return "no data folder"
    predictions = split_options(row.predictions)[0]
    named = [predictions, *(value for key, value in parse_selector(row.selector).options.items() if key == "path")]
    return ", ".join(dict.fromkeys(name for name in named if not is_file(data / name)))


def _run(row: Published, data: Path, store: Path) -> Run | BenchwrightError:
    """The predictions as a model of a run; the error where they, or the data, cannot be read."""
    path, options = split_options(row.predictions)
    model = ModelRef(name="published", adapter="predictions", path=str(data / path), options=options)
    try:
        return evaluate([model], _in_folder(row.selector, data), store=store, data=data, offline=True)
    except BenchwrightError as error:
        return error


def _in_folder(selector: str, data: Path) -> str:
    """The selector with the paths among its options inside the data folder."""
    asked = parse_selector(selector)
    options = [
        f"{key}={data / value if is_file(data / value) else value}" for key, value in asked.options.items() if value
    ]
    head = selector.partition("?")[0]
    return f"{head}?{'&'.join(options)}" if options else head


def _from_run(blank: Verified, row: Published, run: Run | BenchwrightError) -> Verified:
    if isinstance(run, BenchwrightError):
        problems = getattr(run, "problems", (run,))
        if all(isinstance(problem, DataMissing) for problem in problems):
            return _replace(blank, reason=f"{NOT_HERE}: {problems[0].problem}", how=_how(row))
        return _replace(blank, equal=False, reason="; ".join(problem.problem for problem in problems), how=_how(row))
    cell = run.cells[0]
    told = caveat_texts(run.tasks[cell.task_path])
    blank = _replace(blank, caveats=tuple(f"{cell.task_path}: {text}" for text in told))
    wanted = (row.metric, row.slice or None)
    score = next((s for s in cell.scores if (s.metric.partition("@")[0], s.slice) == wanted), None)
    if score is None and cell.status == "scored":
        where = f" of the slice {row.slice!r}" if row.slice else ""
        raise PluginError(f"{row.what}: {row.selector} has no metric {row.metric!r}{where}")
    if score is None or score.value is None or score.errored:
        return _replace(blank, equal=False, reason=cell.reason or "no value", how=_how(row))
    return _judged(blank, row, score.value, how=_how(row))


def _judged(blank: Verified, row: Published, value: float, *, how: str) -> Verified:
    digits = len(row.value.partition(".")[2])
    text = f"{value * row.scale:.{digits}f}"
    return _replace(blank, recomputed=text, equal=text == row.value, how=how)


def _how(row: Published) -> str:
    where = f", {row.slice}" if row.slice else ""
    return f"{row.metric} of {row.predictions} on {row.selector}{where}"


def _replace(row: Verified, **changes: object) -> Verified:
    import msgspec

    return msgspec.structs.replace(row, **changes)


def check_found(rows: Sequence[Verified], data: Path) -> None:
    """Raise when rows need files and not one of them found all of its files: it is most likely the wrong folder.

    Raises:
        NotComparable: As said; names the folders that are expected in it.
    """
    needy = [row for row in rows if row.source and not row.how.startswith(_FROM_SCORES)]
    if not needy or any(row.equal is not None for row in needy):
        return
    names = [name for row in needy for name in row.reason.removeprefix(f"{NOT_HERE}: ").split(", ") if "/" in name]
    folders = dict.fromkeys(f"{name.rpartition('/')[0]}/" for name in names if not is_file(data / name))
    raise NotComparable(
        f"none of the {len(needy)} published predictions is in {data}",
        expected=f"a folder that holds {', '.join(folders)}" if folders else "a folder of benchmark files",
        hint="give the folder above these with --data, or leave --data out to recompute averages alone",
    )


def caveat_lines(rows: Sequence[Verified]) -> list[str]:
    """What must be known of numbers that were recomputed, each caveat once with the count of numbers that it is about."""
    found = Counter(text for row in rows if row.recomputed is not None for text in row.caveats)
    return [f"{text} [{number} {'number' if number == 1 else 'numbers'}]" for text, number in found.items()]


def page(rows: Sequence[Verified]) -> str:
    """The rows as `docs/verification.md`: what, published, recomputed, equal, and from what."""
    lines = [*_HEAD.splitlines(), "", "| what | published | recomputed | equal |", "|---|---:|---:|---|"]
    lines += [f"| {row.what} | {row.published} | {row.recomputed or ''} | {_said(row)} |" for row in rows]
    sources: dict[str, list[Verified]] = {}
    for row in rows:
        sources.setdefault(row.source, []).append(row)
    told = caveat_lines(rows)
    lines += ["", "## Before a number is believed", "", *(f"- {text}" for text in told)] if told else []
    lines += ["", "## Where the numbers come from", ""]
    for source, mine in sources.items():
        ways = dict.fromkeys(row.how for row in mine)
        lines += [f"- {source}", *(f"  - `{way}`" for way in ways)]
    return "\n".join(lines) + "\n"


def _said(row: Verified) -> str:
    return row.reason if row.equal is None else "yes" if row.equal else f"**no** {row.reason}".strip()


_HEAD = """# Published numbers, recomputed

`benchwright verify --data DIR` reads published predictions as it reads those of any other system, scores them with the
metrics of every run, and compares the result with what was published, to every printed digit; averages are recomputed
from published task scores by the suite's recipe. No model is needed. This page is written by
`benchwright verify --data DIR --write docs/verification.md`; a test fails when it is out of date."""
