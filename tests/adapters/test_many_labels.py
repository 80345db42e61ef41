"""Scores of many labels are read once for each label, not once for each pair of labels."""

from benchwright.testing.fixtures import build_task
from benchwright.types import Example, Label
from benchwright_adapters import _python


def test_each_key_of_an_answer_is_named_twice_at_most(monkeypatch):
    """Of three hundred labels the one with the highest score is answered, with all scores in their order."""
    names = [f"l{at}" for at in range(300)]
    task = build_task(inputs={"text": ("text",)}, labels=tuple(Label(name=one, id=at) for at, one in enumerate(names)))
    scores = {one: at / 300 for at, one in reversed(list(enumerate(names)))}
    session = _python.FunctionSession(
        function=lambda texts: [scores for _ in texts], task=task, labels=None, batch=None, shown="f"
    )
    named, canonical = [], _python.naming.canonical
    monkeypatch.setattr(_python.naming, "canonical", lambda *given: named.append(1) or canonical(*given))

    (found,) = session.predict([Example(id="t/0", index=0, inputs={"text": "a"})])
    assert found.output == "l299"
    assert found.scores == tuple(at / 300 for at in range(300))
    assert len(named) <= 2 * len(names)
