"""What `benchwright list tasks` says of a suite of views: a line for each perturbation or scenario, or all about one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchwright import formatting, perturbations
from benchwright.explain_options import METHOD_PRICES, METHOD_TEXTS, explain_views
from benchwright.explain_options import OPTIONS as EXPLAIN_OPTIONS
from benchwright.explain_options import takes as takes_option
from benchwright.profile_options import OPTIONS, SCENARIO_TEXTS, hardware_views, takes
from benchwright.task_path import EXPLAIN, HARDWARE, IDENTITY
from benchwright.types import METHODS, SCENARIOS, Suite, View
from benchwright.view_options import IDENTITY_OPTIONS

HARDWARE_COLUMNS = ("view", "default", "options", "what it does")
EXPLAIN_COLUMNS = ("view", "default", "asks the model about", "what it does")
COLUMNS = ("view", "default", "severity 1, 2, 3", "of", "keeps the gold answers of", "by declaration", "what it does")


def view_cards(suite: Suite) -> Iterator[dict[str, Any]]:
    """Every perturbation of a suite of views, its default ones first, for programs; or its identity swaps, or its scenarios."""
    if suite.name == HARDWARE:
        yield from (hardware_card(suite, name) for name in SCENARIOS)
        return
    if suite.name == EXPLAIN:
        yield from (explain_card(suite, name) for name in METHODS)
        return
    if suite.views[0] == IDENTITY:
        yield from (identity_card(suite, name) for name in suite.views)
        return
    for name in dict.fromkeys((*suite.views, *perturbations.INDEX)):
        found = perturbations.named(name)
        kinds = {answer: [str(kind) for kind in found.labels if found.labels[kind] == answer] for answer in _ANSWERS}
        yield {
            "task": f"{suite.name}/{name}",
            "kind": None,
            "split": None,
            "splits": {},
            "how": "@SUITE/TASK",
            "default": name in suite.views,
            "title": found.title,
            "description": found.description,
            "shares": list(found.shares),
            "share_of": found.share_of,
            "keeps": kinds["kept"] + kinds["apart"],
            "apart": kinds["apart"],
            "declared": kinds["declared"],
            "untouched": found.untouched.sentence,
        }


def identity_card(suite: Suite, name: str) -> dict[str, Any]:
    """Identity swaps, with the groups of every dimension that ships and how many terms each has."""
    from benchwright.identity import DIMENSIONS, built_in

    return {
        "task": f"{suite.name}/{name}",
        "kind": None,
        "split": None,
        "splits": {},
        "how": "@SUITE/TASK",
        "description": "Words for one group of people are exchanged for those of each other group.",
        "options": dict(IDENTITY_OPTIONS),
        "dimensions": {
            found.name: {
                "title": found.title,
                "kind": found.kind,
                "groups": {group.name: len(group.terms) for group in found.groups},
            }
            for found in map(built_in, DIMENSIONS)
        },
    }


def hardware_card(suite: Suite, name: str) -> dict[str, Any]:
    """A scenario of hardware profiles with the options that it takes. Raises ConfigError for an unknown one."""
    (view,) = hardware_views(suite, (name,), {})
    assert view.profile is not None
    scenario = view.profile.scenario
    return {
        "task": f"{suite.name}/{scenario}",
        "kind": None,
        "split": None,
        "splits": {},
        "how": "@SUITE/TASK",
        "default": scenario in suite.views,
        "scenario": scenario,
        "description": SCENARIO_TEXTS[scenario],
        "options": {option: said for option, said in OPTIONS.items() if takes(option, scenario)},
    }


def explain_card(suite: Suite, name: str) -> dict[str, Any]:
    """A method of explanation with its options. Raises ConfigError for an unknown one."""
    (view,) = explain_views(suite, (name,), {})
    assert view.explain is not None
    method = view.explain.method
    return {
        "task": f"{suite.name}/{method}",
        "kind": None,
        "split": None,
        "splits": {},
        "how": "@SUITE/TASK",
        "default": method in suite.views,
        "method": method,
        "description": METHOD_TEXTS[method],
        "asks": METHOD_PRICES[method],
        "options": {option: said for option, said in EXPLAIN_OPTIONS.items() if takes_option(option, method)},
    }


def explain_page(found: dict[str, Any]) -> Iterator[str]:
    """A method of explanation as lines to read."""
    yield f"{found['task']}: {found['description']}"
    yield f"{'asks for':<17} {found['asks']}; judging it asks for some 15 to 30 more"
    yield from (f"{'?' + option + '=':<17} {said}" for option, said in found["options"].items())
    yield f"{'run':<17} --suite '{found['task']}@SUITE/TASK?examples=50', or benchwright explain MODEL --suite SUITE/TASK --method {found['method']}"


def explain_line(found: dict[str, Any]) -> tuple[Any, ...]:
    """A method of explanation as a row of the listing."""
    return found["task"], "yes" if found["default"] else "", found["asks"], found["description"]


def hardware_line(found: dict[str, Any]) -> tuple[Any, ...]:
    """A scenario as a row of the listing."""
    return found["task"], "yes" if found["default"] else "", list(found["options"]), found["description"]


def hardware_page(found: dict[str, Any]) -> Iterator[str]:
    """A scenario as lines to read."""
    yield f"{found['task']}: {found['description']}"
    yield from (f"{'?' + option + '=':<17} {said}" for option, said in found["options"].items())
    yield f"{'run':<17} --suite '{found['task']}@SUITE/TASK?preset=quick', or --suite {found['task']} --on SUITE/TASK"


def identity_page(found: dict[str, Any]) -> Iterator[str]:
    """Identity swaps as lines to read."""
    yield f"{found['task']}: {found['description']}"
    for name, dimension in found["dimensions"].items():
        groups = ", ".join(f"{group} ({count} terms)" for group, count in dimension["groups"].items())
        yield f"{name:<12} {groups}"
    yield from (f"{'?' + option + '=':<12} {said}" for option, said in found["options"].items())
    yield f"run          --suite {found['task']}@SUITE/TASK, or --suite {found['task']} --on SUITE/TASK"


_ANSWERS = ("kept", "apart", "declared")


def view_line(found: dict[str, Any]) -> tuple[Any, ...]:
    """A perturbation as a row of the listing."""
    return (
        found["task"],
        "yes" if found["default"] else "",
        _shares(found),
        found["share_of"],
        found["keeps"],
        found["declared"],
        found["description"],
    )


def view_page(found: dict[str, Any]) -> Iterator[str]:
    """A perturbation, identity swaps or a scenario as lines to read."""
    if "scenario" in found:
        yield from hardware_page(found)
        return
    if "method" in found:
        yield from explain_page(found)
        return
    if "dimensions" in found:
        yield from identity_page(found)
        return
    name = found["task"]
    yield f"{name}: {found['description']}"
    yield f"severity  {_shares(found)} of {found['share_of']}: {name}-1, {name}, {name}-3"
    yield f"untouched {found['untouched'] or 'nothing in particular'}"
    yield f"keeps     the gold answers of {', '.join(found['keeps']) or 'no kind of task'}"
    if found["apart"]:
        yield f"apart     of {', '.join(found['apart'])}: it changes what such models rely on by design"
    if found["declared"]:
        yield f"declared  of {', '.join(found['declared'])}: who names it says that gold answers are kept"
    yield f"run       --suite {name}@SUITE/TASK, or --suite {name} --on SUITE/TASK"


def named_view(suite: Suite, name: str) -> dict[str, Any]:
    """The card of a perturbation by the name of a view of it. Raises PluginError, of a scenario ConfigError, for an unknown one."""
    if suite.name == HARDWARE:
        return hardware_card(suite, name.partition("@")[0])
    if suite.name == EXPLAIN:
        return explain_card(suite, name.partition("@")[0])
    if suite.views[0] == IDENTITY:
        return identity_card(suite, name.partition("@")[0])
    view = View.named(suite.name, name.partition("@")[0])
    perturbations.named(view.perturbation)
    return next(card for card in view_cards(suite) if card["task"] == f"{suite.name}/{view.perturbation}")


def _shares(found: dict[str, Any]) -> str:
    are_counts = max(found["shares"]) > 1
    return ", ".join(f"{share:g}" if are_counts else formatting.percent(share, 0) for share in found["shares"])
