"""Write the behavioural suites that ship with benchwright, from their templates: the same bytes on every machine.

``python suites/making/make_behaviour.py`` writes all of them, ``python suites/making/make_behaviour.py sentiment`` one.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from behaviour_texts.ner.tagged import tagged_case
from behaviour_texts.rows import Inputs, examples, suite_rows

SUITES = ("sentiment", "ner", "qa")
INPUTS: dict[str, Inputs] = {"ner": tagged_case}
FOLDER = Path(__file__).resolve().parents[1] / "benchwright_suites" / "behaviour_data"


def text_of(name: str) -> str:
    """The file of a suite: one JSON object a line, plain ASCII."""
    texts = import_module(f"behaviour_texts.{name}")
    words = import_module(f"behaviour_texts.{name}.words").WORDS
    rows = suite_rows(texts.HEAD, texts.TESTS, words, INPUTS.get(name, examples))
    return "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)


def main(names: list[str]) -> None:
    """Write the named suites; without a name, all."""
    FOLDER.mkdir(exist_ok=True)
    for name in names or SUITES:
        (FOLDER / f"{name}.jsonl").write_text(text_of(name), encoding="ascii", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
