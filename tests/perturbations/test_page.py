"""The page about perturbations shows what a run gives."""

import importlib.util
import re
from pathlib import Path

from benchwright.perturbations.common_words import COMMON_WORDS
from benchwright.perturbations.name_list import FEMALE, MALE

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/perturbations.md").read_text(encoding="utf-8")


def tables():
    spec = importlib.util.spec_from_file_location("perturbation_table", ROOT / "benchmarks/perturbation_table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_of_the_page_are_those_of_the_script():
    made = tables()
    for table in (made.cards(), made.labels(), made.samples()):
        assert "\n".join(table) in PAGE, "python benchmarks/perturbation_table.py --page"


def test_the_counts_of_the_page_are_those_of_the_lists():
    assert f"of {len(FEMALE) + len(MALE)}, most of them English" in PAGE
    assert f"one of {len(COMMON_WORDS):,} frequent words" in PAGE


def test_the_code_of_the_page_runs():
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    names = {}
    exec(code, names)
    assert names["changes"].keys() == {"text"}
