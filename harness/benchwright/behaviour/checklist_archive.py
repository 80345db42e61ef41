"""CheckList's released suites (``*_suite.tar.gz``, or the pickle in one), read as data; nothing in them is called.

Ribeiro et al. 2020, https://github.com/marcotcr/checklist, release_suites/. The pickle's bytes are read by `inert_pickle`; this
file takes them out of their archive and the tests out of what they describe. Expectations are stored as compiled functions of
Python 3.7, which stay unread: `checklist_suites` gives them by the name of a test.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from benchwright.behaviour.inert_pickle import MOST_BYTES, read_pickle, too_large
from benchwright.behaviour.inert_values import Array, Instance
from benchwright.errors import DataError, DataMissing
from benchwright.types.base import Frozen
from benchwright.types.expectations import TestType

_MOST_MEMBERS = 32
_BLOCK = 1024 * 1024
_GZIP = b"\x1f\x8b"
_TAR_MAGIC_AT = slice(257, 262)
_HEADERS = 64 * 1024
"""What an archive may hold beside its file: headers and padding."""


class ArchiveTest(Frozen, frozen=True, kw_only=True):
    """A test as the archive holds it.

    Attributes:
        name: Its name in the suite.
        type: MFT, INV or DIR.
        capability: What it is about.
        description: What it asks, in a sentence; often empty.
        cases: Examples of each case; an example is a text, or a tuple of fields.
        labels: One label for all, or one for each case (a list of them: one for each example); None in INV and DIR.
        meta: What the makers noted, for each case.
        aggregate: Which examples of a case must pass; None where the rule is a function.
        run: Numbers of the cases that the makers ran, in that order; None: all, in order.
        predictions: A model's stored answers, by case; empty where none were stored.
        passed: Whether each case that was run passed; None: not applicable; empty where no results were stored.
    """

    name: str
    type: TestType
    capability: str
    description: str
    cases: tuple[tuple[Any, ...], ...]
    labels: Any = None
    meta: Any = None
    aggregate: Literal["all", "all_but_first"] | None = None
    run: tuple[int, ...] | None = None
    predictions: tuple[Any, ...] = ()
    passed: tuple[bool | None, ...] = ()


class Archive(Frozen, frozen=True, kw_only=True):
    """A released suite.

    Attributes:
        tests: Its tests, in order.
        rows: Test -> first row and row after the last in the files of predictions that the makers wrote.
        sha256: Digest of the file that was read.
    """

    tests: tuple[ArchiveTest, ...]
    rows: dict[str, tuple[int, int]]
    sha256: str


def read_archive(path: Path) -> Archive:
    """The suite in a released archive or in the pickle itself.

    Raises:
        DataMissing: There is no such file.
        DataError: It is not a released suite, holds what is refused, or passes a limit; says what was found.
    """
    return archive_of(_read(path), path.name)


def archive_of(content: bytes, name: str) -> Archive:
    """The suite in the bytes of an archive, or of a pickle. Raises DataError as `read_archive` does; ``name`` opens its messages."""
    suite = read_pickle(_unpacked(content, name), name)
    return Archive(tests=_tests(suite, name), rows=_rows(suite, name), sha256=hashlib.sha256(content).hexdigest())


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(path.name)
        return path.read_bytes()
    except OSError as error:
        raise DataMissing(f"cannot read {path}: {error.strerror}", hint="check the path and who may read it") from error


def _unpacked(content: bytes, name: str) -> bytes:
    """The pickle's bytes, out of gzip and tar where they are in them."""
    if content[:2] == _GZIP:
        content = _gunzipped(content, name)
    return _member(content, name) if content[_TAR_MAGIC_AT] == b"ustar" else content


def _gunzipped(content: bytes, name: str) -> bytes:
    """The content of a gzip file, of several parts too; stops at the limit, whatever more it would hold."""
    found, left = bytearray(), content
    while left:
        part = zlib.decompressobj(wbits=31)
        while not part.eof:
            try:
                piece = part.decompress(left, _BLOCK)
            except zlib.error as error:
                raise _damaged(name, f"the gzip data are damaged: {error}") from error
            left = part.unconsumed_tail
            if not piece and not left and not part.eof:
                raise _damaged(name, "the gzip data end too early")
            found += piece
            if len(found) > MOST_BYTES + _HEADERS:
                raise too_large(name)
        left = part.unused_data.lstrip(b"\0")
    return bytes(found)


def _member(content: bytes, name: str) -> bytes:
    """The one file of a tar archive; never written to disk."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = [archive.next() for _ in range(_MOST_MEMBERS + 1)]
            files = [one for one in members if one is not None and not one.isdir() and not _is_fork(one.name)]
            if members[-1] is not None or len(files) != 1:
                found = f"more than {_MOST_MEMBERS}" if members[-1] is not None else f"{len(files)} files"
                raise _damaged(name, f"the archive holds {found}", expected="one file, the suite's pickle")
            (only,) = files
            if not only.isreg() or only.issparse():
                raise _damaged(name, f"{only.name} in the archive is no regular file", expected="the suite's pickle")
            where = PurePosixPath(only.name)
            if where.is_absolute() or ".." in where.parts:
                raise _damaged(name, f"{only.name} in the archive lies outside of it", expected="a plain file name")
            opened = archive.extractfile(only)
            return b"" if opened is None else opened.read()
    except tarfile.TarError as error:
        raise _damaged(name, f"the tar archive is damaged: {error}") from error


def _is_fork(name: str) -> bool:
    """Whether a file is what macOS adds beside another."""
    return PurePosixPath(name).name.startswith("._")


def _damaged(name: str, why: str, expected: str = "a released suite of CheckList, as it was downloaded") -> DataError:
    return DataError(
        f"{name}: {why}", expected=expected, hint="download the archive again; docs/checklist.md says from where"
    )


def _tests(suite: Any, name: str) -> tuple[ArchiveTest, ...]:
    tests = suite.fields.get("tests") if _is(suite, "checklist.test_suite.TestSuite") else None
    info = suite.fields.get("info") if tests is not None else None
    if not isinstance(tests, dict) or not tests or not isinstance(info, dict):
        raise _damaged(
            name, "the pickle holds no suite of tests", expected="a checklist.test_suite.TestSuite with tests"
        )
    return tuple(_test(key, test, info.get(key), f"{name}, test {key!r}") for key, test in tests.items())


def _test(key: Any, test: Any, info: Any, where: str) -> ArchiveTest:
    kind: TestType | None = next((one for one in _TYPES if _is(test, f"checklist.test_types.{one}")), None)
    if not isinstance(key, str) or kind is None or not isinstance(info, dict):
        raise _damaged(where, "no MFT, INV or DIR with a name and a capability")
    fields = {field: plain(value) for field, value in test.fields.items() if field in _FIELDS}
    cases = fields.get("data")
    if not isinstance(cases, list) or not cases:
        raise _damaged(where, "no cases", expected="a list of cases in the field `data`")
    results = fields.get("results") or {}
    run = fields.get("run_idxs")
    return ArchiveTest(
        name=key,
        type=kind,
        capability=_text(info.get("capability") or fields.get("capability"), where, "capability"),
        description=_text(info.get("description") or fields.get("description") or "", where, "description"),
        cases=tuple(_case(case, where) for case in cases),
        labels=_by_case(fields.get("labels"), len(cases), where, "labels"),
        meta=_by_case(fields.get("meta"), len(cases), where, "meta"),
        aggregate=_AGGREGATES.get(fields["agg_fn"]) if isinstance(fields.get("agg_fn"), str) else None,
        run=None if run is None else _run(run, len(cases), where),
        predictions=tuple(results.get("preds") or ()) if isinstance(results, dict) else (),
        passed=_passed(results.get("passed"), where) if isinstance(results, dict) else (),
    )


_TYPES: tuple[TestType, ...] = ("MFT", "INV", "DIR")
_FIELDS = frozenset(("data", "labels", "meta", "agg_fn", "run_idxs", "capability", "description", "results"))
_AGGREGATES: dict[str, Literal["all", "all_but_first"]] = {"all": "all", "all_except_first": "all_but_first"}


def plain(value: Any) -> Any:
    """A value without arrays: lists in their place; the nesting was checked when it was read."""
    if isinstance(value, Array):
        return [plain(one) for one in value.values]
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, tuple):
        return tuple(plain(one) for one in value)
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return value


def _is(value: Any, name: str) -> bool:
    return isinstance(value, Instance) and value.name == name


def _text(value: Any, where: str, what: str) -> str:
    if not isinstance(value, str):
        raise _damaged(where, f"the {what} is no text")
    return value


def _case(case: Any, where: str) -> tuple[Any, ...]:
    """The examples of a case: those of a list, or the one that it is."""
    examples = tuple(case) if isinstance(case, list) else (case,)
    for example in examples:
        fields = example if isinstance(example, tuple) else (example,)
        if not examples or not fields or not all(isinstance(field, str) for field in fields):
            raise _damaged(where, "an example that is neither a text nor texts", expected="texts, or tuples of texts")
    return examples


def _by_case(value: Any, cases: int, where: str, what: str) -> Any:
    if isinstance(value, list) and len(value) != cases:
        raise _damaged(where, f"{len(value)} {what} of {cases} cases", expected="one for each case, or one for all")
    return value


def _run(value: Any, cases: int, where: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(type(one) is int and 0 <= one < cases for one in value):
        raise _damaged(where, "`run_idxs` does not number its cases")
    if len(set(value)) != len(value):
        raise _damaged(where, "`run_idxs` names a case twice")
    return tuple(value)


def _passed(value: Any, where: str) -> tuple[bool | None, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(one is None or isinstance(one, bool) for one in value):
        raise _damaged(where, "`passed` is not True, False or None for each case")
    return tuple(value)


def _rows(suite: Any, name: str) -> dict[str, tuple[int, int]]:
    found = suite.fields.get("test_ranges") or {}
    if not isinstance(found, dict) or not all(
        isinstance(pair, tuple) and len(pair) == len(("start", "end")) and all(type(one) is int for one in pair)
        for pair in found.values()
    ):
        raise _damaged(name, "`test_ranges` does not say which rows belong to which test")
    return dict(found)
