"""A history as people read it."""

import benchwright
from benchwright.score_history.text import to_text


def test_lines_are_at_most_100_columns_wide_and_can_be_ascii(nights):
    long = "a-name-of-a-run-that-is-as-long-as-names-of-nightly-runs-in-our-pipelines-are"
    for at, right in enumerate((150, 152, 130, 156), start=1):
        nights.add(right, name=f"{long}-{at}", model="a-model-with-a-long-name-too", data=f"data-{at // 4}")

    found = benchwright.history("mood", store=nights.store)
    text, plain = str(found), to_text(found, ascii_only=True)

    assert max(map(len, text.splitlines())) <= 100
    assert "▁" in text
    assert plain.isascii()
    assert "content hash data-0" in text


def test_text_of_others_does_nothing_to_a_terminal(nights):
    nights.add("\x1b[31mred\x1b[0m\nand a line", model="nightly")
    nights.add(150)

    assert "\x1b" not in str(benchwright.history("mood", store=nights.store))
    assert "<b>" not in benchwright.history("mood", store=nights.store)._repr_html_()


def test_the_verb_prints_text_and_json(nights, program):
    nights.add(150)
    nights.add(170)

    text = program("history", "--task", "mood", "--store", nights.store.root, check=0).stdout
    every = program("history", "--store", nights.store.root, check=0).stdout
    json = program("history", "--task", "mood", "--format", "json", "--store", nights.store.root, check=0).stdout

    assert "+10.00" in text
    assert "better" in text
    assert "mine/mood" in every
    assert '"verdict": "better"' in json
