"""Machines in words: in which facts two of them differ, the telling ones first, and which name or fingerprint means one."""

from benchwright.hardware.machines import apart, importance, is_named


def test_equal_machines_differ_in_nothing(by_hand):
    """Whatever they are called."""
    assert apart(by_hand.HERE, by_hand.HERE) == ""


def test_facts_that_differ_are_told_with_both_values_and_counted_where_they_are_many(by_hand):
    """Six of them differ."""
    assert "processor: AMD EPYC 7B13 on the one, Intel Xeon 8481C on bench-2" in apart(by_hand.HERE, by_hand.THERE)
    told = apart(by_hand.HERE, by_hand.THERE, most=2)
    assert told.count("bench-2") == 2
    assert told.endswith("; and 4 more")


def test_processor_memory_and_threads_are_told_before_versions_of_libraries():
    """As the machine calls its facts: threads decide more than a version does."""
    facts = ["virtual machine", "library torch", "threads", "memory", "gpu driver", "instruction sets", "processors"]
    assert sorted(facts, key=importance) == [
        "processors",
        "gpu driver",
        "instruction sets",
        "memory",
        "threads",
        "library torch",
        "virtual machine",
    ]


def test_a_machine_is_meant_by_its_name_or_by_eight_digits_of_its_fingerprint(by_hand):
    """Fewer digits may mean another, and no text means none."""
    assert is_named(by_hand.THERE, "bench-2")
    assert is_named(by_hand.THERE, "ffee0011")
    assert not is_named(by_hand.THERE, "ffee")
    assert not is_named(by_hand.HERE, "")
