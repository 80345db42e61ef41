"""Options of a suite of views, as they are typed behind a ``?``: which views, how many variants, whose words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchwright import perturbations, registry
from benchwright.data.identity_views import dimensions_of
from benchwright.errors import BenchwrightError, ConfigError, PluginError
from benchwright.task_path import DEFAULT_SEVERITY, HARDWARE, SEVERITIES
from benchwright.types import Suite, View
from benchwright.types.views import NAMES

OPTIONS = {
    "perturbations": "which ones: names separated by commas, or all",
    "severity": "how much of an input is changed: 1, 2 or 3, several separated by commas (default: 2)",
    "draws": "variants of each item, 1 to 20 (default: 1)",
    "declared": "yes: with perturbations=all those too that keep gold answers by declaration only",
}
"""Options of a suite of views that was named without a perturbation."""

IDENTITY_OPTIONS = {
    "dimensions": "what people are told apart by: names separated by commas (default: all)",
    "names": f"variants of each group where names or countries are drawn, 1 to 20 (default: {NAMES})",
    "lexicon": "file of your own terms, as docs/identity-swaps.md shows it",
}
"""Options of identity swaps."""

MOST_DRAWS = 20


def perturbed_views(suite: Suite, options: Mapping[str, str]) -> tuple[View, ...]:
    """The perturbations that the options of a suite of views ask for. Raises ConfigError with every mistake in them."""
    problems: list[BenchwrightError] = []
    problems += [unknown_option(suite, key, OPTIONS) for key in options if key not in OPTIONS]
    given = options.get("perturbations")
    names: Iterable[str] = suite.views
    if given == "all":
        names = perturbations.INDEX
    elif given is not None:
        names = dict.fromkeys(part.strip() for part in given.split(",") if part.strip())
        if not names or "all" in names:
            problems.append(_no_names(suite, given))
            names = ()
    severities: tuple[int, ...] = (DEFAULT_SEVERITY,)
    draws = 1
    try:
        severities = _severities(options.get("severity", str(DEFAULT_SEVERITY)))
    except BenchwrightError as error:
        problems.append(error)
    try:
        draws = read_number("draws", options.get("draws", "1"))
    except BenchwrightError as error:
        problems.append(error)
    for name in names:
        try:
            perturbations.named(name)
        except PluginError as error:
            problems.append(error)
    declared = options.get("declared", "no")
    if declared not in ("yes", "no"):
        problems.append(BenchwrightError(f"declared={declared}", expected="yes or no", hint="declared=yes"))
    if problems:
        raise ConfigError(problems, where="--suite")
    return tuple(
        View(suite=suite.name, perturbation=name, severity=severity, draws=draws)
        for name in names
        for severity in severities
    )


def identity_view(suite: Suite, name: str, options: Mapping[str, str]) -> View:
    """The view of identity swaps that options ask for; its lexicon is read, and must be right.

    Raises:
        ConfigError: With every mistake in the options and in the lexicon.
    """
    problems: list[BenchwrightError] = []
    problems += [unknown_option(suite, key, IDENTITY_OPTIONS) for key in options if key not in IDENTITY_OPTIONS]
    asked = tuple(dict.fromkeys(part.strip() for part in options.get("dimensions", "").split(",") if part.strip()))
    if "dimensions" in options and not asked:
        problems.append(
            BenchwrightError(
                f"dimensions={options['dimensions']}",
                expected="names separated by commas",
                hint=f"leave it out for all, or choose: `benchwright list tasks {suite.name}` names them",
            )
        )
    names = NAMES
    try:
        names = read_number("names", options.get("names", str(NAMES)))
    except BenchwrightError as error:
        problems.append(error)
    view = View(
        suite=suite.name, perturbation=name, dimensions=asked, names=names, lexicon=options.get("lexicon", "").strip()
    )
    if "lexicon" in options and not view.lexicon:
        problems.append(BenchwrightError("lexicon names no file", expected="a TOML file", hint="lexicon=my-terms.toml"))
    try:
        dimensions_of(view)
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems, where="--suite")
    return view


def read_number(key: str, text: str) -> int:
    """How many draws or names. Raises BenchwrightError unless it is a whole number from 1 to `MOST_DRAWS`."""
    if not (text.isascii() and text.isdigit() and len(text) < 3 and 1 <= int(text) <= MOST_DRAWS):
        raise BenchwrightError(f"{key}={text}", expected=f"a whole number from 1 to {MOST_DRAWS}", hint=f"{key}=3")
    return int(text)


def unknown_option(suite: Suite, key: str, known: Iterable[str]) -> BenchwrightError:
    """What is said of an option that there is not."""
    example = next((f"?{one}" for one in _EXAMPLES if one.partition("=")[0] in known), "?severity=1,2,3")
    return BenchwrightError(
        f"{suite.name} has no option {key!r}",
        expected=f"one of: {', '.join(known)}",
        hint=registry.suggest(key, known) or f"{suite.name}{example}",
    )


_EXAMPLES = ("dimensions=gender", "preset=quick")


def list_hint(suite: Suite) -> str:
    """Where the views of a suite are listed."""
    return (
        f"`benchwright list tasks {suite.name}` names the {'scenarios' if suite.name == HARDWARE else 'perturbations'}"
    )


def _severities(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part in map(str, SEVERITIES) for part in parts):
        raise BenchwrightError(
            f"severity={text}", expected="1, 2 or 3, several separated by commas", hint="severity=1,2,3 for a curve"
        )
    return tuple(sorted({int(part) for part in parts}))


def _no_names(suite: Suite, given: str) -> BenchwrightError:
    return BenchwrightError(
        f"perturbations={given}",
        expected="names separated by commas, or all",
        hint=f"leave it out for the default six, or choose: {list_hint(suite)}",
    )
