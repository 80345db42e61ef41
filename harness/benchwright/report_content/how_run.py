"""How everything on a page can be run again: a command for each run, the command of the report, and keys that tell whether it is the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from benchwright.errors import BenchwrightError
from benchwright.render.grid import Grid
from benchwright.render.provenance import short_path
from benchwright.store import Store
from benchwright.types import ModelRef, ReportOptions, Run, RunSpec

PLACEHOLDER = "PATH/"
"""In place of the folders above a file or checkpoint, which name a machine or its user."""
MOST_KEYS = 400
"""Keys of results on one page; reading them back is one small file for each task and model."""
SHORT = 10
"""Characters of a digest that are shown."""
_WIDE = 96
_ABSOLUTE = re.compile(r"^(/|~|[A-Za-z]:[\\/])")
_DEFAULTS = RunSpec(models=(), suites=())
_VALUED = ("split", "limit", "seed", "device", "precision", "executor", "errors")
_SWITCHES = ("offline", "unlabelled")
_SCENARIOS = {"single_stream": "single-stream", "offline": "offline", "server": "server"}
_PRESETS = {"quick": "--quick", "official": "--official"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunCommand:
    """What makes a run.

    Attributes:
        text: The command, in as many lines as it takes.
        file: Text of the run file that the command names; empty where flags say everything.
        hides: Whether it holds ``PATH/`` in place of folders.
    """

    run: str
    text: str
    file: str = ""
    hides: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskKeys:
    """Of a task the digest of its data, and of each model the key of its result; empty where there is none."""

    task: str
    split: str
    data: str
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HowRun:
    """How a report and its runs came about.

    Attributes:
        systems: Labels of the models, in the order of the keys.
        digests: Digest of each model's content; empty where it has none, or one for each task.
        hidden_keys: Tasks whose keys are left out.
    """

    commands: tuple[RunCommand, ...]
    report: str
    systems: tuple[str, ...]
    digests: tuple[str, ...]
    keys: tuple[TaskKeys, ...]
    hidden_keys: int

    @property
    def hides(self) -> bool:
        """Whether a reader has to put in folders."""
        return any(command.hides for command in self.commands)


def find_how_run(runs: Sequence[Run], grid: Grid, options: ReportOptions) -> HowRun:
    """How the runs of a report, in its order, and the report itself are made again."""
    rows = [column for column in grid.columns if any(cell.key for cell in column.cells.values())]
    most = max(1, MOST_KEYS // max(1, len(grid.systems)))
    store = next((run.store for run in runs if run.store), None)
    places = range(len(grid.systems))
    return HowRun(
        commands=tuple(command_of(run.spec, run.name) for run in _different(runs)),
        report=report_command(runs, options),
        systems=tuple(system.label for system in grid.systems),
        digests=tuple(_model_digest(grid, at, store) for at in places),
        keys=tuple(
            TaskKeys(
                task=column.name,
                split=column.split,
                data=_first(_read(store, cell.key, "data") for cell in column.cells.values()),
                keys=tuple(_short(column.cells[at].key) if at in column.cells else "" for at in places),
            )
            for column in rows[:most]
        ),
        hidden_keys=max(0, len(rows) - most),
    )


def command_of(spec: RunSpec, name: str, *, hide: bool = True) -> RunCommand:
    """The command that makes a run of this specification.

    Args:
        spec: Of the run.
        name: Of the run.
        hide: Whether absolute paths are cut, as in every report.
    """
    shown = _hidden(spec) if hide else spec
    file = "" if all(map(_fits_in_words, shown.models)) else _run_file(shown, name)
    words = _file_words(name) if file else _profile_words(shown, name) or _words(shown, name)
    return RunCommand(run=name, text=_joined(words), file=file, hides=shown != spec)


def report_command(runs: Sequence[Run], options: ReportOptions) -> str:
    """The command of the report; files of notes are called ``NOTE.md``, as their names are not known."""
    groups = [["benchwright report", *(shlex.quote(run.name) for run in _different(runs))], ["-o", "report.html"]]
    groups += [["--models", shlex.quote(",".join(options.models))]] if options.models else []
    groups += [["--tasks", shlex.quote(",".join(options.tasks))]] if options.tasks else []
    groups += [["--title", shlex.quote(options.title)]] if options.title else []
    groups += [["--author", shlex.quote(options.author)]] if options.author else []
    groups += [["--note", "NOTE.md"] for _ in options.notes]
    groups += [["--baseline", shlex.quote(model)] for model in options.baselines]
    groups += [["--against", shlex.quote(options.against)]] if options.against else []
    groups += [] if options.inputs else [["--no-inputs"]]
    groups += [] if options.max_examples is None else [["--max-examples", str(options.max_examples)]]
    groups += [["--history"]] if options.history else []
    return _joined(groups)


def _different(runs: Sequence[Run]) -> list[Run]:
    found: dict[str, Run] = {}
    for run in runs:
        found.setdefault(run.name, run)
    return list(found.values())


Words = list[list[str]]
"""Groups of words that stay on one line, quoted for a shell."""


def _joined(groups: Words) -> str:
    lines = [" ".join(group) for group in groups]
    whole = " ".join(lines)
    return whole if len(whole) <= _WIDE else " \\\n  ".join(lines)


def _words(spec: RunSpec, name: str) -> Words:
    groups = [["benchwright run"], *([shlex.quote(_reference(model))] for model in spec.models)]
    groups += [["--suite", shlex.quote(selector)] for selector in spec.suites]
    groups += [["--on", shlex.quote(selector)] for selector in spec.on]
    return [*groups, *_settings(spec, (*_VALUED, "data"), name)]


def _settings(spec: RunSpec, valued: Iterable[str], name: str) -> Words:
    changed = {field: getattr(spec, field) for field in (*valued, *_SWITCHES)}
    changed = {field: value for field, value in changed.items() if value != getattr(_DEFAULTS, field)}
    groups = [[f"--{field}", *([] if value is True else [shlex.quote(str(value))])] for field, value in changed.items()]
    return [*groups, ["--name", shlex.quote(name)]]


def _profile_words(spec: RunSpec, name: str) -> Words | None:
    """The same as `benchwright profile`, where its flags say all that the selectors of a specification do; else None."""
    parts = [selector.partition("?") for selector in spec.suites]
    places = [head.partition("hardware/") for head, _, _ in parts]
    options = [dict(part.split("=", 1) for part in tail.split("&") if "=" in part) for _, _, tail in parts]
    if not parts or not spec.on or any(head or not mark for head, mark, _ in places):
        return None
    if any(asked.pop("alone", "") != "yes" for asked in options) or spec.errors or spec.unlabelled:
        return None
    union: dict[str, str] = {}
    for asked in options:
        if any(union.setdefault(key, value) != value for key, value in asked.items()):
            return None
    scenarios = [scenario for _, _, scenario in places]
    if spec.executor != _DEFAULTS.executor or not {*scenarios} <= {*_SCENARIOS, "sweep", "concurrency", "interleaved"}:
        return None
    groups = [["benchwright profile"], *([shlex.quote(_reference(model))] for model in spec.models)]
    groups += [["--suite", shlex.quote(selector)] for selector in spec.on]
    groups += [["--scenario", _SCENARIOS[one]] for one in scenarios if one in _SCENARIOS]
    groups += [["--sweep"]] if "sweep" in scenarios else []
    groups += [["--interleave"]] if "interleaved" in scenarios else []
    preset = union.pop("preset", "standard")
    groups += [[_PRESETS[preset]]] if preset in _PRESETS else []
    groups += [[f"--{key.replace('_', '-')}", shlex.quote(value)] for key, value in union.items()]
    return [*groups, *_settings(spec, ("split", "limit", "seed", "device", "precision", "data"), name)]


def _reference(model: ModelRef) -> str:
    place = f":{model.path}" if model.path else ""
    revision = f"@{model.revision}" if model.revision else ""
    options = "&".join(f"{key}={value}" for key, value in model.options.items())
    return f"{model.name}={model.adapter}{place}{revision}{'?' if options else ''}{options}"


def _fits_in_words(model: ModelRef) -> bool:
    """Whether a reference says a model whole: no paths by task, and no sign that would be read as the next part."""
    return (
        not model.tasks
        and "?" not in model.path
        and ("@" not in model.path or "://" in model.path)
        and not any("&" in value for value in model.options.values())
    )


def _file_words(name: str) -> Words:
    return [["benchwright run", "run.toml"], ["--name", shlex.quote(name)]]


def _run_file(spec: RunSpec, name: str) -> str:
    """The specification as a run file; its values are those of the specification."""
    lines = [f"name = {_text(name)}", f"suite = {_list(spec.suites)}"]
    lines += [f"on = {_list(spec.on)}"] if spec.on else []
    for field in (*_VALUED, "data", *_SWITCHES):
        value = getattr(spec, field)
        if value != getattr(_DEFAULTS, field):
            lines.append(f"{field} = {_text(value) if isinstance(value, str) else str(value).lower()}")
    for model in spec.models:
        bare = msgspec.structs.replace(model, options={}, name="")
        lines += ["", "[[model]]", f"name = {_text(model.name)}", f"ref = {_text(_reference(bare).removeprefix('='))}"]
        lines += [f"options = {_table(model.options)}"] if model.options else []
        lines += [f"tasks = {_table(model.tasks)}"] if model.tasks else []
    return "\n".join(lines)


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _table(values: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{_text(key)} = {_text(value)}' for key, value in values.items())} }}"


def _hidden(spec: RunSpec) -> RunSpec:
    models = tuple(
        msgspec.structs.replace(
            model,
            path=_cut(model.path),
            options={key: _cut(value) for key, value in model.options.items()},
            tasks={task: _cut_selector(text) for task, text in model.tasks.items()},
        )
        for model in spec.models
    )
    return msgspec.structs.replace(
        spec,
        models=models,
        suites=tuple(map(_cut_selector, spec.suites)),
        on=tuple(map(_cut_selector, spec.on)),
        data=None if spec.data is None else _cut(spec.data),
    )


def _cut(path: str) -> str:
    return short_path(path).replace("…/", PLACEHOLDER, 1) if _ABSOLUTE.match(path) else path


def _cut_selector(text: str) -> str:
    head, mark, tail = text.partition("?")
    options = (part.partition("=") for part in tail.split("&"))
    return _cut(head) + mark + "&".join(f"{key}{equals}{_cut(value)}" for key, equals, value in options)


def _model_digest(grid: Grid, at: int, store: str | None) -> str:
    ref = grid.systems[at].ref
    if ref is None or "{" in ref.path or ref.tasks:
        return ""
    return _first(_read(store, column.cells[at].key, "model") for column in grid.columns if at in column.cells)


def _read(store: str | None, key: str | None, field: str) -> str:
    """A digest in the key of a stored result, short; empty where it cannot be read, or stands for none."""
    if store is None or key is None:
        return ""
    try:
        value = str(getattr(Store(store).read_cell(key).key, field))
    except BenchwrightError:
        return ""
    return "" if value.startswith("run:") else _short(value)


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def _short(digest: str | None) -> str:
    return (digest or "")[:SHORT]
