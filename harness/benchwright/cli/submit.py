"""`benchwright submit`: official submission files of GLUE and SuperGLUE, written and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from benchwright.cli.options import results

_REFUSED = 1


@click.command("submit", short_help="Write or check the official submission files of GLUE and SuperGLUE.")
@click.argument("run", required=False, metavar="RUN[:MODEL]")
@click.option("--suite", type=click.Choice(["glue", "superglue"]), required=True, help="Whose submission.")
@click.option("-o", "--output", metavar="FILE.zip", type=click.Path(dir_okay=False), help="Zip to write.")
@click.option("--check", metavar="FILE.zip", type=click.Path(exists=True, dir_okay=False), help="Check a zip instead.")
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="With --check: test files, for the ids of MultiRC and the entities of ReCoRD.",
)
@results
def command(
    run: str | None, suite: str, output: str | None, check: str | None, data: str | None, **options: Any
) -> int:
    """Write the official files of RUN's test predictions into a zip, or check any zip.

    First predict the test splits: benchwright run MODEL --suite glue --split test --unlabelled --data DIR. A bundle
    that the rules do not allow is refused with every reason (--check: exit code 1).
    """
    if check is not None:
        if run is not None or output is not None:
            raise click.UsageError("--check takes no RUN and no -o: it checks the zip and writes nothing")
        return _check(Path(check), suite, Path(data) if data else None, options["form"])
    if run is None or output is None:
        raise click.UsageError("say RUN and -o FILE.zip, or --check FILE.zip")
    if data is not None:
        raise click.UsageError("--data belongs to --check: a run already knows its test data")
    return _write(run, suite, Path(output), options)


def _write(name: str, suite: str, output: Path, options: dict[str, Any]) -> int:
    from benchwright import console
    from benchwright.store import Store, atomic, locate
    from benchwright.submit.official_zip import make_zip

    store = Store(locate(options["store"]))
    run, _, model = name.partition(":")
    bundle = make_zip(store, store.read_run(run), model, suite)
    atomic.write_output(output, bundle.content, what="-o")
    if options["form"] == "json":
        told = {"submission": str(output), "suite": suite, "files": bundle.files, "remarks": bundle.remarks}
        console.say_json({**told, "bytes": len(bundle.content)})
        return 0
    for remark in bundle.remarks:
        console.say(f"! {remark}")
    if not options["quiet"]:
        console.say(f"{suite} submission of {len(bundle.files)} files in {output}, checked")
    return 0


def _check(path: Path, suite: str, data: Path | None, form: str) -> int:
    from benchwright import console
    from benchwright.submit.official_zip import check_zip

    problems, unchecked = check_zip(path.read_bytes(), suite, data=data)
    if form == "json":
        console.say_json({"submission": str(path), "suite": suite, "problems": problems, "unchecked": unchecked})
        return _REFUSED if problems else 0
    for problem in problems:
        console.say(f"- {problem}")
    for what in unchecked:
        console.say(f"not checked, {_why(data)}: {what}")
    console.say(f"{path.name}: {_verdict(len(problems), suite, unchecked)}")
    return _REFUSED if problems else 0


def _why(data: Path | None) -> str:
    if data is None:
        return "it takes the test files (--data DIR)"
    return f"its test file is not in {data}"


def _verdict(problems: int, suite: str, unchecked: Sequence[str]) -> str:
    """What the check says in the end; nothing unchecked is called good."""
    if problems:
        return f"{problems} reasons to reject it" if problems > 1 else "1 reason to reject it"
    if unchecked:
        files = " and ".join(what.partition(":")[0] for what in unchecked)
        return f"no fault found; not checked: {files} against the test data"
    return f"a good {suite} submission"
