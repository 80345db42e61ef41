"""`benchwright doctor`: what works here."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from benchwright.cli.machine_checks import Check, machine_checks
from benchwright.cli.options import results
from benchwright.paths import exists

_NO_FEATURES = ("all", "dev")
"""Extras that add nothing a user could miss: every other one together, and what the developers use."""


@click.command("doctor", short_help="Say what works on this machine.")
@click.option(
    "--families", is_flag=True, help="Try which families of models read texts without padding (some seconds)."
)
@results
def command(**options: Any) -> int:
    """Check packages, what can be measured on this machine, plugins and the store; exit 1 when an installed part is broken."""
    from benchwright import console

    rows = [*_machine(), *machine_checks(), *_plugins(), *_extras(), _store(options["store"])]
    if options["families"]:
        from benchwright.cli.family_checks import family_checks

        rows += family_checks()
    if options["form"] == "json":
        console.say_json({"checks": [dict(zip(("what", "state", "detail"), row, strict=True)) for row in rows]})
    else:
        console.say_table(("what", "state", "detail"), rows)
    return 1 if any(state == "broken" for _, state, _ in rows) else 0


def _machine() -> list[Check]:
    from benchwright import environment

    facts = environment.describe()
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    return [
        ("python", "ok", f"{facts['python']} on {facts['platform']}, {facts['processors']} processors"),
        ("packages", "ok", packages),
    ]


def _plugins() -> list[Check]:
    from benchwright import registry
    from benchwright.errors import BenchwrightError

    rows: list[Check] = []
    groups: tuple[registry.Group, ...] = ("suites", "adapters", "reports", "metrics")
    for group in groups:
        broken = []
        for name in registry.names(group):
            try:
                registry.get(group, name)
            except BenchwrightError as error:
                broken.append(f"{name}: {error.line}")
            except Exception as error:
                broken.append(f"{name}: {error}")
        found = registry.names(group)
        state = "broken" if broken else "ok" if found else "absent"
        rows.append((group, state, "; ".join(broken) or ", ".join(found) or "none"))
    return rows


def _extras() -> list[Check]:
    """The extras that this version declares, as the installed package tells them."""
    rows: list[Check] = []
    for extra, packages in _declared().items():
        missing = [package for package in packages if not _is_installed(package)]
        if missing:
            rows.append((f"extra {extra}", "absent", f'needs {", ".join(missing)}: pip install "benchwright[{extra}]"'))
        else:
            rows.append((f"extra {extra}", "ok", ", ".join(packages)))
    return rows


def _declared() -> dict[str, list[str]]:
    """Extra -> packages."""
    found: dict[str, list[str]] = {}
    for line in metadata.requires("benchwright") or ():
        name, _, marker = line.partition(";")
        extra = re.search(r"""extra == ['"]([\w-]+)['"]""", marker)
        package = re.match(r"[\w.-]+", name.strip())
        if extra and package and extra[1] not in _NO_FEATURES:
            found.setdefault(extra[1], []).append(package[0])
    return found


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _store(given: str | None) -> Check:
    from benchwright.store import Store, locate

    root: Path = locate(given)
    if not exists(root):
        return ("store", "ok", f"{root} does not exist yet; the first run makes it")
    store = Store(root)
    return ("store", "ok", f"{root}: {len(store.run_names())} runs, {len(store.cell_keys())} cells")
