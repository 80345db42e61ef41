"""Run objects of the package `checklist` (a `TestSuite`, an `MFT`, `INV` or `DIR`) on any model, where that package is importable.

The package judges here, by its own functions: what comes out is what CheckList says (docs/checklist.md lists where our own engine
differs). Its released version does not install any more; a fork with the same import name does, without its dependencies, of
which three parts are replaced while it is imported, and named in what is returned.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any, cast

from benchwright.errors import BenchwrightError, ModelError
from benchwright.types import AnyTask, ClassificationTask, Example, Kind, Session
from benchwright.types.base import Frozen

DISTRIBUTION = "fiddler-checklist==0.0.1"
"""A fork (MIT) of checklist 0.0.11 with the same import name, which installs on Python 3.11 to 3.13."""
SHA256 = "26a0ce8ce805779cbb29c8d8ed1314f5f41162c0b4d9d452931c2a2e85253906"
"""Digest of its only wheel, fiddler_checklist-0.0.1-py3-none-any.whl: a single release by a third party."""
INSTALL = f"pip install --no-deps {DISTRIBUTION} && pip install munch dill"

_SHIMS: dict[str, tuple[str, ...]] = {
    "checklist.viewer.template_editor": ("TemplateEditor",),
    "checklist.viewer.test_summarizer": ("TestSummarizer",),
    "checklist.viewer.suite_summarizer": ("SuiteSummarizer",),
    "iso639": ("languages",),
    "pattern": (),
    "pattern.en": ("tenses",),
}
"""Modules that the package imports and does not need for tests, with the names it asks of them: a viewer for notebooks (spaCy,
IPython before 9), names of languages (pkg_resources), a conjugator (downloads WordNet)."""
_MODULES = ("test_suite", "test_types", "expect", "abstract_test", "pred_wrapper", "editor", "perturb")


class CheckList(Frozen, frozen=True, kw_only=True):
    """The imported package.

    Attributes:
        modules: ``test_suite``, ``test_types``, ``expect``, ``abstract_test``, ``pred_wrapper``, ``editor``, ``perturb``.
        shims: Modules that were replaced while it was imported.
    """

    modules: dict[str, Any]
    shims: tuple[str, ...]


class BridgedTest(Frozen, frozen=True, kw_only=True):
    """What CheckList says of one test.

    Attributes:
        name: Of the test.
        type: ``MFT``, ``INV`` or ``DIR``: its class.
        capability: As the suite says; empty where it does not.
        passed: Of each case that was run, in the order of runs; None: not applicable.
    """

    name: str
    type: str
    capability: str
    passed: tuple[bool | None, ...]

    @property
    def not_applicable(self) -> int:
        """Cases that leave the denominator."""
        return sum(one is None for one in self.passed)

    @property
    def failures(self) -> int:
        """Cases that failed."""
        return sum(one is False for one in self.passed)

    @property
    def failure_rate(self) -> float | None:
        """Failures per applicable case; None where there is none."""
        applicable = len(self.passed) - self.not_applicable
        return self.failures / applicable if applicable else None


def import_checklist() -> CheckList:
    """The package, whichever distribution it is of.

    What it cannot import is replaced by an empty class for as long as the import takes, and only that.

    Raises:
        BenchwrightError: It is not installed, or something else that it needs is missing; says what to type.
    """
    placed: list[str] = []
    try:
        import_module("checklist")
        with _shims(placed):
            modules = {name: import_module(f"checklist.{name}") for name in _MODULES}
    except ImportError as error:
        raise BenchwrightError(
            f"the package checklist cannot be imported: {error}",
            expected="an installed checklist, of either distribution",
            hint=INSTALL,
            shown=(f"sha256 of the wheel: {SHA256}",),
        ) from error
    return CheckList(modules=cast("dict[str, Any]", modules), shims=tuple(placed))


@contextmanager
def _shims(placed: list[str]) -> Iterator[None]:
    """Stand-ins for modules that cannot be imported, taken away again."""
    for name, attributes in _SHIMS.items():
        if not _importable(name):
            sys.modules[name] = _empty(name, attributes)
            placed.append(name)
    try:
        yield
    finally:
        for name in placed:
            sys.modules.pop(name, None)


def _importable(name: str) -> bool:
    try:
        if name.partition(".")[0] == "pattern":
            return find_spec(name) is not None  # not imported here: it asks the network for WordNet
        import_module(name)
    except Exception:  # a viewer raises a bare Exception outside of IPython
        return False
    return True


def _empty(name: str, attributes: Sequence[str]) -> ModuleType:
    module = ModuleType(name)
    for attribute in attributes:
        setattr(module, attribute, type(attribute, (), dict(_FIELDS)))
    return module


_FIELDS: dict[str, Any] = {"name": {"English": SimpleNamespace(part1="en")}, "inverted": {}, "part1": {}}
"""What the package asks of a class that was replaced: the name of the one language that its `Editor` then knows."""


def predictor(session: Session, task: AnyTask) -> Callable[[list[Any]], tuple[Any, Any]]:
    """The function that ``run(predict_and_confidence_fn)`` of CheckList wants: examples -> (predictions, confidences).

    Labels are given by id. Confidences are a row of probabilities for each example where the model has any, else ones.

    Args:
        session: An open model.
        task: What it is asked; an example is a text, or as many fields as the task has inputs, in their order (of a span also
            context and question, as in CheckList).
    """

    def predict(given: list[Any]) -> tuple[Any, Any]:
        import numpy as np

        examples = [
            Example(id=f"{task.name}/{at}", index=at, inputs=_inputs(one, task)) for at, one in enumerate(given)
        ]
        answers = session.predict(examples)
        failed = next((answer.error for answer in answers if answer.error), None)
        if failed is not None or len(answers) != len(examples):
            raise ModelError(
                f"the model gave no answer to an example of {task.name}: {failed or 'too few answers'}",
                hint="CheckList has no place for a missing answer",
            )
        ids = {label.name: label.id for label in task.labels} if isinstance(task, ClassificationTask) else {}
        outputs = [ids.get(answer.output, answer.output) for answer in answers]
        if answers and all(_are_probabilities(answer.scores) for answer in answers):
            return np.array(outputs), np.array([answer.scores for answer in answers])
        return outputs, np.ones(len(outputs))

    return predict


def _are_probabilities(scores: Sequence[float] | None) -> bool:
    return bool(scores) and all(0 <= score <= 1 for score in scores or ()) and abs(sum(scores or ()) - 1) <= _SLACK


_SLACK = 1e-3


def _inputs(given: Any, task: AnyTask) -> dict[str, Any]:
    names = list(task.inputs)
    fields = [given] if isinstance(given, str) else list(given)
    if len(fields) != len(names):
        raise BenchwrightError(
            f"an example of {len(fields)} fields",
            expected=f"{len(names)}: {', '.join(names)}",
            hint="choose a task whose inputs are those of the suite",
        )
    if task.kind is Kind.SPAN:
        return dict(zip(names, fields[::-1], strict=True))  # CheckList's SQuAD: context, then question
    return dict(zip(names, fields, strict=True))


def run_checklist(
    thing: Any, predict: Callable[[list[Any]], tuple[Any, Any]], *, n: int | None = None, seed: int | None = None
) -> tuple[BridgedTest, ...]:
    """Run a suite or a test of the package, and read what it says.

    Args:
        thing: A `checklist` suite (it has ``tests``) or test.
        predict: As `predictor` gives it, or any such function.
        n: Cases that are drawn of each test; None: all.
        seed: Of the draw.

    Raises:
        BenchwrightError: It is neither.
    """
    several = getattr(thing, "tests", None)
    tests = dict(several) if isinstance(several, dict) else {getattr(thing, "name", None) or "test": thing}
    info = getattr(thing, "info", {}) if isinstance(several, dict) else {}
    found = []
    for name, test in tests.items():
        if not callable(getattr(test, "run", None)) or not hasattr(test, "data"):
            raise BenchwrightError(
                f"a {type(test).__name__} is no test of CheckList",
                expected="a TestSuite, MFT, INV or DIR of the package checklist",
                hint="from benchwright.behaviour.checklist_bridge import import_checklist",
            )
        test.run(predict, overwrite=True, verbose=False, n=n, seed=seed)
        known = info.get(name, {}) if hasattr(info, "get") else {}
        found.append(
            BridgedTest(
                name=str(name),
                type=type(test).__name__,
                capability=str(known.get("capability") or getattr(test, "capability", None) or ""),
                passed=tuple(None if one is None else bool(one) for one in test.results.passed),
            )
        )
    return tuple(found)
