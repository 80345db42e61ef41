"""Parse command-line arguments and run files into a frozen specification; all problems are collected and shown at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchwright.documents import Unreadable, read_toml_file
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.paths import exists
from benchwright.types import ModelRef, RunSpec

_MODEL_NAME = re.compile(r"[\w.-]+")
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_FILES = (".json", ".jsonl", ".tsv", ".csv", ".parquet", ".conll", ".txt")
"""Suffixes of files of predictions."""
_SECRET = re.compile(
    r"(^|[_-])(api[_-]?key|secret|password|passwd|credential|auth)s?($|[_-])|(^|[_-])token$", re.IGNORECASE
)
"""Names of options that hold a secret; ``token_budget`` and ``max_tokens`` count pieces of text."""
_SECRET_VALUE = re.compile(r"^(hf_|sk-|ghp_|xox[a-z]-|AKIA)[\w-]{12,}")
_USER_INFO = re.compile(r"^[a-z][a-z0-9+.-]*://[^/\s]*@", re.IGNORECASE)


class ModelTable(msgspec.Struct, forbid_unknown_fields=True):
    """`[[model]]` of a run file."""

    ref: str
    name: str | None = None
    options: dict[str, str | int | float | bool] = {}
    tasks: dict[str, str] = {}


class RunFile(msgspec.Struct, forbid_unknown_fields=True):
    """A run file (TOML). Flags of the command line override its values."""

    model: list[ModelTable] | ModelTable
    suite: list[str] | str
    schema: int = 1
    name: str | None = None
    on: list[str] | str = []
    split: str | None = None
    data: str | None = None
    limit: int | None = None
    seed: int = 0
    device: str = "cpu"
    precision: str = "exact"
    executor: str = "local"
    offline: bool = False
    errors: int = 0
    unlabelled: bool = False


def parse_model(text: str, adapters: Collection[str]) -> ModelRef:
    """Parse a model reference ``[name=]adapter:path[@revision][?key=value&...]``.

    An existing path is taken whole before ``=``, ``@`` or ``:`` are read; a bare path or hub id means ``transformers:``.

    Raises:
        BenchwrightError: The text names no known adapter, an option has no value, or holds a secret.
    """
    text, options = split_options(text)
    name, rest = _split_name(text)
    adapter, path, revision = _split_address(rest, adapters)
    _refuse_secrets(path, options)
    return ModelRef(
        name=name or default_name(adapter, path, revision),
        adapter=adapter,
        path=path,
        revision=revision,
        options=options,
    )


def parse_models(texts: Sequence[str], adapters: Collection[str]) -> tuple[ModelRef, ...]:
    """All models of a command line; names made unique; raises ConfigError with every problem."""
    models, problems = [], []
    for text in texts:
        try:
            models.append(parse_model(text, adapters))
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="the models")
    return _named_apart(models)


class Selector(msgspec.Struct, frozen=True, kw_only=True):
    """What one ``--suite`` names: ``suite``, ``suite/task`` or ``suite/task?key=value&...``; no task means all of them."""

    suite: str
    task: str = ""
    options: dict[str, str] = {}


def parse_selector(text: str) -> Selector:
    """Parse a selector into suite, task and options; options are for tasks made from a user's own files.

    Raises:
        BenchwrightError: An option has no value, occurs twice, or holds a secret.
    """
    head, _, tail = text.partition("?")
    options = _options(head, tail)
    _refuse_secrets("", options)
    suite, _, task = head.partition("/")
    return Selector(suite=suite, task=task, options=options)


def split_selectors(texts: Sequence[str]) -> tuple[str, ...]:
    """Split selectors that were given in several texts, or in one text with commas.

    A comma behind a ``?`` belongs to an option, so a selector with options is the last one of its text:
    ``glue/sst2,classification/custom?path=a.csv&labels=bad,good``.
    """
    found: list[str] = []
    for text in texts:
        plain, mark, options = text.partition("?")
        *before, last = plain.split(",")
        found += [*before, f"{last}{mark}{options}"]
    return tuple(part.strip() for part in found if part.strip())


def read_run_file(path: Path, adapters: Collection[str]) -> tuple[RunSpec, str | None]:
    """The specification and the run name in a TOML file; raises ConfigError with every problem."""
    try:
        raw = read_toml_file(path)[0]
    except Unreadable as error:
        raise ConfigError(
            [BenchwrightError(f"{error.at(str(path))} is not TOML: {error.why}", hint="see docs/cli.md for an example")]
        ) from error
    except (OSError, ValueError) as error:
        told = f"cannot read {path}: {getattr(error, 'strerror', None) or error}"
        raise ConfigError(
            [BenchwrightError(told, expected="a run file, such as run.toml", hint="see docs/cli.md for an example")]
        ) from error
    problems = _field_problems(raw)
    models = []
    for number, table in enumerate(_tables(raw), start=1):
        try:
            models.append(_model_of(table, adapters))
        except BenchwrightError as error:
            told = f"[[model]] number {number}: {error.problem}"
            problems.append(BenchwrightError(told, expected=error.expected, hint=error.hint, shown=error.shown))
        except msgspec.ValidationError as error:
            problems.append(
                BenchwrightError(
                    f"[[model]] number {number}: {error}",
                    hint='[[model]] holds `ref = "majority"` and, where wanted, name, options and tasks; docs/cli.md shows a whole file',
                )
            )
    if problems:
        raise ConfigError(problems, where=str(path))
    file = msgspec.convert(raw, RunFile)
    known = {field: getattr(file, field) for field in RunSpec.__struct_fields__ if hasattr(file, field)}
    known["on"] = (file.on,) if isinstance(file.on, str) else tuple(file.on)
    suites = (file.suite,) if isinstance(file.suite, str) else tuple(file.suite)
    spec = msgspec.convert({**known, "models": [], "suites": suites}, RunSpec)
    return msgspec.structs.replace(spec, models=_named_apart(models)), file.name


def run_file_schema() -> dict[str, Any]:
    """JSON Schema of a run file."""
    return msgspec.json.schema(RunFile)


_ANSWERS = frozenset({"constant"})
"""Adapters behind whose colon stands an answer and not a place."""


def default_name(adapter: str, path: str, revision: str | None) -> str:
    """The default name of a model: its adapter, or the last two parts of its path."""
    if not path:
        return adapter
    if adapter in _ANSWERS:
        path = f"{adapter}-{path}".replace("/", "-")
    parts = [part for part in re.split(r"[/\\]", path) if part not in ("", ".", "..") and "{" not in part]
    stem = parts[-1] if parts else adapter
    stem = re.sub(r"\.(jsonl|json|tsv|csv|parquet|conll)$", "", stem)
    name = re.sub(r"[^\w.-]+", "-", stem).strip("-") or adapter
    return f"{name}-{revision[:8]}" if revision else name


def split_options(text: str) -> tuple[str, dict[str, str]]:
    """A reference without its ``?key=value&...``, and those; an existing path is taken whole."""
    if exists(text) or "?" not in text:
        return text, {}
    head, _, tail = text.partition("?")
    return head, _options(head, tail)


def _options(head: str, tail: str) -> dict[str, str]:
    """Options of ``key=value&...``; ``head`` is what they belong to, for messages."""
    options: dict[str, str] = {}
    for part in filter(None, tail.split("&")):
        key, equals, value = part.partition("=")
        if not equals or not key:
            raise BenchwrightError(
                f"the option {part!r} of {head!r} has no value", expected="key=value", hint=f"{head}?{key}=..."
            )
        if key in options:
            raise BenchwrightError(
                f"the option {key!r} of {head!r} is given twice ({options[key]!r} and {value!r})",
                expected="one value",
                hint="name each of several tasks by itself: --suite A?key=value --suite B?key=value"
                if "?" in options[key]
                else "separate several values by commas where the option takes a list",
            )
        options[key] = value
    return options


def _split_name(text: str) -> tuple[str | None, str]:
    if exists(text) or "=" not in text:
        return None, text
    name, _, rest = text.partition("=")
    if not _MODEL_NAME.fullmatch(name):
        if ":" in name:
            return None, text
        raise BenchwrightError(
            f"{name!r} cannot name a model", expected="letters, digits, `.`, `_` or `-`", hint=f"my-model={rest}"
        )
    return name, rest


def _split_address(text: str, adapters: Collection[str]) -> tuple[str, str, str | None]:
    if text in adapters:
        return text, "", None
    if exists(text):
        return "transformers", text, None
    adapter, colon, path = text.partition(":")
    if colon and adapter in adapters:
        if exists(path):
            return adapter, path, None
        path, _, revision = path.partition("@") if not _is_address(path) else (path, "", "")
        return adapter, path, revision or None
    if not colon and (_HUB_ID.fullmatch(text.partition("@")[0]) or "{" in text):
        path, _, revision = text.partition("@")
        return "transformers", path, revision or None
    if not colon and ("/" in text or "\\" in text):
        raise BenchwrightError(
            f"no file or folder {text}",
            expected="a checkpoint folder, or a hub id `owner/name`",
            hint="check the path; it is relative to the folder you are in, and `owner/name` is a hub id",
        )
    raise _unknown_adapter(adapter, text, adapters)


def _is_address(path: str) -> bool:
    return "://" in path


def _unknown_adapter(adapter: str, text: str, adapters: Collection[str]) -> BenchwrightError:
    import difflib

    close = difflib.get_close_matches(adapter, list(adapters), n=3, cutoff=0.5)
    if close:
        hint = f"did you mean {' or '.join(close)}? `benchwright list adapters` describes them"
    elif text == adapter and Path(text).suffix.lower() in _FILES:
        return BenchwrightError(
            f"no file {text} here", expected="a file that exists", hint=f"predictions:{text}, with the right path"
        )
    elif text == adapter:
        hint = f"transformers:{text} for a checkpoint on the hub, ./{text} for a folder of yours"
    else:
        hint = "`benchwright list adapters` describes them"
    return BenchwrightError(
        f"unknown adapter {adapter!r} in {text!r}",
        expected=f"[name=]adapter:path, a checkpoint folder or a hub id; adapters: {', '.join(sorted(adapters))}",
        hint=hint,
    )


def _refuse_secrets(path: str, options: Mapping[str, str]) -> None:
    if _USER_INFO.search(path):
        raise BenchwrightError(
            "the address holds user information",
            expected="an address without `user:password@`",
            hint="put the secret into an environment variable and pass `?token=env:NAME`",
        )
    for key, value in options.items():
        if value.startswith("env:"):
            continue
        if _SECRET.search(key) or _SECRET_VALUE.search(value) or _USER_INFO.search(value):
            raise BenchwrightError(
                f"the option {key!r} holds a secret",
                expected="the name of an environment variable, so that no record ever contains the secret",
                hint=f"export it and pass `?{key}=env:NAME`",
            )


def _named_apart(models: Sequence[ModelRef]) -> tuple[ModelRef, ...]:
    """Default names that clash get a number; two equal references are one model."""
    seen: dict[str, int] = {}
    result: list[ModelRef] = []
    for model in models:
        if model in result:
            continue
        seen[model.name] = seen.get(model.name, 0) + 1
        if seen[model.name] > 1:
            model = msgspec.structs.replace(model, name=f"{model.name}-{seen[model.name]}")  # noqa: PLW2901
        result.append(model)
    return tuple(result)


def _tables(raw: Mapping[str, Any]) -> list[Any]:
    model = raw.get("model", [])
    return model if isinstance(model, list) else [model]


def _model_of(table: Any, adapters: Collection[str]) -> ModelRef:
    parsed = msgspec.convert(table, ModelTable)
    model = parse_model(parsed.ref, adapters)
    options = {**model.options, **{key: _as_text(value) for key, value in parsed.options.items()}}
    _refuse_secrets(model.path, options)
    if parsed.name is not None and not _MODEL_NAME.fullmatch(parsed.name):
        raise BenchwrightError(
            f"{parsed.name!r} cannot name a model", expected="letters, digits, `.`, `_` or `-`", hint="my-model=..."
        )
    for text in parsed.tasks.values():
        _refuse_secrets(*split_options(text))
    return msgspec.structs.replace(model, name=parsed.name or model.name, options=options, tasks=parsed.tasks)


def _as_text(value: str | float | bool) -> str:  # noqa: FBT001 - a TOML value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field_problems(raw: Mapping[str, Any]) -> list[BenchwrightError]:
    """Problems of the top-level fields, each checked on its own because a validator stops at the first."""
    fields = {field.name: field for field in msgspec.structs.fields(RunFile)}
    problems = []
    for key, value in raw.items():
        if key not in fields:
            problems.append(_unknown_field(key, fields))
        elif key != "model":
            try:
                msgspec.convert(value, fields[key].type)
            except msgspec.ValidationError as error:
                problems.append(BenchwrightError(f"`{key}`: {error}", hint="docs/cli.md shows a whole run file"))
    problems += [
        BenchwrightError(
            f"`{key}` is missing",
            hint="docs/cli.md shows a whole run file; `benchwright run --schema` prints what may stand in one",
        )
        for key in ("model", "suite")
        if key not in raw
    ]
    if raw.get("schema", 1) != 1:
        problems.append(BenchwrightError(f"`schema`: {raw['schema']!r}", expected="1", hint="schema = 1"))
    if raw.get("precision", "exact") not in ("exact", "fast"):
        problems.append(
            BenchwrightError(f"`precision`: {raw['precision']!r}", expected="exact or fast", hint='precision = "exact"')
        )
    return problems


def _unknown_field(key: str, known: Collection[str]) -> BenchwrightError:
    import difflib

    close = difflib.get_close_matches(key, list(known), n=1)
    return BenchwrightError(
        f"unknown field `{key}`",
        expected=f"one of: {', '.join(known)}",
        hint=f"did you mean `{close[0]}`?" if close else "leave it out; docs/cli.md shows a whole run file",
    )
