"""One `main`: a lazy table of commands, and what every error becomes."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from benchwright import __version__
from benchwright.cli import COMMANDS
from benchwright.cli.options import KEPT, READING
from benchwright.errors import BenchwrightError
from benchwright.inert import InertStream, inert, inert_lines, is_text

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
"""Said before torch is loaded: its threads would spin while they wait for one another, and on cores that other programs use
too a training then takes many times as long."""

EXIT_BUG, EXIT_INTERRUPTED, EXIT_USAGE = 70, 130, 2


class LazyGroup(click.Group):
    """Commands known by name; the file of one is imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name][0]
        module = import_module(place if "." in place else f"benchwright.cli.{place}")
        command: click.Command = module.command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command, or a usage error that suggests one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=2)
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"No such command {args[0]!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="benchwright")
def cli() -> None:
    """Honest benchmarks for fine-tuned Transformer NLP models.

    Scores with intervals, comparisons, reports and regression gates from stored predictions.
    """


def main(args: list[str] | None = None) -> None:
    """Run the program and exit with one of its codes: 0, 1, 2, 3, 4, 70, 130."""
    _open_streams()
    code = call(args)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    # Not sys.exit: a native thread (Arrow's, the hub client's) can abort the interpreter on its way out, and the exit
    # code with it. Everything is written and closed by now.
    os._exit(code)


def _open_streams() -> None:
    """Streams that take any character and make inert what they are given; one that was closed (`>&-`) goes nowhere.

    Where an encoding lacks a sign that decides how a number is read, a minus, it gets the nearest that it has.
    """
    codecs.register_error(_NEAREST, _nearest)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_NEAREST)
        setattr(sys, name, InertStream(getattr(sys, name)))


_NEAREST = "benchwright.nearest"
_NEAR = {"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2026": "...", "\u23ce": "\\n", "\u2019": "'"}


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """What stands for characters that an encoding lacks: the nearest sign, else a question mark."""
    assert isinstance(error, UnicodeEncodeError)
    return "".join(_NEAR.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


def call(args: list[str] | None = None) -> int:
    """Run the program and return its exit code; a user's mistake is a message, a bug of ours a traceback."""
    try:
        _check_typed(sys.argv[1:] if args is None else args)
        result = cli.main(args=args, prog_name="benchwright", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        _tell(_usage(error))
        return EXIT_USAGE
    except BenchwrightError as error:
        if os.environ.get("BENCHWRIGHT_DEBUG"):
            raise
        _tell(f"error: {error}")
        return error.exit_code
    except (KeyboardInterrupt, click.Abort) as stop:  # click raises its own from the first
        said = stop if isinstance(stop, KeyboardInterrupt) else stop.__cause__
        _tell(f"interrupted: {str(said or '') or _what_is_kept(sys.argv[1:] if args is None else args)}")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output left (`| head`): nothing more to say to anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO):
            return _bug()
        _tell(f"error: the output cannot be written: {error.strerror}")
        return EXIT_USAGE
    except Exception as error:
        return _no_memory(error) if isinstance(error, MemoryError) else _bug()
    return result if isinstance(result, int) else 0


def _what_is_kept(args: list[str]) -> str:
    """What an interrupt leaves: of a verb that only reads the store nothing, of others what is finished."""
    if next(iter(args), "") in READING:
        return "nothing was written; type the same command again"
    return f"{KEPT}; run the same command to continue"


def _check_typed(args: list[str]) -> None:
    """Raise for what could be neither shown nor stored: half of a surrogate pair, as a name that is not UTF-8 has it."""
    for text in args:
        if "\0" in text or not is_text(text):
            raise BenchwrightError(
                f"{text} is not UTF-8, or holds a NUL",
                expected="names and paths in UTF-8",
                hint="rename the file, then name it anew",
            )


def _no_memory(error: MemoryError) -> int:
    """Say so, and what helps; returns the exit code."""
    _tell(f"error: memory does not suffice: {str(error) or 'no more is told'}")
    _tell("  next: give the command more memory, or smaller files: a file takes several times its size")
    return EXIT_USAGE


def _bug() -> int:
    """Show the traceback of what is being handled; returns the exit code."""
    import traceback

    _tell(traceback.format_exc().rstrip())
    _tell("this is a bug in benchwright: please report the lines above and the command you typed")
    return EXIT_BUG


def _usage(error: click.ClickException) -> str:
    """What click says of a mistake, in its own layout; what was typed stays on its line."""
    error.message = inert(error.message)  # type: ignore[misc] # declared final, and not used by anybody else
    shown = io.StringIO()
    error.show(file=shown)
    return shown.getvalue().rstrip("\n")


def _tell(text: str) -> None:
    click.echo(inert_lines(text), err=True)
