"""A sentence with many entities costs one reading of the tags of each variant, not one for each of its entities."""

import benchwright
from benchwright.explanations import numbers
from benchwright.tags import entities


def tag(sentences):
    """Every word is an entity of its own, but for masks."""
    return [["O" if word == "_" else "B-X" for word in words] for words in sentences]


def test_entities_are_read_once_for_each_variant(monkeypatch):
    """Of thirty entities each counts by its own word alone."""
    read = []
    monkeypatch.setattr(numbers, "entities", lambda tags: read.append(1) or entities(tags))
    words = [f"w{at}" for at in range(30)]
    found = benchwright.explain(
        tag, [words], task="tag", labels=["O", "B-X", "I-X"], method="leave_one_out", faithfulness=False
    )

    (one,) = found
    assert [each.values.index(1.0) for each in one.attributions] == list(range(30))
    assert all(sum(each.values) == 1.0 for each in one.attributions)
    assert len(read) <= one.queries.computed + 1
