"""The verb `profile`: which hardware profiles of which tasks are meant, as a run of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.execution.outcome import Progress
from benchwright.profile_options import OPTIONS, hardware_views, takes
from benchwright.run import Model, evaluate
from benchwright.task_path import HARDWARE
from benchwright.types import SCENARIOS, Run, Scenario, Suite


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """How what was asked for is called where it was typed: flags of the command line, or arguments of a function.

    Attributes:
        option: An option with a value: ``--rate 20``; ``{name}`` has hyphens where ``flags`` says so.
        scenario: How a scenario is asked for.
        interleave: The same of the interleaved one.
    """

    flags: bool
    scenario: str
    interleave: str

    def option(self, name: str, value: str = "") -> str:
        """The option with its value: ``--price-per-hour 2.5`` or ``price_per_hour="2.5"``."""
        if self.flags:
            return f"--{name.replace('_', '-')}{f' {value}' if value else ''}"
        return f'{name}="{value}"' if value else name


FLAGS = Spelling(flags=True, scenario="--scenario {}", interleave="--interleave")
ARGUMENTS = Spelling(flags=False, scenario='scenario="{}"', interleave="interleave=True")

_WHERE_TAKEN: Mapping[str, Scenario] = {
    "batch": "offline",
    "batches": "sweep",
    "concurrency": "concurrency",
    "rate": "server",
    "bound": "server",
    "blocks": "interleaved",
}
"""Options of some scenarios only, and the one to ask for."""


def profile_selectors(
    scenarios: Sequence[Scenario], options: Mapping[str, str], *, models: int, spelling: Spelling = ARGUMENTS
) -> tuple[str, ...]:
    """Selectors of hardware views, one for each scenario: ``hardware/server?preset=quick&rate=20&alone=yes``.

    Args:
        scenarios: What shall be measured, at least one.
        options: Of `profile_options.OPTIONS`, as text.
        models: How many models are measured.
        spelling: How what is wrong is called.

    Raises:
        ConfigError: With every mistake: options that none of the scenarios takes, values that are none, too few models.
    """
    problems = [
        _not_taken(name, value, scenarios, spelling) for name, value in options.items() if _is_idle(name, scenarios)
    ]
    if "interleaved" in scenarios and models < 2:
        problems.append(
            BenchwrightError(
                f"{spelling.interleave} with {models} model",
                expected="at least two models, whose blocks of queries are measured in turn",
                hint="benchwright profile A B --suite SUITE/TASK --interleave; the same model twice: a=MODEL b=MODEL",
            )
        )
    suite: Suite = registry.get("suites", HARDWARE)
    taken = {name: value for name, value in options.items() if not _is_idle(name, scenarios)}
    for name, value in taken.items():
        try:
            hardware_views(suite, scenarios, {name: value})
        except BenchwrightError as error:
            problems += [_respelled(one, name, value, spelling) for one in getattr(error, "problems", (error,))]
    if problems:
        raise ConfigError(problems, where="profile")
    return tuple(
        f"{HARDWARE}/{scenario}?{_joined({name: value for name, value in taken.items() if takes(name, scenario)})}"
        for scenario in scenarios
    )


def _joined(options: Mapping[str, str]) -> str:
    return "&".join([*(f"{name}={value.replace(' ', '')}" for name, value in options.items()), "alone=yes"])


def _is_idle(name: str, scenarios: Sequence[Scenario]) -> bool:
    return name in OPTIONS and not any(takes(name, scenario) for scenario in scenarios)


def _not_taken(name: str, value: str, scenarios: Sequence[Scenario], spelling: Spelling) -> BenchwrightError:
    fitting = _asked_by(_WHERE_TAKEN[name], spelling)
    others = [one.replace("_", "-") for one in SCENARIOS if takes(name, one)]
    return BenchwrightError(
        f"{spelling.option(name, value)} has no meaning for {' and '.join(one.replace('_', '-') for one in scenarios)}",
        expected=f"{' or '.join(others)} where {spelling.option(name)} is given",
        hint=f"add {fitting}, or leave {spelling.option(name)} out",
    )


def _asked_by(scenario: Scenario, spelling: Spelling) -> str:
    if scenario == "interleaved":
        return spelling.interleave
    if scenario == "sweep":
        return "--sweep" if spelling.flags else "sweep=True"
    return spelling.scenario.format(scenario.replace("_", "-"))


def _respelled(error: BenchwrightError, name: str, given: str, spelling: Spelling) -> BenchwrightError:
    """What is wrong with an option, in the words of the place where it was typed."""

    def spelled(text: str) -> str:
        head, equals, value = text.partition(f"{name}=")
        return f"{head}{spelling.option(name, value)}" if equals else text

    problem = spelled(error.problem)
    if problem == error.problem:
        problem = f"{spelling.option(name, given)}: {problem}"
    return BenchwrightError(problem, expected=error.expected, hint=spelled(error.hint), shown=error.shown)


def asked_scenarios(
    named: Sequence[str], *, sweep: bool = False, concurrency: bool = False, interleave: bool = False
) -> tuple[Scenario, ...]:
    """The scenarios that are asked for, in the order of `types.SCENARIOS`; those of the suite itself where none is.

    Raises:
        ConfigError: A name is that of none.
    """
    names = [name.replace("-", "_") for name in named]
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        raise ConfigError(
            [
                BenchwrightError(
                    f"no scenario {name!r}",
                    expected=f"one of: {', '.join(one.replace('_', '-') for one in SCENARIOS)}",
                    hint=registry.suggest(name, SCENARIOS) or 'scenario="single-stream"',
                )
                for name in unknown
            ],
            where="profile",
        )
    wanted = {*names, *(["sweep"] if sweep else []), *(["concurrency"] if concurrency else [])}
    wanted |= {"interleaved"} if interleave else set()
    suite: Suite = registry.get("suites", HARDWARE)
    return tuple(one for one in SCENARIOS if one in (wanted or suite.views))


def refuse_views(tasks: Sequence[str]) -> None:
    """Raise ConfigError for selectors of hardware views, which are made here."""
    problems = [
        BenchwrightError(
            f"{text} is a hardware profile already",
            expected="SUITE/TASK: the task whose texts are the inputs",
            hint="leave it out: profile MODEL --on SUITE/TASK measures; `run` takes --suite hardware, and answers the task too"
            if "@" not in text
            else f"benchwright run MODEL --suite '{text}', or --suite SUITE/TASK --scenario single-stream",
        )
        for text in tasks
        if text.partition("?")[0].partition("/")[0] == HARDWARE
    ]
    if problems:
        raise ConfigError(problems, where="profile")


def profile(
    models: Model | Sequence[Model],
    suite: str | Sequence[str],
    *,
    scenario: str | Sequence[str] = (),
    sweep: bool = False,
    interleave: bool = False,
    concurrency: Sequence[int] = (),
    preset: str = "standard",
    progress: Progress | None = None,
    **options: Any,
) -> Run:
    """Measure models on this machine, on the texts of tasks, and return the stored run; `Run.profiles` holds what was measured.

    Each model is measured in a fresh process of its own, so that a function of this session, which no other process can import, is
    refused: write ``python:FILE.py:FUNCTION``.

    Args:
        models: As `evaluate` takes them.
        suite: ``suite`` or ``suite/task`` selectors of the tasks whose texts are the inputs.
        scenario: ``single-stream``, ``offline``, ``server``, one or several; default: single stream and offline.
        sweep: Batch sizes by lengths too.
        interleave: The models open at once, blocks of queries in turn: the ratio of their latencies.
        concurrency: Numbers of processes at once.
        preset: ``quick``, ``standard`` or ``official``: how long is measured.
        progress: Callbacks for the progress of the run.
        options: Options of hardware views as values or text (``batches=(1, 8)``, ``rate=20``, ``bound="130 ms"``,
            ``price_per_hour=2.5``); and what `evaluate` takes: ``store``, ``name``, ``data``, ``split``, ``limit``, ``device``,
            ``precision``, ``seed``, ``offline``.

    Raises:
        ConfigError: With everything that is wrong or cannot be combined.
        NotComparable: Nothing can be measured; the reasons are in the message.
    """
    tasks = (suite,) if isinstance(suite, str) else tuple(suite)
    refuse_views(tasks)
    several = list(models) if isinstance(models, Sequence) and not isinstance(models, str) else [models]
    names = (scenario,) if isinstance(scenario, str) else tuple(scenario)
    given = {
        "preset": preset,
        "concurrency": concurrency,
        **{name: options.pop(name) for name in OPTIONS if name in options},
    }
    asked = {name: _as_text(value) for name, value in given.items() if value not in (None, (), [], "")}
    scenarios = asked_scenarios(names, sweep=sweep, concurrency=bool(concurrency), interleave=interleave)
    selectors = profile_selectors(scenarios, asked, models=len(several))
    return evaluate(several, selectors, on=tasks, progress=progress, **options)


def _as_text(value: Any) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return str(value)
    return ",".join(map(str, value))
