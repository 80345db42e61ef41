"""Tests and suites of filled templates and of variants: what `write_suite` writes as a file that others can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from benchwright.behaviour.filled import Filled
from benchwright.behaviour.suite_checks import needs_target
from benchwright.behaviour.suite_types import FORMAT, BehaviourSuite, BehaviourTest, Case, SuiteFields
from benchwright.behaviour.variants import Perturbed
from benchwright.errors import BenchwrightError
from benchwright.tags import OUTSIDE
from benchwright.types import Kind
from benchwright.types.expectations import EXPECTATIONS, Expectation, ExpectationBase, Invariant, TestType

Data = Filled | Perturbed | Sequence[Any]
"""Filled templates, variants, or items: a text or a mapping of inputs is one example, a list of these is a case of several."""

Groups = Mapping[str, str] | Sequence[Mapping[str, str]] | None
"""Further slices of all cases, or of each."""


def mft(
    name: str,
    data: Data,
    *,
    capability: str,
    labels: Any = None,
    expect: Expectation | None = None,
    description: str = "",
    groups: Groups = None,
    inputs: Sequence[str] = (),
) -> BehaviourTest:
    """A minimum functionality test: is the known answer given?

    Args:
        name: Of the test, unique in its suite.
        data: A case for each item.
        capability: What is tested: Negation, Vocabulary, Robustness, ...
        labels: What is right, where ``data`` does not say: one for all cases, or a list with one for each.
        expect: Another expectation than ``equals``.
        description: One sentence.
        groups: Further slices.
        inputs: What the texts of tuples are called (``("premise", "hypothesis")``); a lone text is ``text`` otherwise.
    """
    return _test(
        "MFT",
        name,
        data,
        capability=capability,
        labels=labels,
        expect=expect,
        description=description,
        groups=groups,
        inputs=inputs,
    )


def inv(
    name: str,
    data: Data,
    *,
    capability: str,
    tolerance: float = 0.1,
    expect: Expectation | None = None,
    description: str = "",
    groups: Groups = None,
    inputs: Sequence[str] = (),
) -> BehaviourTest:
    """An invariance test: does a harmless change leave the answer?

    Args:
        name: Of the test, unique in its suite.
        data: Cases of an original and its variants, as `perturb` makes them.
        capability: What is tested.
        tolerance: By how much the probability of the original's label may move, or a number.
        expect: Another expectation than ``invariant``: ``text`` of spans.
        description: One sentence.
        groups: Further slices.
        inputs: What the texts of tuples are called.
    """
    return _test(
        "INV",
        name,
        data,
        capability=capability,
        expect=expect or Invariant(tolerance=tolerance),
        description=description,
        groups=groups,
        inputs=inputs,
    )


def dir_(
    name: str,
    data: Data,
    *,
    capability: str,
    expect: Expectation,
    labels: Any = None,
    description: str = "",
    groups: Groups = None,
    inputs: Sequence[str] = (),
) -> BehaviourTest:
    """A directional expectation test: does a meaningful change move the answer the right way?

    Args:
        name: Of the test, unique in its suite.
        data: Cases of an original and its variants, as `perturb` makes them.
        capability: What is tested.
        expect: What the change does: ``Monotonic(direction="up")``, ``Shift(...)``, ``EqualsIf(...)``, ...
        labels: Targets of the cases, where the expectation compares with one (``Equals()``).
        description: One sentence.
        groups: Further slices.
        inputs: What the texts of tuples are called.
    """
    return _test(
        "DIR",
        name,
        data,
        capability=capability,
        labels=labels,
        expect=expect,
        description=description,
        groups=groups,
        inputs=inputs,
    )


def make_suite(
    name: str,
    *tests: BehaviourTest,
    kind: Kind | str = Kind.CLASSIFY,
    labels: Sequence[str] = (),
    version: int = 1,
    **said: Any,
) -> BehaviourSuite:
    """A suite of tests.

    Args:
        name: Of the suite.
        tests: In order.
        kind: What is asked of a model: classify, regress, tag, span, choose or fill.
        labels: Names of the labels in id order; of ``tag`` those of the targets where none are given.
        version: Raise it whenever a number can change.
        said: What else the first line says: language, licence, citation, source, description, trained_on, multilabel,
            unanswerable, top.
    """
    if kind not in set(Kind):
        raise BenchwrightError(
            f"no task is of the kind {kind!r}", expected="classify, regress, tag, span, choose or fill"
        )
    kind = Kind(kind)
    wrong = next((test for test in tests if not isinstance(test, BehaviourTest)), None)
    if wrong is not None:
        raise BenchwrightError(
            f"{type(wrong).__name__} among the tests",
            expected="what mft, inv and dir_ return, one after another",
            hint=f"make_suite({name!r}, *tests)",
        )
    unknown = sorted(said.keys() - set(SuiteFields.__struct_fields__))
    if unknown:
        raise BenchwrightError(
            f"a suite says nothing of {unknown[0]!r}", expected=f"one of {', '.join(SuiteFields.__struct_fields__)}"
        )
    names = tuple(labels) or (_tags(tests) if kind is Kind.TAG else ())
    return BehaviourSuite(schema=FORMAT, name=name, version=version, kind=kind, labels=names, tests=tests, **said)


def _test(
    kind: TestType,
    name: str,
    data: Data,
    *,
    capability: str,
    expect: Expectation | None,
    description: str,
    groups: Groups,
    inputs: Sequence[str],
    labels: Any = None,
) -> BehaviourTest:
    _check_arguments(name, data, expect)
    given = data if isinstance(data, Filled | Perturbed) else Filled(data=tuple(data))
    if not len(given):
        counted = f": nothing was changed in {given.without_variant} items" if isinstance(given, Perturbed) else ""
        raise BenchwrightError(f"the test {name!r} has no case{counted}", expected="one at least")
    test = BehaviourTest(name=name, type=kind, capability=capability, description=description, expect=expect)
    wanted = test.expectation is not None and needs_target(test, test.expectation)
    targets = _targets(name, given, labels, wanted=wanted)
    cases = tuple(_cases(name, given, targets, _each(name, "groups", groups, len(given)), tuple(inputs)))
    _check_cases(name, kind, cases)
    return replace(test, cases=cases)


def _check_arguments(name: str, data: Any, expect: Any) -> None:
    if isinstance(data, str | Mapping):
        raise BenchwrightError(
            f"the data of the test {name!r} are {type(data).__name__}",
            expected="a list of items",
            hint="[...] around it",
        )
    if expect is not None and not isinstance(expect, ExpectationBase):
        raise BenchwrightError(
            f"the test {name!r} expects {expect!r}",
            expected=f"one of {', '.join(f'{one.__name__}(...)' for one in EXPECTATIONS.values())}",
            hint="from benchwright.behaviour import Monotonic",
        )


def _cases(
    name: str, given: Filled | Perturbed, targets: Sequence[Any], groups: Sequence[Any], inputs: tuple[str, ...]
) -> Iterator[Case]:
    for place, item in enumerate(given.data):
        parts = item if isinstance(item, list) else [item]
        edits = substitutes = None
        if isinstance(given, Perturbed) and len(parts) == len(given.edits[place]) + 1:
            edits, substitutes = given.edits[place], given.substitutes[place]
        examples = tuple(_example(name, part, inputs) for part in parts)
        yield Case(
            id=str(place),
            examples=examples,
            target=targets[place],
            template=given.templates[place] if given.templates else None,
            slots=dict(given.slots[place]) if given.slots else {},
            edits=edits if edits is not None and any(edits) and len(examples[0]) == 1 else None,
            substitute=substitutes if substitutes is not None and any(substitutes) else None,
            groups=dict(groups[place] or {}),
        )


def _targets(name: str, given: Filled | Perturbed, labels: Any, *, wanted: bool) -> Sequence[Any]:
    """A target for each case; labels that came with the data are left away where nothing is compared with them."""
    if isinstance(labels, AbstractSet):
        raise BenchwrightError(f"labels of the test {name!r} are a set, which has no order", expected="a list")
    if labels is None:
        return (given.labels if wanted else None) or [None] * len(given)
    if isinstance(labels, list | tuple):
        return _each(name, "labels", labels, len(given))
    return [labels] * len(given)


def _each(name: str, what: str, said: Any, count: int) -> Sequence[Any]:
    if said is None or isinstance(said, Mapping):
        return [said] * count
    if len(said) != count:
        raise BenchwrightError(f"the test {name!r} has {len(said)} {what}", expected=f"one for each of {count} cases")
    return list(said)


def _example(name: str, item: Any, inputs: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return {str(key): list(value) if isinstance(value, tuple) else value for key, value in item.items()}
    texts = item if isinstance(item, tuple) else (item,)
    names = inputs or (("text",) if len(texts) == 1 else ())
    if len(names) != len(texts):
        raise BenchwrightError(
            f"the test {name!r} has an item of {len(texts)} texts, and {len(names)} names for them",
            expected="a name for each",
            hint='inputs=("premise", "hypothesis"), or mappings as items',
        )
    return dict(zip(names, texts, strict=True))


def _check_cases(name: str, kind: TestType, cases: Sequence[Case]) -> None:
    """Raise for a case without a variant, and for one that stands there twice."""
    seen: dict[str, str] = {}
    for case in cases:
        if kind != "MFT" and len(case.examples) < 2:
            raise BenchwrightError(
                f"case {case.id} of the {kind} test {name!r} has no variant",
                expected="lists of an original and its variants",
                hint="perturb(data, function) makes them",
            )
        other = seen.setdefault(repr(case.examples), case.id)
        if other != case.id:
            raise BenchwrightError(
                f"case {case.id} of the test {name!r} has the texts of case {other}",
                expected="every case once, or rates are of fewer cases than they say",
                hint="data.distinct() drops repeats",
                shown=[str(case.examples[0])[:100]],
            )


def _tags(tests: Sequence[BehaviourTest]) -> tuple[str, ...]:
    """``O`` and the tags of the targets, B and I of each type."""
    found = {tag for test in tests for case in test.cases for tag in _texts_in(case.target)}
    types = sorted({tag.partition("-")[2] for tag in found if tag != OUTSIDE})
    return (OUTSIDE, *(f"{letter}-{one}" for one in types for letter in "BI"))


def _texts_in(target: Any) -> Iterator[str]:
    if isinstance(target, str):
        yield target
    elif isinstance(target, list | tuple):
        for part in target:
            yield from _texts_in(part)
