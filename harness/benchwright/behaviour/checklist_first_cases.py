"""Files of the first cases of CheckList's released suites: one JSON object a line, a case each."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from benchwright.behaviour.checklist_tests import RELEASED, ReleasedSuite
from benchwright.documents import Unreadable, read_json
from benchwright.errors import DataError
from benchwright.types.base import Frozen
from benchwright.types.expectations import TestType

_MOST_BYTES = 64 * 1024 * 1024
_HINT = "take the file as it is in data/checklist; docs/checklist.md describes its fields"


class FirstCase(Frozen, frozen=True, kw_only=True):
    """A line: a case, and what a model said to it.

    Attributes:
        suite: ``sentiment``, ``qqp`` or ``squad``.
        test: Name of its test.
        capability: What the test is about.
        type: MFT, INV or DIR.
        description: Of the test.
        case: Its number in the released suite.
        n_cases_full: Cases of the test in the released suite.
        examples: Texts, or lists of texts; at most six.
        n_examples_full: Examples of the case in the released suite.
        label: What is right: an id or text for all examples, or a list with one for each.
        bert_pred: A BERT-large model's answer to each example, stored in the released suite (SQuAD alone).
        bert_passed: Whether CheckList said that the whole case passed (SQuAD alone).
        line: 1-based line.
        where: File and line.
    """

    suite: str
    test: str
    capability: str
    type: TestType
    description: str
    case: int
    n_cases_full: int
    examples: tuple[Any, ...]
    n_examples_full: int
    label: Any = None
    bert_pred: tuple[str, ...] = ()
    bert_passed: bool | None = None
    line: int = 0
    where: str = ""


def read_first_cases(path: Path) -> tuple[ReleasedSuite, tuple[FirstCase, ...], str]:
    """The suite that a file is of, its cases, and the file's SHA-256.

    Raises:
        DataError: A line is no case of the suite, or a case stands twice.
    """
    if path.stat().st_size > _MOST_BYTES:
        size = f"{_MOST_BYTES // 1024**2} MiB"
        raise DataError(
            f"{path.name} holds more than {size}", expected=f"a file of first cases, {size} at most", hint=_HINT
        )
    content = path.read_bytes()
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    cases = tuple(_case(line, number, path.name) for number, line in enumerate(lines, 1) if line.strip())
    if not cases:
        raise DataError(f"{path.name} is empty", expected="a case in each line", hint=_HINT)
    suite = _suite(cases)
    names = {test.name: test for test in suite.tests}
    seen = Counter((case.test, case.case) for case in cases)
    for case in cases:
        known = names.get(case.test)
        if case.suite != suite.name or known is None:
            raise DataError(
                f"{case.where}: nobody knows what the test {case.test!r} expects",
                expected=f"a test of CheckList's released suite {suite.name}",
                hint=_HINT,
            )
        if (case.type, case.capability) != (known.type, known.capability):
            raise DataError(
                f"{case.where}: {case.test!r} is an {case.type} of {case.capability}",
                expected=f"an {known.type} of {known.capability}, as it was released",
                hint=_HINT,
            )
        if seen[case.test, case.case] > 1:
            raise DataError(
                f"{case.where}: case {case.case} of {case.test!r} stands twice", expected="each case once", hint=_HINT
            )
    return suite, cases, hashlib.sha256(content).hexdigest()


def _suite(cases: tuple[FirstCase, ...]) -> ReleasedSuite:
    first = cases[0]
    if first.suite not in RELEASED:
        raise DataError(
            f"{first.where}: the suite {first.suite!r}", expected=f"one of: {', '.join(RELEASED)}", hint=_HINT
        )
    return RELEASED[first.suite]


def _case(line: bytes, number: int, name: str) -> FirstCase:
    where = f"{name}, line {number}"
    try:
        found: FirstCase = msgspec.convert(read_json(line.decode(), once=True), FirstCase)
    except (Unreadable, UnicodeDecodeError) as error:
        raise DataError(f"{where}: not JSON", expected="a case as one JSON object", hint=_HINT) from error
    except msgspec.ValidationError as error:
        raise DataError(f"{where}: {error}", expected=f"the fields {', '.join(_FIELDS)}", hint=_HINT) from error
    if not found.examples:
        raise DataError(f"{where}: a case without examples", expected="one example at least", hint=_HINT)
    return msgspec.structs.replace(found, line=number, where=where)


_FIELDS = tuple(name for name in FirstCase.__struct_fields__ if name not in ("line", "where"))
