"""Check a run's specification before any data is read: invalid settings, unknown options of adapters."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchwright import environment, missing_labels, registry
from benchwright.config import split_options
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.paths import is_folder
from benchwright.types import Adapter, RunSpec

ENGINE_OPTIONS = {
    "labels": "what each output means, in output order: a task label for each, separated by commas",
    "neutral": missing_labels.HELP,
}
"""Options of every adapter, read by the engine."""


def setting_problems(spec: RunSpec) -> list[BenchwrightError]:
    """Settings that no run can have, wherever they came from."""
    folder = Path(spec.data) if spec.data else None
    no_cuda = environment.cuda_problem() if spec.device == "cuda" else ""
    wrong = [
        (spec.limit is not None and spec.limit < 1, f"limit {spec.limit}", "at least 1, or none", "--limit 100"),
        (spec.errors < 0, f"errors {spec.errors}", "0 or more", "--errors 0"),
        (spec.executor != "local", f"executor {spec.executor!r}", "local", "--executor local"),
        (spec.device not in ("cpu", "cuda"), f"device {spec.device!r}", "cpu or cuda", "--device cpu"),
        (not spec.models, "no model", "at least one model", "benchwright run majority --suite starter"),
        (not any(spec.suites), "no suite", "at least one suite or suite/task", "--suite starter"),
        (
            folder is not None and not is_folder(folder),
            f"no data folder {spec.data}",
            "a folder, with --data DIR",
            "check the path; it is relative to the folder you are in",
        ),
        (
            bool(no_cuda),
            f"device cuda, but no CUDA device is here ({no_cuda})",
            "device cpu",
            "--device cpu",
        ),
    ]
    return [
        BenchwrightError(given, expected=expected, hint=hint) for is_wrong, given, expected, hint in wrong if is_wrong
    ]


def option_problems(spec: RunSpec, adapters: Mapping[str, Adapter | None]) -> list[BenchwrightError]:
    """Options of models that their adapters do not have."""
    problems = []
    for model in spec.models:
        adapter = adapters[model.adapter]
        if adapter is None:
            continue
        known = {**ENGINE_OPTIONS, **adapter.options}
        given_for_tasks = [key for text in model.tasks.values() for key in split_options(text)[1]]
        for key in (*model.options, *given_for_tasks):
            if key not in known:
                listing = ", ".join(sorted(known))
                given = f"the adapter {adapter.name} has no option {key!r}"
                problems.append(
                    BenchwrightError(
                        given, expected=f"one of: {listing}", hint=registry.suggest(key, known) or "use one of these"
                    )
                )
    return problems


def refuse_unused_budget(budget: str, *, is_read: bool) -> None:
    """Raise ConfigError for a token budget where no model of a run reads tokens."""
    if not is_read:
        problem = BenchwrightError(
            f"--token-budget {budget}, and no model of the run reads tokens",
            expected="a checkpoint among the models",
            hint="leave --token-budget out",
        )
        raise ConfigError([problem], where="--token-budget")
