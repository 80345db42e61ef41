"""Which tests of a behavioural task a rule means: patterns over CAPABILITY/TEST, capabilities, a type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from benchwright import registry
from benchwright.comparison.cases import NamedTest
from benchwright.errors import BenchwrightError

_LISTED = 12


@dataclass(frozen=True, kw_only=True)
class TestSelection:
    """What a rule says of the tests it is about; empty parts mean every test.

    Attributes:
        patterns: Of CAPABILITY/TEST, or of TEST alone, in which ``*`` stands for any letters, ``?`` for one; letter case counts for nothing.
        capabilities: Names of capabilities.
        type: ``MFT``, ``INV`` or ``DIR``.
    """

    __test__ = False  # no test of ours, whatever its name begins with

    patterns: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    type: str | None = None

    def holds(self, test: NamedTest) -> bool:
        """Whether a test is meant."""
        return (
            (self.type is None or self.type == test.type)
            and (not self.capabilities or any(_is(name, test.capability) for name in self.capabilities))
            and (not self.patterns or any(matches(pattern, test) for pattern in self.patterns))
        )

    def problems(self, known: Sequence[NamedTest], where: str) -> Iterable[BenchwrightError]:
        """Every part that means none of the known tests, with what was near; then a selection that is empty as a whole."""
        paths, capabilities = [test.path for test in known], list(dict.fromkeys(test.capability for test in known))
        lost = False
        for pattern in self.patterns:
            if not any(matches(pattern, test) for test in known):
                lost = True
                yield _nothing("tests", pattern, where, paths, nearest(pattern, known))
        for name in self.capabilities:
            if not any(_is(name, one) for one in capabilities):
                lost = True
                yield _nothing("capability", name, where, capabilities, registry.suggest(name, capabilities))
        types = list(dict.fromkeys(test.type for test in known))
        if self.type is not None and self.type not in types:
            lost = True
            yield _nothing("type", self.type, where, types, "")
        if not lost and known and not any(map(self.holds, known)):
            yield BenchwrightError(
                f"no test of {where} is meant by tests, capability and type together",
                expected="at least one test that all of them mean",
                hint="leave one of them out",
            )


def matches(pattern: str, test: NamedTest) -> bool:
    """Whether a pattern means a test, by CAPABILITY/TEST or by the test's own name; letter case counts for nothing."""
    wanted = pattern.casefold()
    return any(wanted == name or fnmatchcase(name, wanted) for name in (test.path.casefold(), test.name.casefold()))


def _is(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _nothing(key: str, given: str, where: str, known: Sequence[str], near: str) -> BenchwrightError:
    listed = ", ".join(known[:_LISTED]) + (f" and {len(known) - _LISTED} more" if len(known) > _LISTED else "")
    return BenchwrightError(
        f"{key}: {given!r} means no test of {where}",
        expected=f"one of: {listed}" if known else "a task with behavioural tests",
        hint=near or ("`*` stands for any letters: negation/*" if key == "tests" else "use one of these"),
    )


def nearest(pattern: str, known: Sequence[NamedTest]) -> str:
    """What may have been meant: a capability or a test by its bare name, or something spelt nearly so."""
    capabilities = list(dict.fromkeys(test.capability for test in known))
    head, slash, tail = pattern.partition("/")
    if not slash:
        if any(_is(head, one) for one in capabilities):
            return f"write {head}/* for all tests of a capability"
        return registry.suggest(head, [*capabilities, *(test.name for test in known)])
    if any(_is(head, one) for one in capabilities):
        return registry.suggest(tail, [test.name for test in known if _is(head, test.capability)])
    near = registry.suggest(head, capabilities)
    return near or registry.suggest(pattern, [test.path for test in known])
