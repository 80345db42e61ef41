"""Alarms by cause: one line however many cells it is about, and cells that point at it."""

from __future__ import annotations

from benchwright.alarm import alarm, note


def test_sentences_of_one_cause_are_one_line_with_each_folded_below(made, content, latency):
    """Three models were not steady, each in words of its own: one cause, three details, and a sign at each latency."""
    answers = {name: {"a": "10" * 20} for name in ("x", "y", "z")}
    profiles = [
        latency(name, 0.02, alarms=(alarm("not-steady", f"rising by {at} %"),)) for at, name in enumerate(answers, 1)
    ]
    found = content(made(answers, profiles=profiles))
    (cause,) = found.causes.causes
    (line,) = [line for line in found.candidates.lines if line.title == "latency"]

    assert cause.text == "not shown to be steady while it was measured"
    assert cause.models == "x, y, z"
    assert len(cause.details) == 3
    assert cause.details[0] == "x on hardware/single_stream@own/a: rising by 1 %"
    assert [cell.signs for cell in line.cells] == [(1,), (1,), (1,)]


def test_notes_are_no_alarms(made, content, latency):
    profile = latency("x", 0.02, alarms=(note("short", "long enough to look"),))
    assert content(made({"x": {"a": "10" * 20}}, profiles=(profile,))).causes.causes == ()


def test_one_sentence_is_told_as_it_is(made, content, latency):
    """A cause of one sentence has no fold, and its words are not replaced."""
    profile = latency("x", 0.02, alarms=(alarm("busy", "12 % of a processor was busy"),))
    (cause,) = content(made({"x": {"a": "10" * 20}}, profiles=(profile,))).causes.causes
    assert (cause.text, cause.details, cause.short) == (
        "12 % of a processor was busy",
        (),
        "other processes were busy while it was measured",
    )
