"""Which profile of a run answers for a quantity of a model, or why none does and what would measure it; read by gates and choices alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from benchwright.profile_choice import choose_profile, scenarios_for
from benchwright.quantities import BUILT_IN, LATENCIES, Quantity
from benchwright.task_path import HARDWARE, has_answers, is_hardware_view
from benchwright.types import Profile, Run, Scenario
from benchwright.types.hardware import SCENARIOS

_TIMES = ("seconds", "per_second")

_LONGEST = 100
"""Letters of a model reference that is still short enough to be typed."""


@dataclass(frozen=True, kw_only=True)
class HardwareValue:
    """A quantity of one model on one task as it was measured, or why there is no number.

    Attributes:
        quantity: Name, as in `benchwright.quantities`.
        model: Whose.
        base: ``suite/task`` whose texts were the inputs; empty: nothing was measured on any.
        value: In SI units; None: see ``why``.
        low: Lower end of the 95 % interval; None: it has none, as a size.
        high: Upper end.
        n: Samples behind it.
        why: Why there is no value, with what to type; empty where there is one.
        method: How value and interval were made, and where the value was read.
        flags: What must stand beside the number: never steady, a short form, other processes; how it is to be read.
        profile: Where it was measured; None: nowhere.
    """

    quantity: str
    model: str
    base: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    why: str = ""
    method: str = ""
    flags: tuple[str, ...] = ()
    profile: Profile | None = None

    @property
    def about(self) -> Quantity:
        """Unit, direction and range."""
        return BUILT_IN[self.quantity]

    @property
    def path(self) -> str:
        """``hardware/SCENARIO@suite/task``; empty where nothing was measured."""
        return "" if self.profile is None else self.profile.task_path

    @property
    def key(self) -> str:
        """The cell that holds the raw samples; empty where nothing was measured."""
        return "" if self.profile is None else self.profile.key


def find_values(run: Run, model: str, quantity: str, place: str = "") -> tuple[HardwareValue, ...]:
    """What a run tells of a quantity of a model, one answer for each task; one without a value where nothing was measured.

    Args:
        run: With its profiles.
        model: Name of one of its models.
        quantity: One of `quantities.MEASURED`.
        place: ``suite/task``, a suite, or ``hardware/SCENARIO@suite/task``; empty: every task that the model was measured on.

    Without a scenario latency, starts and memory are those of ``single_stream``, else ``interleaved``, else ``server``;
    throughput, energy and cost those of ``offline``. A scenario that was measured answers even where it has no number.
    """
    scenario, base = split_place(place)
    mine = [one for one in run.profiles if one.model == model and _is_at(one.base, base)]
    if scenario:
        mine = [one for one in mine if one.scenario == scenario]
    bases = list(dict.fromkeys(one.base for one in mine))
    found = [_of_task(run, model, quantity, (scenario, one), [p for p in mine if p.base == one]) for one in bases]
    answered = [one for one in found if one.profile is not None]
    if answered:
        return tuple(answered)
    return (found[0] if found else _unmeasured(run, model, quantity, (scenario, base)),)


def worst_of(values: Sequence[HardwareValue]) -> HardwareValue:
    """The one that is furthest from good, with a flag that says of how many; one without a value is worse than any."""
    if len(values) == 1:
        return values[0]
    lacking = next((one for one in values if one.value is None), None)
    if lacking is not None:
        return lacking
    sign = values[0].about.sign
    worst = min(values, key=lambda one: sign * (one.value or 0.0))
    told = f"{worst.quantity}: the worst of {len(values)} measured, that on {worst.base}"
    return _with_flags(worst, told)


def split_place(place: str) -> tuple[Scenario | None, str]:
    """Scenario and task of ``hardware/SCENARIO@suite/task``; None and the place itself of any other."""
    if not place.startswith(f"{HARDWARE}/") or "@" not in place:
        return None, place
    view, _, base = place.partition("@")
    named = view.removeprefix(f"{HARDWARE}/")
    return next((one for one in SCENARIOS if one == named), None), base


def unknown_scenario(place: str) -> str:
    """The name that stands where a scenario should, if it is none; empty of a place that names one, or none."""
    if not place.startswith(f"{HARDWARE}/") or "@" not in place:
        return ""
    named = place.partition("@")[0].removeprefix(f"{HARDWARE}/")
    return "" if named in SCENARIOS else named


def what_measures(quantity: str, model: str, scenario: Scenario | None = None, base: str = "") -> str:
    """The command that would measure it, in a run that has the answers too."""
    chosen = scenario or scenarios_for(quantity)[0]
    return f"benchwright run {model} --suite {HARDWARE}/{chosen}@{base or 'SUITE/TASK'}"


def told_by(flags: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Flags of several models, (model, flag), each once with the models that it is about: ``fp32, bf16: never steady``."""
    found: dict[str, dict[str, None]] = {}
    for model, flag in flags:
        found.setdefault(flag, {})[model] = None
    return tuple(f"{', '.join(models)}: {flag}" for flag, models in found.items())


def is_timed(quantity: str) -> bool:
    """Whether it is a time, or a rate made from one: a machine does not give the same an hour later."""
    return BUILT_IN[quantity].unit in _TIMES


def without_profiles(paths: Iterable[str]) -> tuple[str, ...]:
    """Those of some tasks that hold answers of models: all but hardware profiles and explanations."""
    return tuple(path for path in paths if has_answers(path))


def _of_task(
    run: Run, model: str, quantity: str, place: tuple[Scenario | None, str], profiles: Sequence[Profile]
) -> HardwareValue:
    scenario, base = place
    chosen = next(iter(profiles), None) if scenario else choose_profile(profiles, quantity)
    found = None if chosen is None else chosen.quantity(quantity)
    if chosen is None or found is None:
        measured = ", ".join(dict.fromkeys(one.scenario for one in profiles))
        told = f"{base} was measured as {measured}, which tells nothing of it"
        return HardwareValue(
            quantity=quantity, model=model, base=base, why=_next(told, quantity, place, _typed(run, model))
        )
    flags = tuple(dict.fromkeys(one.sentence for one in chosen.alarms if one.severity == "alarm"))
    if not chosen.steady and not any("stead" in flag for flag in flags):
        flags = (*flags, "not shown to be steady")
    if chosen.spec.preset == "quick" and not any("quick" in flag or "short" in flag for flag in flags):
        flags = (*flags, "a short form (--quick)")
    reason = found.reason if found.value is not None else ""
    return HardwareValue(
        quantity=quantity,
        model=model,
        base=base,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        why="" if found.value is not None else found.reason or "nobody says why",
        method=found.method,
        flags=(*flags, reason) if reason else flags,
        profile=chosen,
    )


def _unmeasured(run: Run, model: str, quantity: str, place: tuple[Scenario | None, str]) -> HardwareValue:
    """Nothing of the model was measured there; where its cell failed, why."""
    scenario, base = place
    cells = [cell for cell in run.cells if cell.model == model and is_hardware_view(cell.task_path)]
    wanted = [cell for cell in cells if _is_at(cell.task_path.partition("@")[2], base)]
    if scenario:
        wanted = [cell for cell in wanted if cell.task_path.startswith(f"{HARDWARE}/{scenario}@")]
    reasons = dict.fromkeys(cell.reason for cell in wanted if cell.reason)
    where = f" on {base}" if base else ""
    how = f" as {scenario}" if scenario else ""
    told = f"{'; '.join(reasons)}" if reasons else f"{model} was not measured{how}{where} in {run.name}"
    first = place if base.count("/") else (scenario, _first_task(run, model, base))
    return HardwareValue(
        quantity=quantity, model=model, base=base, why=_next(told, quantity, first, _typed(run, model))
    )


def _next(told: str, quantity: str, place: tuple[Scenario | None, str], model: str) -> str:
    return f"{told}; {what_measures(quantity, model, *place)}"


def _typed(run: Run, model: str) -> str:
    """A model as it could be typed, where that is short and holds nothing that a shell reads; else its name."""
    ref = next((one for one in run.spec.models if one.name == model), None)
    if ref is None or ref.adapter == "written":
        return model
    options = "&".join(f"{key}={value}" for key, value in ref.options.items())
    if not ref.path and not options:
        return ref.name if ref.name == ref.adapter else f"{ref.name}={ref.adapter}"
    text = f"{ref.name}={ref.adapter}:{ref.path}{f'@{ref.revision}' if ref.revision else ''}"
    text = f"'{text}?{options}'" if options else text
    return text if len(text) <= _LONGEST and not set(text.strip("'")) & set(" '\"$`\\;|<>()*\n") else model


def _first_task(run: Run, model: str, suite: str) -> str:
    """A task that the model answered, of that suite if one is named: where it can be measured."""
    paths = [cell.task_path for cell in run.cells if cell.model == model and cell.status == "scored"]
    return next((path for path in paths if "@" not in path and _is_at(path, suite)), "")


def _is_at(base: str, wanted: str) -> bool:
    return not wanted or base == wanted or base.startswith(f"{wanted}/")


def _with_flags(found: HardwareValue, *flags: str) -> HardwareValue:
    return replace(found, flags=tuple(dict.fromkeys((*found.flags, *flags))))


def percentile_share(quantity: str) -> float | None:
    """0.9 of ``latency_p90``; None of what is no percentile."""
    return int(quantity.rpartition("p")[2]) / 100 if quantity in LATENCIES else None
