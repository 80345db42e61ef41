"""Options of hardware profiles, as they are typed behind a ``?``: how long, how many at once, at which rate, at what price."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.limit_texts import limit_text, read_limit
from benchwright.option_texts import Reader, read_count, read_options, read_yes
from benchwright.quantities import BUILT_IN
from benchwright.types import SCENARIOS, ProfileSpec, Scenario, Suite, View
from benchwright.types.hardware import Preset

SCENARIO_TEXTS: Mapping[Scenario, str] = {
    "single_stream": "the next query is issued when the last one is answered: latency, starts, memory",
    "offline": "all inputs at once, batched as the adapter does: throughput, energy, cost",
    "server": "queries at random times (Poisson) at a rate, clocked from when they were due: the rate that keeps a bound",
    "sweep": "batches of several sizes and lengths: a grid of latency and throughput, and where it grows no further",
    "concurrency": "several processes at once, each with a copy of the model: throughput and latency by their number",
    "interleaved": "the models of the run open at once, blocks of queries in turn: the ratio of their latencies",
}
"""Each scenario in one line."""

OPTIONS: Mapping[str, str] = {
    "preset": "quick (3 s, 64 queries, one process), standard (10 s, 1,000 queries, three processes; default) or official (600 s)",
    "batch": "inputs to a query of offline (default: as the adapter batches) and interleaved (default: 1)",
    "lengths": "tokens of made inputs, cut from the texts of the task: 16,64,256 (default: the texts as they are)",
    "batches": "batch sizes of a sweep: 1,8,32",
    "concurrency": "numbers of processes: 1,2,4",
    "rate": "queries a second of server (default: the highest that keeps the bound is searched for)",
    "bound": "what the 99th percentile of server may take, with its unit: 130ms",
    "duration": "least time of measuring, with its unit: 5s",
    "queries": "least number of queries",
    "processes": "how often all is measured anew, each time in a fresh process",
    "blocks": "rounds of interleaved, at least 6",
    "price_per_hour": "of this machine, in any currency: tells the cost of a million inputs",
    "alone": "yes: the task itself is not answered, so that no quality stands beside the times",
}
"""Options of every hardware profile; which scenario takes which says `takes`."""

_OF_SOME: Mapping[str, tuple[Scenario, ...]] = {
    "batch": ("offline", "interleaved"),
    "batches": ("sweep",),
    "concurrency": ("concurrency",),
    "rate": ("server",),
    "bound": ("server",),
    "blocks": ("interleaved",),
}
"""Options of some scenarios only."""

MOST_AT_ONCE = 256
"""Processes that measure at the same time."""

_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_MOST = 1_000_000
_MOST_VALUES = 16
"""Sizes, lengths or numbers of processes of one sweep."""


def takes(option: str, scenario: Scenario) -> bool:
    """Whether an option has a meaning for a scenario."""
    return scenario in _OF_SOME.get(option, SCENARIOS)


def hardware_views(suite: Suite, scenarios: Sequence[str], options: Mapping[str, str]) -> tuple[View, ...]:
    """The hardware profiles that options ask for, one for each scenario; an option goes to those that take it.

    Args:
        suite: The suite of views.
        scenarios: By name; of each there is one profile.
        options: As they were typed.

    Raises:
        ConfigError: With every mistake: an unknown scenario or option, one that no scenario takes, a value that is none.
    """
    problems: list[BenchwrightError] = [_unknown_scenario(suite, name) for name in scenarios if name not in SCENARIOS]
    known: list[Scenario] = [one for one in SCENARIOS if one in scenarios]
    problems += [_unknown_option(suite, name) for name in options if name not in OPTIONS]
    problems += [
        _not_taken(suite, name, known)
        for name in options
        if name in OPTIONS and known and not any(takes(name, scenario) for scenario in known)
    ]
    values, unread = read_options(options, _READ)
    problems += unread
    if problems:
        raise ConfigError(problems, where="--suite")
    alone = values.pop("alone", False)
    return tuple(
        View(
            suite=suite.name,
            perturbation=scenario,
            alone=alone,
            profile=ProfileSpec(
                scenario=scenario, **{name: value for name, value in values.items() if takes(name, scenario)}
            ),
        )
        for scenario in sorted(known, key=list(scenarios).index)
    )


def spelled(view: View) -> str:
    """The options of a profile as they are typed: ``preset=quick&lengths=16,64``; empty where all are defaults."""
    values = {name: getattr(view.profile, name, None) for name in OPTIONS}
    told = [f"{name}={_spelled(name, value)}" for name, value in values.items() if value and value != "standard"]
    return "&".join([*told, *(["alone=yes"] if view.alone else [])])


def _spelled(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if name in ("bound", "duration"):
        return limit_text(value, "seconds").replace(" ", "")
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _seconds(name: str, text: str) -> float:
    try:
        found = read_limit(text, BUILT_IN["latency_p50"], title=name)
    except BenchwrightError as error:
        if name != "duration" or not error.hint.endswith(" ms"):
            raise
        said = re.fullmatch(_NUMBER, text)
        hint = f"write {text} s" if said else "write 5 s"
        raise BenchwrightError(error.problem, expected=error.expected, hint=hint) from None
    if not found:
        raise BenchwrightError(
            f"{name}={text}",
            expected="a time above 0, with its unit",
            hint=f"{name}={'5s' if name == 'duration' else '130ms'}",
        )
    return found


def _preset(name: str, text: str) -> str:
    if text not in get_args(Preset):
        raise BenchwrightError(f"{name}={text}", expected="quick, standard or official", hint="preset=quick")
    return text


def _count(name: str, text: str) -> int:
    return read_count(name, text, most=_MOST, such=8)


def _counts(name: str, text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not 1 <= len(parts) <= _MOST_VALUES:
        raise BenchwrightError(
            f"{name}={text}",
            expected=f"1 to {_MOST_VALUES} whole numbers, separated by commas",
            hint=f"{name}=1,8,32",
        )
    return tuple(sorted({_count(name, part) for part in parts}))


def _blocks(name: str, text: str) -> int:
    from benchwright.stats.block_ratio import FEWEST_BLOCKS

    found = _count(name, text)
    if found < FEWEST_BLOCKS:
        raise BenchwrightError(
            f"{name}={text}",
            expected=f"{FEWEST_BLOCKS} or more: a 95 % interval of a ratio takes as many",
            hint=f"{name}=30",
        )
    return found


def _rate(name: str, text: str) -> float:
    return _positive(name, re.sub(r" ?/s$", "", text), f"{name}=20")


def _price(name: str, text: str) -> float:
    return _positive(name, text, f"{name}=2.5")


def _positive(name: str, text: str, example: str) -> float:
    if not re.fullmatch(_NUMBER, text) or not float(text):
        raise BenchwrightError(f"{name}={text}", expected="a number above 0", hint=example)
    return float(text)


def _processes_at_once(name: str, text: str) -> tuple[int, ...]:
    found = _counts(name, text)
    if found[-1] > MOST_AT_ONCE:
        raise BenchwrightError(
            f"{name}={text}",
            expected=f"numbers from 1 to {MOST_AT_ONCE}: each is a process that opens a copy of the model",
            hint=f"{name}=1,2,4",
        )
    return found


_READ: Mapping[str, Reader] = {
    "preset": _preset,
    "batch": _count,
    "lengths": _counts,
    "batches": _counts,
    "concurrency": _processes_at_once,
    "rate": _rate,
    "bound": _seconds,
    "duration": _seconds,
    "queries": _count,
    "processes": _count,
    "blocks": _blocks,
    "price_per_hour": _price,
    "alone": read_yes,
}


def _unknown_scenario(suite: Suite, name: str) -> BenchwrightError:
    return BenchwrightError(
        f"{suite.name} has no scenario {name!r}",
        expected=f"one of: {', '.join(SCENARIOS)}",
        hint=registry.suggest(name.replace("-", "_"), SCENARIOS) or f"{suite.name}/single_stream@SUITE/TASK",
    )


def _unknown_option(suite: Suite, name: str) -> BenchwrightError:
    return BenchwrightError(
        f"{suite.name} has no option {name!r}",
        expected=f"one of: {', '.join(OPTIONS)}",
        hint=registry.suggest(name, OPTIONS) or f"{suite.name}?preset=quick",
    )


def _not_taken(suite: Suite, name: str, asked: Sequence[str]) -> BenchwrightError:
    fitting = " or ".join(f"{suite.name}/{one}" for one in _OF_SOME[name])
    return BenchwrightError(
        f"{name} has no meaning for {' and '.join(f'{suite.name}/{one}' for one in asked)}",
        expected=f"{fitting} where {name} is given",
        hint=f"leave {name} out, or ask for {fitting}",
    )
