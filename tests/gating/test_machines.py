"""A stored profile is judged on the machine it was measured on, or on the one that the rule names; else the facts that differ are told."""

import pytest

from benchwright.errors import NotComparable
from benchwright.gating.machines import check_machine
from benchwright.hardware.machines import called
from benchwright.measuring.machine import fingerprint
from benchwright.types import Machine


def machine(name="", **facts):
    """A machine by its facts."""
    told = {"processor": "Written CPU", "processors": "2", **facts}
    return Machine(fingerprint=fingerprint(told), facts=told, name=name)


def test_the_machine_itself_is_judged():
    """By its facts, whatever it was called."""
    check_machine(machine("a"), None, "cpu", "m", here=lambda _: machine("b"))


def test_another_machine_is_told_by_its_facts():
    """Each fact with both values, and what to write in the rule."""
    there = machine(processors="64", gpu="H100")
    with pytest.raises(NotComparable) as caught:
        check_machine(there, None, "cuda", "mine:m", here=lambda _: machine())
    told = caught.value.line
    assert "the profile of mine:m was measured on another machine than this one" in told
    assert "processors: 64 on its machine, 2 on this one" in told
    assert "gpu: H100 on its machine, not told on this one" in told
    assert f'machine = "{there.fingerprint[:8]}"' in told


def test_a_rule_may_name_the_machine():
    """By its name or by the beginning of its fingerprint; another one is refused by both names."""
    there = machine("ci-large", processors="64")
    for wanted in ("ci-large", there.fingerprint, there.fingerprint[:12]):
        check_machine(there, wanted, "cpu", "m", here=lambda _: machine())
    with pytest.raises(NotComparable, match=r"was measured on ci-large \(.*, the rule asks for ci-small"):
        check_machine(there, "ci-small", "cpu", "m", here=lambda _: machine())
    assert called(machine()).startswith("the machine ")


def test_a_processor_that_cannot_be_told_is_like_none():
    """Nothing says that two unknown ones are the same."""
    unknown = machine(processor="unknown")
    with pytest.raises(NotComparable, match="nothing says that it is the same"):
        check_machine(unknown, None, "cpu", "m", here=lambda _: unknown)
