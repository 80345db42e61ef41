"""The contract of a report: the same bytes for the same input, whatever the runs hold."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from benchwright import registry
from benchwright.reporting import choose
from benchwright.testing.capability_samples import CAPABILITY_SAMPLES
from benchwright.testing.checks import Check, Skipped, check_registered, require, run_checks
from benchwright.testing.hostile import HARMLESS, mangled
from benchwright.testing.hostile import HOSTILE as HOSTILE_TEXTS
from benchwright.testing.imports import check_imports_light
from benchwright.testing.shown import elements, problems
from benchwright.testing.write_run import ALARM, HOSTILE, SAMPLES
from benchwright.types import ModelRef, OfOneModel, Record, Report, ReportOptions, Run

_ALL = {**SAMPLES, **CAPABILITY_SAMPLES}
_NOTE = "# a\n\n*b* **c** `d` [e](https://example.org) ![f](g) ~~h~~\n\n> i\n\n- j\n\n1. k\n\n3) l\n\n| m |\n|--:|\n| n |\n\n```\no\n```\n\n***\n\np\\\nq "
"""A note of everything that a note may hold."""
_LOADS = re.compile(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//|@import|url\(\s*["']?(?:https?:)?//""", re.IGNORECASE)
_LINK = re.compile(r"""<a\s[^>]*>""", re.IGNORECASE)


def check_report(report: Report) -> tuple[str, ...]:
    """Names of the checks that a report passes, on written runs.

    Raises:
        AssertionError: Lists every check that failed.
    """
    return run_checks(f"the report {report.name!r}", _checks(report))


def _checks(report: Report) -> Iterator[Check]:
    yield "is registered under its own name", partial(check_registered, "reports", report)
    yield "imports nothing heavy", partial(check_imports_light, "reports", report)
    yield "says what it is", partial(_check_card, report)
    for name in samples_of(report):
        yield f"{name}: renders, twice the same", partial(_check_same, report, name)
    yield "another process renders the same bytes", partial(_check_other_process, report)
    yield "names models, tasks and reasons", partial(_check_told, report)
    yield "says alarms", partial(_check_alarm, report)
    yield "text is escaped", partial(_check_escaped, report)
    for name in samples_of(report):
        yield f"{name}: hostile texts stay text", partial(_check_hostile, report, name)
    yield "loads nothing", partial(_check_loads_nothing, report)


def _check_card(report: Report) -> None:
    require(isinstance(report, Report), "name, suffix or render is missing")
    require(re.fullmatch(r"\.\w+", report.suffix), f"the suffix is {report.suffix!r}, not `.html` or the like")


def _check_same(report: Report, name: str) -> None:
    first, second = (_render(report, name) for _ in range(2))
    require(first == second, "two renderings differ")


def _check_other_process(report: Report) -> None:
    """Sets and hashes are ordered otherwise in a process with another hash seed."""
    if report.name not in registry.entries("reports"):
        raise Skipped("it is not registered")
    digests = {_digest_elsewhere(report.name, seed) for seed in ("1", "2")}
    digests.add(digest(report))
    require(len(digests) == 1, f"{len(digests)} different renderings of the same runs")


def _check_told(report: Report) -> None:
    text = _render(report, "one result") + _render(report, "errors only")
    absent = [name for name in ("fair-model", "polarity") if name not in text]
    require(not absent, f"nowhere in the report: {', '.join(absent)}")


def _check_alarm(report: Report) -> None:
    """Nobody may pass on a number whose alarm a reader has not seen."""
    text = " ".join(_render(report, "an alarm").split())
    require(ALARM in text, f"a result has the alarm {ALARM!r}, and the report does not say it")


def _check_escaped(report: Report) -> None:
    _only_html(report)
    text = "".join(_render(report, name) for name in _ALL if "HTML" in name)
    require(HOSTILE not in text, f"{HOSTILE} from a text reaches the page as it is")
    require("<script>alert" not in text, "a script from a text reaches the page as it is")


def _check_hostile(report: Report, name: str) -> None:
    """The same elements and attributes as with harmless texts, nothing unseen, no formula, whatever is said in data."""
    sample = _ALL[name]()
    runs = narrowed(sample.runs) if _is_of_one_model(report) else sample.runs
    hostile, harmless = (_shown(report, *mangled(runs, sample.records, pieces)) for pieces in (HOSTILE_TEXTS, HARMLESS))
    found = problems(hostile, report.suffix)
    more = elements(hostile, report.suffix) - elements(harmless, report.suffix)
    found += [f"texts of data became elements or attributes: {sorted(more)[:5]}"] if more else []
    require(not found, "; ".join(found))


def _shown(report: Report, runs: Sequence[Run], records: Callable[[str], Sequence[Record]]) -> str:
    said = runs[0].name if runs else "none"
    return report.render(runs, records, ReportOptions(title=said, author=said, notes=(_NOTE + said,)))


def _check_loads_nothing(report: Report) -> None:
    _only_html(report)
    found = _LOADS.search(_LINK.sub("", _render(report, "one result")))
    require(found is None, f"the page asks for something from elsewhere: {found.group() if found else ''}")


def _only_html(report: Report) -> None:
    if report.suffix not in (".html", ".htm"):
        raise Skipped(f"{report.suffix} is not HTML")


def _render(report: Report, name: str) -> str:
    sample = _ALL[name]()
    runs = narrowed(sample.runs) if _is_of_one_model(report) else sample.runs
    text = report.render(runs, sample.records, ReportOptions(title="A title"))
    require(isinstance(text, str), f"render gives {type(text).__name__}, not text")
    return text


def samples_of(report: Report) -> tuple[str, ...]:
    """Names of the samples that a report renders: without a model, none that is about one."""
    return tuple(name for name, make in _ALL.items() if not _is_of_one_model(report) or make().runs)


def narrowed(runs: Sequence[Run]) -> tuple[Run, ...]:
    """The first run with its first model alone, for a report about one model."""
    run = runs[0]
    refs = run.spec.models or tuple(ModelRef(name=cell.model, adapter="written") for cell in run.cells[:1])
    refs = refs or (ModelRef(name="no-model", adapter="written"),)
    run = msgspec.structs.replace(run, spec=msgspec.structs.replace(run.spec, models=refs))
    return tuple(choose([run], models=[refs[0].name]))


def _is_of_one_model(report: object) -> bool:
    return isinstance(report, OfOneModel) and report.one_model


def digest(report: Report) -> str:
    """Hash of what a report makes of every sample."""
    texts = [_render(report, name) for name in samples_of(report)]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def _digest_elsewhere(name: str, seed: str) -> str:
    code = (
        "import sys; from benchwright import registry; from benchwright.testing.report import digest; "
        "print(digest(registry.get('reports', sys.argv[1])))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", code, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - our own
    require(done.returncode == 0, f"it does not render in another process: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()
