"""CheckList's released suites as behavioural suites: from the archives, or from the files of first cases in `data/checklist`.

Archives are read by `checklist_archive`; expectations come by name from `checklist_tests`. A file of first cases holds at most
the first 100 cases of each test and six variants of a case, one JSON object a line, with a model's stored answers beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from benchwright.behaviour.checklist_archive import Archive, ArchiveTest, read_archive
from benchwright.behaviour.checklist_first_cases import FirstCase, read_first_cases
from benchwright.behaviour.checklist_tests import CITATION, RELEASED, ReleasedSuite, ReleasedTest
from benchwright.behaviour.substitutions import find_substitution
from benchwright.behaviour.suite_types import BehaviourSuite, BehaviourTest, Case, Origin
from benchwright.errors import DataError
from benchwright.types.base import Frozen
from benchwright.types.expectations import AnswerText, Equals, EqualsLenient, Expectation, Implies

ADDRESS = "https://github.com/marcotcr/checklist"
Which = Literal["run", "all"]
"""The cases that the makers ran (500 of a test), or all of them, those that they ran first."""

Implications = Literal["intended", "notebook"]
"""How "Testing implications" of QQP is judged: as its description says, or as the released notebook counts."""

_TAG = re.compile(r"\{(?:\w+:)?\w+\}")


class SuiteAndNotes(Frozen, frozen=True, kw_only=True):
    """A suite that was read, and what must be said of it."""

    suite: BehaviourSuite
    notes: tuple[str, ...]


def read_released(path: Path, *, which: Which = "all", implications: Implications = "intended") -> SuiteAndNotes:
    """The suite in an archive, in a bare pickle, or in a file of first cases.

    Args:
        path: ``squad_suite.tar.gz``, or ``squad.jsonl``.
        which: Which cases of an archive; a file of first cases holds some of those that were run.
        implications: How "Testing implications" of QQP is judged.

    Raises:
        DataMissing: There is no such file.
        DataError: It is neither, or holds what is refused.
    """
    with path.open("rb") as file:
        is_json = file.read(1) in (b"{", b"\xef")
    found = _of_first_cases(path) if is_json else _of_archive(read_archive(path), path.name, which)
    return _with_implications(found, implications)


def _with_implications(found: SuiteAndNotes, mode: Implications) -> SuiteAndNotes:
    import msgspec

    replace = msgspec.structs.replace
    tests = tuple(
        replace(test, expect=replace(test.expect, mode=mode)) if isinstance(test.expect, Implies) else test
        for test in found.suite.tests
    )
    return replace(found, suite=replace(found.suite, tests=tests))


def _suite(released: ReleasedSuite, tests: tuple[BehaviourTest, ...], digest: str) -> BehaviourSuite:
    return BehaviourSuite(
        schema=1,
        name=f"checklist-{released.name}",
        version=1,
        kind=released.kind,
        labels=tuple(label.name for label in released.labels),
        language="en",
        licence=released.licence,
        citation=CITATION,
        source=Origin(url=ADDRESS, sha256=digest),
        description=f"CheckList's released suite for {released.name}.",
        trained_on=released.trained_on,
        tests=tests,
    )


# --- archives -----------------------------------------------------------------------------------------------------------


def _of_archive(archive: Archive, name: str, which: Which) -> SuiteAndNotes:
    released = _released(archive, name)
    known = {test.name: test for test in released.tests}
    tests = tuple(_of_archived(test, known[test.name], released, which, name) for test in archive.tests)
    return SuiteAndNotes(
        suite=_suite(released, tests, archive.sha256),
        notes=(*_archive_notes(archive, which), _NO_TEMPLATES, *_one(tests)),
    )


def _archive_notes(archive: Archive, which: Which) -> Iterator[str]:
    if which == "run":
        run = sum(len(test.cases if test.run is None else test.run) for test in archive.tests)
        yield f"the {run:,} cases of the makers' own run, of {sum(len(test.cases) for test in archive.tests):,}"


_NO_TEMPLATES = (
    "the released suites do not say which template a case was made of: intervals take cases for independent and are narrower "
    "than they should be where many share a template"
)


def _one(tests: Sequence[BehaviourTest]) -> Iterator[str]:
    """A note for each test whose cases are an original without variants."""
    for test in tests:
        alone = sum(len(case.examples) == 1 for case in test.cases)
        if test.type == "INV" and alone:
            yield (
                f"{alone:,} cases of {test.name!r} are an original without a variant, which cannot fail: not applicable here "
                "(CheckList counts them as passed)"
            )


def _released(archive: Archive, name: str) -> ReleasedSuite:
    """Which suite it is, by the names of its tests."""
    names = [test.name for test in archive.tests]
    suites = [suite for suite in RELEASED.values() if {test.name for test in suite.tests} & set(names)]
    known = {test.name for suite in suites[:1] for test in suite.tests}
    strange = [test for test in names if test not in known]
    if strange:
        raise DataError(
            f"{name}: nobody knows what the test {strange[0]!r} expects: its function is not read",
            expected="the 115 tests of the released suites, whose expectations are known by name",
            hint="write a suite of your own as JSON lines (docs/behaviour.md), or run the object itself: docs/checklist.md, "
            '"Suites of your own"',
        )
    return suites[0]


def _of_archived(
    test: ArchiveTest, known: ReleasedTest, released: ReleasedSuite, which: Which, name: str
) -> BehaviourTest:
    where = f"{name}, test {test.name!r}"
    if (test.type, test.capability) != (known.type, known.capability):
        raise DataError(
            f"{where} is an {test.type} of {test.capability}",
            expected=f"an {known.type} of {known.capability}, as it was released",
            hint="take the archive from the address in docs/checklist.md again",
        )
    if test.aggregate is not None and test.aggregate != _judged(known):
        raise DataError(
            f"{where} judges {test.aggregate} of a case",
            expected=f"{_judged(known)}, as it was released",
            hint="take the archive from the address in docs/checklist.md again",
        )
    order = range(len(test.cases)) if test.run is None else test.run
    chosen = list(order)
    if which == "all":
        chosen += sorted(set(range(len(test.cases))) - set(order))
    return BehaviourTest(
        name=test.name,
        type=test.type,
        capability=test.capability,
        description=test.description,
        expect=known.expect,
        aggregate=known.judged,
        cases=tuple(_archived_case(test, at, known, released, where) for at in chosen),
    )


def _judged(known: ReleasedTest) -> str:
    return known.judged or ("all" if known.type == "MFT" else "all_but_first")


def _archived_case(test: ArchiveTest, at: int, known: ReleasedTest, released: ReleasedSuite, where: str) -> Case:
    where = f"{where}, case {at}"
    label = test.labels[at] if isinstance(test.labels, list) else test.labels
    meta = test.meta[at] if isinstance(test.meta, list) else test.meta
    examples = tuple(_inputs(example, released, where) for example in test.cases[at])
    if known.type == "MFT":
        _check_filled(examples, where)
    return Case(
        id=str(at),
        examples=examples,
        target=_target(label, known.expect, released, where),
        substitute=_substitute(meta, known, len(examples), where),
    )


def _inputs(example: Any, released: ReleasedSuite, where: str) -> dict[str, Any]:
    fields = list(example) if isinstance(example, list | tuple) else [example]
    if len(fields) != len(released.inputs) or not all(isinstance(field, str) for field in fields):
        raise DataError(
            f"{where}: an example of {len(fields)} fields",
            expected=f"{len(released.inputs)} texts: {', '.join(released.inputs)}",
            hint="docs/checklist.md says what is read",
        )
    named = dict(zip(released.inputs, fields, strict=True))
    return {name: named[name] for name in ("question", "context")} if "context" in named else named


def _check_filled(examples: Sequence[dict[str, Any]], where: str) -> None:
    """Raise where a template was not filled in."""
    for example in examples:
        found = next((tag for text in example.values() if (tag := _TAG.search(text))), None)
        if found:
            raise DataError(
                f"{where}: {found[0]} was not filled in",
                expected="texts without tags of a template",
                hint="take the archive from the address in docs/checklist.md again",
            )


def _target(label: Any, expect: Expectation, released: ReleasedSuite, where: str) -> Any:
    """The target where the expectation asks for one: names of labels, or texts."""
    asks = isinstance(expect, EqualsLenient) or (isinstance(expect, Equals) and expect.value is None)
    if not asks and not (isinstance(expect, AnswerText) and label is not None):
        return None
    if isinstance(label, list | tuple):
        return [_named(one, released, where) for one in label]
    return _named(label, released, where)


def _named(label: Any, released: ReleasedSuite, where: str) -> str:
    if not released.labels and isinstance(label, str):
        return label
    name = next((one.name for one in released.labels if type(label) is int and one.id == label), None)
    if name is None:
        wanted = ", ".join(f"{one.id} ({one.name})" for one in released.labels) or "a text"
        raise DataError(f"{where}: the label is {label!r}", expected=wanted, hint="docs/checklist.md says what is read")
    return name


def _substitute(meta: Any, known: ReleasedTest, size: int, where: str) -> tuple[Any, ...] | None:
    """(old, new) of each variant, of tests whose answers change with their texts."""
    if not known.substitutes:
        return None
    pairs = list(meta) if isinstance(meta, list | tuple) else []
    if len(pairs) == size:
        pairs = pairs[1:]
    if len(pairs) != size - 1 or not all(_is_pair(pair) for pair in pairs):
        raise DataError(
            f"{where}: `meta` does not say what was changed into what",
            expected="(old, new) for each variant",
            hint="docs/checklist.md says what is read",
        )
    return tuple(tuple(pair) for pair in pairs)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == len(("old", "new"))
        and all(isinstance(one, str) for one in value)
    )


# --- files of first cases -----------------------------------------------------------------------------------------------


def _of_first_cases(path: Path) -> SuiteAndNotes:
    released, cases, digest = read_first_cases(path)
    known = {test.name: test for test in released.tests}
    by_test: dict[str, list[FirstCase]] = {}
    for case in cases:
        by_test.setdefault(case.test, []).append(case)
    unknown = [0]
    tests = tuple(
        BehaviourTest(
            name=name,
            type=known[name].type,
            capability=known[name].capability,
            description=mine[0].description,
            expect=known[name].expect,
            aggregate=known[name].judged,
            cases=tuple(_first_case(case, known[name], released, unknown) for case in mine),
            lines=tuple(case.line for case in mine),
        )
        for name, mine in by_test.items()
    )
    return SuiteAndNotes(
        suite=_suite(released, tests, digest), notes=(*_first_notes(cases, unknown[0]), _NO_TEMPLATES, *_one(tests))
    )


def _first_notes(cases: Sequence[FirstCase], unknown: int) -> Iterator[str]:
    full = {case.test: case.n_cases_full for case in cases}
    cut = sum(len(case.examples) < case.n_examples_full for case in cases)
    most = max(len(case.examples) for case in cases)
    if any(case.suite == "squad" for case in cases):
        yield "the file does not say which name or place was replaced by which: found by aligning the texts, and checked"
    yield (
        f"a file of first cases: {len(cases):,} of {sum(full.values()):,} cases, and in {cut:,} of them no more than {most} examples: "
        "rates differ from those of the whole suite, and cases with fewer variants fail less often"
    )
    if unknown:
        yield f"{unknown:,} variants of which nobody knows what was replaced: their answers are compared as they stand"


def _first_case(case: FirstCase, known: ReleasedTest, released: ReleasedSuite, unknown: list[int]) -> Case:
    where = case.where
    examples = [_inputs(example, released, where) for example in case.examples]
    substitute: tuple[Any, ...] | None = None
    if known.substitutes:
        found = [find_substitution(_joined(examples[0]), _joined(variant)) for variant in examples[1:]]
        unknown[0] += sum(
            pair is None and variant != examples[0] for pair, variant in zip(found, examples[1:], strict=True)
        )
        substitute = tuple(found)
    return Case(
        id=str(case.case),
        examples=tuple(examples),
        target=_target(case.label, known.expect, released, where),
        substitute=substitute,
    )


def _joined(example: dict[str, Any]) -> str:
    return "\n".join(example.values())
