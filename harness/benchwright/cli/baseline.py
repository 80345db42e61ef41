"""`benchwright baseline`: which runs gates compare with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results

_LOCK = click.option(
    "--lock",
    metavar="FILE",
    default="baselines.lock",
    show_default=True,
    type=click.Path(dir_okay=False),
    help="Lock file.",
)


@click.group("baseline", short_help="Accept or show the runs that gates compare with.")
def command() -> None:
    """Accept a run as a baseline, or show what is accepted. The lock file is reviewed like code."""


@command.command("accept")
@click.argument("run", metavar="RUN[:MODEL]")
@click.option("--name", default="prod", show_default=True, metavar="NAME", help="What gates call it.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in the lock file.")
@click.option("--force", is_flag=True, help="Also where items have no answer.")
@_LOCK
@results
def accept_command(run: str, name: str, reason: str, lock: str, *, force: bool, **options: Any) -> int:
    """Pin RUN:MODEL under a name: its cells and the digests of their records."""
    from benchwright import console
    from benchwright.alarm import lines
    from benchwright.comparison.systems import read_system
    from benchwright.gating.lock import accept, alarms, read_lock
    from benchwright.items import count
    from benchwright.store import Store, locate

    side = read_system(Store(locate(options["store"])), run)
    before = read_lock(Path(lock)).get(name)
    entry = accept(side, name=name, reason=reason, path=Path(lock), force=force)
    notes = alarms(side)
    if options["form"] == "json":
        was = None if before is None else _as_json(before)
        console.say_json({"name": name, **_as_json(entry), "alarms": notes, "before": was})
    else:
        console.say(f"{name} is {entry.run}:{entry.model}, {count(len(entry.cells), 'task')}; wrote {lock}")
        if before is not None:
            old = f"{before.run}:{before.model}, {count(len(before.cells), 'task')}"
            console.say(f"before: {old}, accepted {before.accepted.isoformat()}: {before.reason}")
        for line in lines(notes):
            console.say(f"  {line}")
        if not options["quiet"]:
            console.say("next: commit it, so that the change is reviewed")
    return 0


@command.command("show")
@click.argument("name", required=False)
@_LOCK
@results
def show_command(name: str | None, lock: str, **options: Any) -> int:
    """What is accepted, and whether the store still holds it unchanged; exit code 3 where it does not."""
    from benchwright import console
    from benchwright.gating.lock import read_lock
    from benchwright.store import Store, locate

    entries = read_lock(Path(lock))
    chosen = {key: entry for key, entry in entries.items() if name in (None, key)}
    if not chosen:
        raise _nothing(name, entries, lock)
    states = {key: _state(key, entries, Store(locate(options["store"]))) for key in chosen}
    if options["form"] == "json":
        console.say_json(
            {key: {**_as_json(entry), "state": states[key] or "unchanged"} for key, entry in chosen.items()}
        )
    else:
        rows = [
            (
                key,
                f"{entry.run}:{entry.model}",
                str(len(entry.cells)),
                entry.accepted.isoformat(),
                entry.reason,
                states[key] or "unchanged",
            )
            for key, entry in chosen.items()
        ]
        console.say_table(("name", "model", "tasks", "accepted", "reason", "store"), rows, numeric=(2,))
    return 3 if any(states.values()) else 0


def _state(name: str, entries: Any, store: Any) -> str:
    from benchwright.errors import NotComparable
    from benchwright.gating.lock import locked_side

    try:
        locked_side(name, entries, store)
    except NotComparable as error:
        return error.problem
    return ""


def _nothing(name: str | None, entries: Any, lock: str) -> Exception:
    from benchwright.errors import NotComparable
    from benchwright.registry import suggest

    message = f"no baseline {name!r} in {lock}" if name else f"{lock} holds no baseline"
    return NotComparable(
        message,
        expected=f"one of: {', '.join(entries) or '(none yet)'}",
        hint=(suggest(name, entries) if name else "") or "benchwright baseline accept RUN --name prod --reason TEXT",
    )


def _as_json(entry: Any) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(entry)
    return found
