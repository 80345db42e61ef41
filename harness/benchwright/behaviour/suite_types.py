"""What a behavioural suite is made of: the suite, its tests and their cases, and the lines that hold them in a file."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from benchwright.types import Kind
from benchwright.types.base import Frozen
from benchwright.types.expectations import Equals, Expectation, Invariant, Judged, TestType

FORMAT = 1
"""Version of the format that this program reads and writes."""

Name = Annotated[str, Meta(min_length=1, max_length=300)]
KINDS = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE, Kind.FILL)
"""Kinds of task that behavioural suites are of."""


class Origin(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Where a suite was taken from: an address, a revision, the SHA-256 of the file."""

    url: str = ""
    revision: str = ""
    sha256: str = ""


class SuiteFields(Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """What the first line says.

    Attributes:
        schema: Version of the format, 1.
        name: Of the suite.
        version: Raised whenever a number can change.
        kind: What is asked of a model: classify, regress, tag, span, choose or fill.
        labels: Names of the labels (of ``tag`` the IOB2 tags), in id order.
        multilabel: Of ``classify``: whether an answer is a set of labels.
        unanswerable: Of ``span``: whether "" is an answer.
        top: Of ``fill``: how many of the most probable words are asked for at the slot; 0: options are scored.
        language: Of the texts.
        licence: Of the suite.
        citation: Who wrote it, with an address.
        source: Where it was taken from.
        description: One sentence.
        trained_on: ``suite/task`` whose head and train split serve it.
    """

    schema: int
    name: Name
    version: Annotated[int, Meta(ge=1)]
    kind: Kind
    labels: tuple[Name, ...] = ()
    multilabel: bool = False
    unanswerable: bool = False
    top: Annotated[int, Meta(ge=0)] = 0
    language: str = ""
    licence: str = ""
    citation: str = ""
    source: Origin | None = None
    description: str = ""
    trained_on: str = ""


class SuiteLine(SuiteFields, frozen=True, kw_only=True, omit_defaults=True):
    """The first line of a file.

    Attributes:
        n_tests: Number of tests in the file, by which a file that was cut is known; None: not said.
        n_cases: Number of its cases.
    """

    n_tests: int | None = None
    n_cases: int | None = None


class TestFields(Frozen, frozen=True, kw_only=True, omit_defaults=True, rename={"name": "test"}):
    """What a test says of its cases.

    Attributes:
        name: Unique in the suite; ``test`` in the file.
        type: MFT, INV or DIR.
        capability: Negation, Vocabulary, Robustness, ...
        description: One sentence.
        expect: One of the nine expectations; None: ``equals`` of an MFT, ``invariant`` of an INV.
        aggregate: Which examples are judged; None: all of an MFT, all but the first (the original) of an INV and a DIR.
    """

    name: Name
    type: TestType
    capability: Name
    description: str = ""
    expect: Expectation | None = None
    aggregate: Judged | None = None

    @property
    def expectation(self) -> Expectation | None:
        """The expectation with its default; None: a DIR test without one, which is refused."""
        default = {"MFT": Equals(), "INV": Invariant(), "DIR": None}[self.type]
        return default if self.expect is None else self.expect

    @property
    def judged(self) -> Judged:
        """Which examples are judged."""
        return self.aggregate or ("all" if self.type == "MFT" else "all_but_first")


class Case(Frozen, frozen=True, kw_only=True, omit_defaults=True, rename={"id": "case"}):
    """A case: one example, or several that are judged together.

    Attributes:
        id: Unique in the test; ``case`` in the file.
        examples: Inputs of each example, by name, in the order in which a model reads them. The first one of an INV or DIR case is
            the original.
        target: What is known to be right: one answer for all examples, or a list with one for each.
        template: What was filled in; cases of one template are resampled together.
        slots: What it was filled in with.
        edits: For each variant the (start, end, replacement) that made it of the original, in characters, of ``tag`` in words.
        substitute: (old, new): what stands for what in the answers to the variants; or a list with one pair (or null) for each.
        groups: Further slices, such as the group that a sentence is about.
    """

    id: Name
    examples: tuple[dict[str, Any], ...]
    target: Any = None
    template: str | None = None
    slots: dict[str, Any] = msgspec.field(default_factory=dict)
    edits: tuple[tuple[tuple[int, int, Any], ...] | None, ...] | None = None
    substitute: tuple[Any, ...] | None = None
    groups: dict[str, str] = msgspec.field(default_factory=dict)


class CaseLine(Case, frozen=True, kw_only=True, omit_defaults=True, rename={"id": "case"}):
    """A case in a file, with the name of its test.

    Attributes:
        test: Name of its test, whose line stands before.
    """

    test: str


class TestLine(TestFields, frozen=True, kw_only=True, omit_defaults=True, rename={"name": "test"}):
    """A test in a file."""


class BehaviourTest(TestFields, frozen=True, kw_only=True, omit_defaults=True, rename={"name": "test"}):
    """A test with its cases.

    Attributes:
        cases: In file order.
        lines: 1-based line of each case in its file; empty of a suite that was made in Python.
    """

    cases: tuple[Case, ...] = ()
    lines: tuple[int, ...] = ()


class BehaviourSuite(SuiteFields, frozen=True, kw_only=True, omit_defaults=True):
    """A suite with its tests and cases."""

    tests: tuple[BehaviourTest, ...] = ()

    @property
    def n_cases(self) -> int:
        """Number of cases of all tests."""
        return sum(len(test.cases) for test in self.tests)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the inputs, in the order in which a model reads them."""
        return tuple(self.tests[0].cases[0].examples[0])

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups of the cases, in order of appearance."""
        return tuple(dict.fromkeys(name for test in self.tests for case in test.cases for name in case.groups))
