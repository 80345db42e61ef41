"""How a task is called everywhere: ``suite/task``, and ``view@suite/task`` where a view changes its inputs. Read and written here alone."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self

from benchwright.errors import BenchwrightError


@dataclass(frozen=True, order=True)
class TaskPath:
    """A task by name.

    Attributes:
        suite: Name of its suite.
        task: Its own name.
        view: What its inputs are seen through (``robustness/typos``); empty: as they are.
    """

    suite: str
    task: str
    view: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """The path that ``str`` writes. Raises BenchwrightError where a suite, a task or a view is missing."""
        view, at, place = text.rpartition("@")
        suite, slash, task = place.partition("/")
        if not (suite and slash and task) or bool(at) != bool(view):
            raise BenchwrightError(
                f"{text!r} names no task",
                expected="SUITE/TASK, or VIEW@SUITE/TASK",
                hint="type `benchwright list tasks`",
            )
        return cls(suite=suite, task=task, view=view)

    def __str__(self) -> str:
        return f"{self.view}@{self.suite}/{self.task}" if self.view else f"{self.suite}/{self.task}"


SEVERITIES = (1, 2, 3)
"""How much of an input a view changes; what stands at each severity says the perturbation."""

DEFAULT_SEVERITY = 2
"""The severity of a view whose name says none."""


def view_name(perturbation: str, severity: int) -> str:
    """What a view is called within its suite: ``keyboard_typo`` at the default severity, else ``keyboard_typo-3``."""
    return perturbation if severity == DEFAULT_SEVERITY else f"{perturbation}-{severity}"


def is_view_named(name: str, pattern: str) -> bool:
    """Whether a pattern, in which ``*`` stands for any letters, means a view; its default severity may be written out (``ocr-2``)."""
    bare = not name.endswith(tuple(f"-{severity}" for severity in SEVERITIES))
    spellings = (name, f"{name}-{DEFAULT_SEVERITY}") if bare else (name,)
    return any(fnmatchcase(one, pattern) for one in spellings)


IDENTITY = "identity"
"""The view in which words of one group of people stand instead of those of another; it has no severity."""

IDENTITY_VIEW = f"bias/{IDENTITY}"
"""That view with its suite."""


def is_identity_view(path: str) -> bool:
    """Whether a task is one seen through identity swaps."""
    return "@" in path and TaskPath.parse(path).view == IDENTITY_VIEW


HARDWARE = "hardware"
"""The suite of views under which a model is measured on a task's inputs as they are."""


def is_hardware_view(path: str) -> bool:
    """Whether a task is one under whose inputs a model is timed, so that it has measurements and no records."""
    return "@" in path and TaskPath.parse(path).view.startswith(f"{HARDWARE}/")


EXPLAIN = "explain"
"""The suite of views under which a model's answers to a task's inputs as they are get explained."""


def is_explain_view(path: str) -> bool:
    """Whether a task is one whose answers are explained, so that it has an attachment of another cell and no records."""
    return "@" in path and TaskPath.parse(path).view.startswith(f"{EXPLAIN}/")


def has_answers(path: str) -> bool:
    """Whether cells of a task hold answers of their own, which are scored: those of hardware profiles and of explanations do not."""
    return not (is_hardware_view(path) or is_explain_view(path))


def task_path(suite: str, task: str) -> str:
    """``suite/task``."""
    return str(TaskPath(suite, task))


def suite_of(path: str) -> str:
    """The suite of a task by its path."""
    return TaskPath.parse(path).suite


def near(name: str, suite: str) -> TaskPath:
    """What a card of a suite calls another task: by its bare name, or as ``suite/task`` where it lies elsewhere."""
    return TaskPath.parse(name) if "/" in name else TaskPath(suite, name)
