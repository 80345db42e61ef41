"""Named entities: the CoNLL shared tasks, CoNLL++, WNUT-17, BC5CDR, and a task of your own from CoNLL columns."""

from __future__ import annotations

from benchwright.types import Suite
from benchwright_suites._ner.conll import conll2002_es, conll2002_nl, conll2003, conllpp
from benchwright_suites._ner.domains import bc5cdr, wnut17
from benchwright_suites._ner.published import published

suite = Suite(
    name="ner",
    version=1,
    tasks=(conll2003, conllpp, conll2002_es, conll2002_nl, wnut17, bc5cdr),
    folders=("ner",),
    description="Which words of a sentence name what: people, places, organisations, products, chemicals, diseases; "
    "and `custom`, your own CoNLL columns, JSON lines or Parquet.",
    custom={"custom": "benchwright_suites._ner.custom:build"},
    published=published,
)
