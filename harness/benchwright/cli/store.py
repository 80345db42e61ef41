"""`benchwright store`: look after the results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from benchwright.cli.options import results
from benchwright.errors import NotComparable, StoreError
from benchwright.paths import is_folder

if TYPE_CHECKING:
    from benchwright.store import Store


@click.group("store", short_help="Check, prune, export or import the store; remove runs and checkpoints.")
def command() -> None:
    """Check, prune, export or import the store; remove runs and checkpoints made here."""


@command.command("check")
@results
def check(**options: Any) -> int:
    """List damaged or unfinished cells, lost cells, and scores and explanations that differ from what they are made of; exit 1 for damage."""
    from benchwright import console
    from benchwright.store import Store, integrity, locate

    store = Store(locate(options["store"]))
    if not is_folder(store.root):
        raise NotComparable(f"no store at {store.root}", hint="give its folder with --store DIR")
    findings = integrity.check(store)
    if not any(finding.damaged for finding in findings):
        findings += [
            integrity.StoreProblem(what="run", where=name, problem=problem, damaged=True)
            for name in store.run_names()
            for problem in _told_otherwise(store, name)
        ]
    if options["form"] == "json":
        console.say_json({"findings": findings})
    else:
        if findings:
            console.say_table(("what", "where", "problem"), [(f.what, f.where, f.problem) for f in findings])
        console.say(f"{len(findings)} finding{'s' if len(findings) != 1 else ''}" if findings else "the store is sound")
    return 1 if any(finding.damaged for finding in findings) else 0


_DRY = click.option("--dry-run", is_flag=True, help="Say what would go, remove nothing.")


@command.command("prune")
@_DRY
@results
def prune(**options: Any) -> int:
    """Remove cells, scores and texts that no run refers to, and leftovers of killed processes."""
    from benchwright.store import Store, locate, removal

    return _tell_removed(removal.prune(Store(locate(options["store"])), dry_run=options["dry_run"]), options)


@command.command("remove")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@_DRY
@results
def remove(runs: tuple[str, ...], **options: Any) -> int:
    """Remove RUNs, and the cells, scores, texts and checkpoints that no other run refers to."""
    from benchwright.store import Store, locate, removal

    return _tell_removed(
        removal.remove_runs(Store(locate(options["store"])), runs, dry_run=options["dry_run"]), options
    )


@command.command("remove-model")
@click.argument("keys", nargs=-1, metavar="[KEY...]")
@_DRY
@results
def remove_model(keys: tuple[str, ...], **options: Any) -> int:
    """Remove checkpoints made here by KEY, or its beginning; without a KEY, list them.

    Predictions that were made with a checkpoint stay; a run that needs it again trains it again.
    """
    from benchwright.store import Store, locate, removal

    store = Store(locate(options["store"]))
    if not keys:
        return _list_checkpoints(removal.checkpoints(store), options)
    return _tell_removed(removal.remove_checkpoints(store, keys, dry_run=options["dry_run"]), options)


def _list_checkpoints(found: list[Any], options: dict[str, Any]) -> int:
    from benchwright import console, formatting

    if options["form"] == "json":
        console.say_json({"models": found})
    elif not found:
        console.say("no checkpoint was made here")
    else:
        rows = [
            (one.key[:12], one.task, one.base, formatting.value(one.bytes, "bytes"), ", ".join(one.runs))
            for one in found
        ]
        console.say_table(("key", "task", "base", "size", "runs"), rows, numeric=(3,))
    return 0


def _tell_removed(removed: Any, options: dict[str, Any]) -> int:
    from benchwright import console, formatting

    if options["form"] == "json":
        console.say_json({"removed": removed.paths, "bytes": removed.bytes, "dry_run": options["dry_run"]})
    else:
        if options["dry_run"]:
            for path in removed.paths:
                console.say(path)
        verb = "would free" if options["dry_run"] else "freed"
        number = len(removed.paths)
        console.say(
            f"{number:,} file{'s' if number != 1 else ''} and folders, {verb} {formatting.value(removed.bytes, 'bytes')}"
        )
    return 0


@command.command("export")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False), help="Bundle to write (.zip).")
@click.option(
    "--no-inputs", is_flag=True, help="Leave the inputs out; answers and messages in the records may quote them."
)
@results
def export(runs: tuple[str, ...], output: str, **options: Any) -> int:
    """Put RUNs with their cells and scores into one bundle that holds no user, host or home path."""
    from benchwright import console
    from benchwright.store import Store, bundle, locate

    count = bundle.export(Store(locate(options["store"])), runs, Path(output), inputs=not options["no_inputs"])
    if options["form"] == "json":
        console.say_json({"bundle": output, "files": count})
    else:
        console.say(f"{count} files in {output}")
    return 0


@command.command("import")
@click.argument("bundles", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False), metavar="BUNDLE...")
@results
def import_(bundles: tuple[str, ...], **options: Any) -> int:
    """Take runs out of BUNDLEs into the store; scores are computed again from the records and must be those told."""
    from benchwright import console
    from benchwright.store import Store, bundle, locate

    store = Store(locate(options["store"]))
    names = []
    for path in bundles:
        _refuse_false_scores(Path(path))
        names += bundle.import_(store, Path(path))
    if options["form"] == "json":
        console.say_json({"runs": names})
    else:
        console.say(f"runs {', '.join(names)} in {store.root}")
    return 0


def _told_otherwise(store: Store, name: str) -> list[str]:
    """What a run tells of scores and explanations that its records and attachments do not say."""
    from benchwright.explain_recheck import recheck_explanations
    from benchwright.score_cache import recheck

    run = store.read_run(name)
    return [*recheck(store, run), *recheck_explanations(store, run)]


def _refuse_false_scores(path: Path) -> None:
    """Unpack a bundle beside the store and compare what it tells with what its records say."""
    import tempfile

    from benchwright.store import Store, bundle, integrity

    with tempfile.TemporaryDirectory() as folder:
        trial = Store(Path(folder) / "store")
        names = bundle.import_(trial, path)
        problems = [finding.problem for finding in integrity.check(trial) if finding.damaged]
        problems = problems or [line for name in names for line in _told_otherwise(trial, name)]
    if problems:
        raise StoreError(
            f"{path} tells scores or explanations that its records do not: {'; '.join(problems[:3])}",
            expected="scores that follow from the records, and explanations that are their attachments'",
            hint="nothing was imported; ask for the bundle again",
        )
