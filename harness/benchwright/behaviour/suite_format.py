"""The portable format of behavioural suites: JSON lines, a `suite`, and each `test` before its cases. No code in it.

    {"schema": 1, "name": "mine", "version": 1, "kind": "classify", "labels": ["negative", "positive"], "n_tests": 1, "n_cases": 1}
    {"test": "not good", "type": "MFT", "capability": "Negation", "description": "...", "expect": {"kind": "equals"}}
    {"test": "not good", "case": "0", "examples": [{"text": "It is not good."}], "target": "negative", "template": "It is not {adj}."}

`read_suite` refuses what a suite cannot hold, with line number and reason; `write_suite` writes what `read_suite` reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from benchwright.behaviour.suite_checks import check_suite_line, check_test, checker_of
from benchwright.behaviour.suite_types import (
    FORMAT,
    BehaviourSuite,
    BehaviourTest,
    Case,
    CaseLine,
    SuiteFields,
    SuiteLine,
    TestFields,
    TestLine,
)
from benchwright.documents import DEEPEST, Unreadable, read_json, reader_of
from benchwright.errors import DataError
from benchwright.spelling import spelling
from benchwright.types.base import Frozen
from benchwright.types.expectations import EXPECTATIONS

T = TypeVar("T", bound=Frozen)

LONGEST = 1_000_000
"""Bytes of a line; no case is as long."""


def refusal(shown: str, line: int, reason: str, expected: str = "", hint: str = "") -> DataError:
    """A line that is refused."""
    return DataError(
        f"{shown}, line {line}: {reason}", expected=expected, hint=hint or "docs/behaviour.md describes the format"
    )


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file one by one, each no longer than a line may be and one byte, so that a hostile one is never held."""
    with path.open("rb") as file:
        while line := file.readline(LONGEST + 1):
            yield line
            if len(line) > LONGEST:
                return


def read_suite(
    source: Path | str | Iterable[bytes | str], cases: int | None = None, *, shown: str = ""
) -> BehaviourSuite:
    """The suite in a file, or in its lines.

    Args:
        source: Path of the file, or its lines.
        cases: How many cases of each test are kept, the first ones; None: all. All of them are read and checked.
        shown: What messages call the file.

    Raises:
        DataError: A line is malformed or too long, or holds what the format does not have: an unknown field, kind, parameter or
            version, an id that stands twice, a wrong count, a template tag that was not filled in, an expectation that does not fit.
        OSError: The file cannot be read.
    """
    path = Path(source) if isinstance(source, str | Path) else None
    reading = _Reading(shown or (path.name if path else "the suite"))
    lines = lines_of(path) if path else (line if isinstance(line, bytes) else line.encode() for line in source)  # type: ignore[union-attr]
    for number, text in reading.texts(lines):
        if reading.header is None:
            reading.begin(number, text)
            continue
        found = reading.test_or_case(number, text)
        header = reading.header
        if isinstance(found, TestLine):
            for reason, expected in check_test(header, found):
                raise refusal(reading.shown, number, reason, expected)
            reading.add_test(number, found, checker_of(header, found, reading.inputs))
        else:
            reading.add_case(number, found, keep=cases)
    return reading.suite()


class _Reading:
    """State of reading a file: the first line, the tests with what they hold so far, and where names were seen."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.header: SuiteLine | None = None
        self.tests: dict[str, TestLine] = {}
        self.checks: dict[str, Any] = {}
        self.cases: dict[str, dict[str, tuple[int, Case]]] = {}
        self.seen: dict[str, set[str]] = {}
        self.named: dict[str, str] = {}
        self.spelled: dict[str, dict[str, str]] = {}
        self.slashed: list[tuple[int, CaseLine]] = []
        self.inputs: list[tuple[str, ...]] = []
        self.read_case, self.read_test = reader_of(CaseLine), reader_of(TestLine)
        self.last = 0

    def texts(self, lines: Iterable[bytes]) -> Iterator[tuple[int, str]]:
        """Number and text of every line that is not blank."""
        for number, line in enumerate(lines, 1):
            self.last = number
            if len(line) > LONGEST:
                raise refusal(self.shown, number, "the line is too long", f"at most {LONGEST:,} bytes")
            try:
                text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode()
            except UnicodeDecodeError as error:
                reason = f"byte 0x{line[error.start]:02x} at offset {error.start} is not UTF-8"
                raise refusal(self.shown, number, reason, "text in UTF-8") from error
            if text and not text.isspace():
                yield number, text

    def begin(self, number: int, text: str) -> None:
        """Take the first line."""
        raw = self._object(number, text)
        if raw.get("schema") != FORMAT:
            reason = (
                f"the format {raw['schema']!r} is not known here"
                if "schema" in raw
                else "it is not the line of a suite"
            )
            raise refusal(self.shown, number, reason, f'a first line with "schema": {FORMAT} and the fields of a suite')
        self.header = self._as(number, text, SuiteLine)
        for reason, expected in check_suite_line(self.header):
            raise refusal(self.shown, number, reason, expected)

    def test_or_case(self, number: int, text: str) -> TestLine | CaseLine:
        """A line, which says what it is: a case has the field `case`."""
        if '"case"' in text:
            try:
                return _plain_case(text) or self.read_case(text)
            except Unreadable:
                if "case" in self._object(number, text):
                    return self._as(number, text, CaseLine)
        try:
            return self.read_test(text)
        except Unreadable:
            return self._as(number, text, TestLine)

    def add_test(self, number: int, test: TestLine, check: Any) -> None:
        """Take a test."""
        self._name("test", test.name, number, self.named, "")
        self.tests[test.name], self.checks[test.name] = test, check
        self.cases[test.name], self.seen[test.name], self.spelled[test.name] = {}, set(), {}

    def add_case(self, number: int, line: CaseLine, keep: int | None) -> None:
        """Check a case, and take it if it is among the first."""
        if line.test not in self.tests:
            raise refusal(
                self.shown,
                number,
                f"a case of the test {line.test!r}, of which there is no line yet",
                "each test before its cases",
            )
        seen = self.seen[line.test]
        self._name("case", line.id, number, self.spelled[line.test], f" of {line.test!r}")
        seen.add(line.id)
        if "/" in line.id:
            self.slashed.append((number, line))
        for reason, expected in self.checks[line.test](line):
            raise refusal(self.shown, number, reason, expected)
        if keep is None or len(seen) <= keep:
            fields = {name: getattr(line, name) for name in Case.__struct_fields__}
            self.cases[line.test][line.id] = (number, Case(**fields))

    def _name(self, what: str, name: str, number: int, known: dict[str, str], where: str) -> None:
        """Take a name; records and slices hold names by their spelling, in which two that stand apart here may be one."""
        key = spelling(name)
        if not key:
            raise refusal(self.shown, number, f"the {what} {name!r}{where} is blank", f"a {what} with a name")
        if key in known:
            twice = "stands twice" if known[key] == name else f"is spelt like {known[key]!r}"
            expected = f"{'a name' if what == 'test' else 'an id'} of its own for every {what}"
            raise refusal(self.shown, number, f"the {what} {name!r}{where} {twice}", expected)
        known[key] = name

    def suite(self) -> BehaviourSuite:
        """Everything that was read, its counts checked."""
        header = self.header
        if header is None:
            raise DataError(f"{self.shown} is empty", expected="a suite", hint="docs/behaviour.md describes the format")
        found = {"n_tests": len(self.tests), "n_cases": sum(map(len, self.seen.values()))}
        for name, count in found.items():
            said = getattr(header, name)
            if said is not None and said != count:
                reason = f"{name} is {said:,}, and the file holds {count:,}"
                raise refusal(
                    self.shown,
                    1,
                    reason,
                    "the whole file, as it was written",
                    "fetch the file again, or correct the count",
                )
        empty = next((name for name, seen in self.seen.items() if not seen), None)
        if empty is not None or not self.tests:
            what = f"the test {empty!r} has no case" if empty is not None else "there is no test"
            raise refusal(self.shown, self.last, what, "a case at least of every test")
        self._check_names()
        fields = {name: getattr(header, name) for name in SuiteFields.__struct_fields__}
        return BehaviourSuite(**fields, tests=tuple(map(self._test, self.tests.values())))

    def _check_names(self) -> None:
        """Refuse two cases that are both called `TEST/CASE`: they would be judged as one."""
        for number, line in self.slashed:
            parts = line.id.split("/")
            for cut in range(1, len(parts)):
                test, case = "/".join((line.test, *parts[:cut])), "/".join(parts[cut:])
                if case in self.seen.get(test, ()):
                    reason = (
                        f"the case {line.id!r} of {line.test!r} and {case!r} of {test!r} are both called {test}/{case}"
                    )
                    raise refusal(self.shown, number, reason, "a case id that makes TEST/CASE a name of its own")

    def _test(self, line: TestLine) -> BehaviourTest:
        fields = {name: getattr(line, name) for name in TestFields.__struct_fields__}
        kept = self.cases[line.name].values()
        return BehaviourTest(**fields, cases=tuple(case for _, case in kept), lines=tuple(number for number, _ in kept))

    def _object(self, number: int, text: str) -> dict[str, Any]:
        try:
            value = read_json(text, once=True)
        except Unreadable as error:
            raise refusal(self.shown, number, f"it is not JSON: {error.why}", "one JSON object a line") from error
        if not isinstance(value, dict):
            raise refusal(self.shown, number, "it is not a JSON object", "one JSON object a line")
        return value

    def _as(self, number: int, text: str, kind: type[T]) -> T:
        """The line as an object of that form; what is wrong with it, if it is none."""
        raw = self._object(number, text)
        try:
            return msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            expected = ""
            if "$.expect.kind" in str(error):
                expected = f"one of: {', '.join(EXPECTATIONS)}"
            elif "unknown field" in str(error) and "$.expect" in str(error):
                expected = _parameters(raw["expect"])
            elif "unknown field" in str(error):
                expected = f"fields among: {', '.join(kind.__struct_encode_fields__)}"
            raise refusal(self.shown, number, str(error), expected) from error


def _parameters(expect: Any) -> str:
    """What an expectation may hold, as it stands in a line."""
    kind = expect.get("kind") if isinstance(expect, dict) else None
    known = EXPECTATIONS.get(kind) if isinstance(kind, str) else None
    return f"parameters of {kind}: {', '.join(known.__struct_encode_fields__) or 'none'}" if known else ""


_DECODE = msgspec.json.Decoder(dict[str, Any]).decode


def _plain_case(text: str) -> CaseLine | None:
    """The case in a line, several times faster than `reader_of`; None where it must look closer.

    A line with as many colons as keys has no key twice: another one would have its own.
    """
    try:
        raw = _DECODE(text)
        inner = [*raw["examples"], raw.get("slots", {}), raw.get("groups", {})]
        if text.count(":") != len(raw) + sum(map(len, inner)) or text.count("[") + text.count("{") > DEEPEST:
            return None
        return msgspec.convert(raw, CaseLine)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError, ValueError, KeyError, TypeError):
        return None


def write_suite(suite: BehaviourSuite, path: Path | str) -> None:
    """Write a suite as JSON lines, its counts in the first one.

    Raises:
        DataError: The suite holds what the format does not have, as `read_suite` says, and nothing is written then; or the file
            cannot be written.
    """
    try:
        content = list(suite_lines(suite))
    except (TypeError, UnicodeEncodeError) as error:  # half of a surrogate pair, or an object that is no data
        raise DataError(
            f"{Path(path).name}: what the suite holds cannot be written: {error}",
            expected="texts, numbers, lists and mappings",
            hint="docs/behaviour.md describes the format",
        ) from error
    read_suite(content, shown=Path(path).name)
    try:
        Path(path).write_bytes(b"".join(content))
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror}", hint="name a folder that is there") from error


def suite_lines(suite: BehaviourSuite) -> Iterator[bytes]:
    """The lines of a suite, with their ends."""
    encode = msgspec.json.Encoder().encode
    fields = {name: getattr(suite, name) for name in SuiteFields.__struct_fields__}
    yield encode(SuiteLine(**fields, n_tests=len(suite.tests), n_cases=suite.n_cases)) + b"\n"
    for test in suite.tests:
        yield encode(TestLine(**{name: getattr(test, name) for name in TestFields.__struct_fields__})) + b"\n"
        for case in test.cases:
            yield b'{"test":%b,%b\n' % (encode(test.name), encode(case)[1:])
