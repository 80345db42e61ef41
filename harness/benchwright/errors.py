"""Exceptions with their exit codes.

    BenchwrightError                exit code 2   a user's mistake: message, no traceback
    ├── ConfigError                 2             several problems of one configuration, shown together
    ├── PluginError                 2             unknown, clashing, broken or unsupported plugin
    ├── DataError                   2             a benchmark file is absent, malformed or not what the task needs
    │   ├── DataMissing             2             no such split here: the task is reported missing, not failed
    │   └── NoGold                  2             the split is here, but its gold labels are not public
    ├── LabelError                  2             label names of model and task cannot be matched
    ├── PredictionsError            2             a predictions file does not fit the split
    ├── ModelError                  2             a model cannot be opened, or not for this task
    ├── StoreError                  2             the store cannot be read or written
    └── NotComparable               3             nothing measured, missing baseline, or not comparable

Anything else that escapes is a bug of ours: a traceback and exit code 70.
"""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.inert import inert


class BenchwrightError(Exception):
    """An error that the user can fix, described in three parts.

    Args:
        problem: What was found, in one sentence.
        expected: What would have been right.
        hint: What to type or do next.
        shown: Lines below the first sentence: a list of reasons, or the input with a mark under it.
    """

    exit_code = 2

    def __init__(self, problem: str, *, expected: str = "", hint: str = "", shown: Sequence[str] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.hint = hint
        self.shown = tuple(shown)

    @property
    def line(self) -> str:
        """The message in one line, for tables and lists."""
        found = "; ".join([self.problem, *self.shown])
        parts = [f"expected: {self.expected}" if self.expected else "", f"next: {self.hint}" if self.hint else ""]
        told = "; ".join(part for part in parts if part)
        return inert(f"{found} ({told})" if told else found)

    def __str__(self) -> str:
        lines = [inert(self.problem), *(f"    {inert(line)}" for line in self.shown)]
        if self.expected:
            lines.append(f"  expected: {inert(self.expected)}")
        if self.hint:
            lines.append(f"  next: {inert(self.hint)}")
        return "\n".join(lines)


class ConfigError(BenchwrightError):
    """One or several problems of a configuration, all shown at once."""

    def __init__(self, problems: Sequence[BenchwrightError | str], *, where: str = "") -> None:
        self.problems = tuple(p if isinstance(p, BenchwrightError) else BenchwrightError(p) for p in problems)
        head = f"{len(self.problems)} problems" if len(self.problems) > 1 else "1 problem"
        super().__init__(f"{head} in {where}" if where else head)

    @property
    def line(self) -> str:
        """Every problem in one line."""
        return "; ".join(problem.line for problem in self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return str(self.problems[0])
        return "\n".join([inert(self.problem) + ":", *(f"- {problem}" for problem in self.problems)])


class PluginError(BenchwrightError):
    """A plugin is unknown, registered twice, broken, or cannot do what is asked."""


class DataError(BenchwrightError):
    """Benchmark data are malformed; names file and line."""


class DataMissing(DataError):
    """The split is not there; a task of a whole suite is then listed as missing."""


class NoGold(DataError):
    """The split is there without gold labels: it can be predicted (``--unlabelled``), not scored."""


class LabelError(BenchwrightError):
    """Label names of a model or a file cannot be matched with those of the task."""


class PredictionsError(BenchwrightError):
    """A predictions file does not fit the split it is meant for."""


class ModelError(BenchwrightError):
    """A model cannot be opened, or has the wrong head for the task."""


class StoreError(BenchwrightError):
    """The store cannot be read or written."""


class NotComparable(BenchwrightError):
    """Nothing was measured, a baseline is missing, or two results cannot be compared."""

    exit_code = 3
