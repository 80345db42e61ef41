"""What is told while models are measured in turn."""

from benchwright.profiling import in_turn
from benchwright.profiling.in_turn import _Rounds
from benchwright.profiling.starting import Watch


def test_rounds_are_told_as_they_pass_once_a_second_at_most(monkeypatch):
    """Of ten rounds of 0.4 s each third, with what is left of all; after the set its whole time is gone from that."""
    now = [100.0]
    monkeypatch.setattr(in_turn, "RealClock", type("Clock", (), {"now": lambda _: now[0]}))
    said = []
    watch = Watch(say=lambda what, left: said.append((what, left)), tell=lambda *_: None, left=50.0)
    told = _Rounds(watch, range(10, 20), 2.0)
    for done in range(10, 21):
        told(done, 30)
        now[0] += 0.4

    assert said == [
        ("in turn: round 11 of 30", 50.0),
        ("in turn: round 14 of 30", 44.0),
        ("in turn: round 17 of 30", 38.0),
        ("in turn: round 20 of 30", 32.0),
    ]
    assert watch.left == 30.0
