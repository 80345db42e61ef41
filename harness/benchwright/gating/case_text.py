"""A failing case of a behavioural test as lines of text: its name, then what was asked, expected and answered."""

from __future__ import annotations

from collections.abc import Sequence

from benchwright.formatting import clip
from benchwright.gating.verdict import CASES_SHOWN, FailingCase, Finding

_EXAMPLES = 3
"""Examples of one case that are written out."""
_TEXT = 160


def cases_text(finding: Finding, most: int = CASES_SHOWN) -> list[str]:
    """Lines about the first failing cases of a finding, those of a case indented below its name; empty without any."""
    lines = [line for case in finding.cases[:most] for line in case_lines(case)]
    shown = min(len(finding.cases), most)
    total = max(finding.failing or 0, len(finding.cases))
    return [*lines, f"and {total - shown:,} more"] if shown and total > shown else lines


def case_lines(case: FailingCase) -> list[str]:
    """The name of a case with its capability and type, then a line for each example that tells something."""
    lines = [f"{case.case} ({', '.join(part for part in (case.capability, case.type) if part)})"]
    telling = _telling(case)
    lines += [f"  {example_text(case, at)}" for at in telling[:_EXAMPLES]]
    left = len(telling) - _EXAMPLES
    return [*lines, f"  and {left} more like it"] if left > 0 else lines


def example_text(case: FailingCase, at: int) -> str:
    """``"not good": expected negative; baseline negative, candidate positive``."""
    text = f'"{clip(case.texts[at], _TEXT)}": ' if case.texts else ""
    before = f"baseline {case.baseline[at]}, " if case.baseline else ""
    wanted = "original" if case.type != "MFT" and at == 0 else f"expected {case.expected[at]}"
    return f"{text}{wanted}; {before}candidate {case.candidate[at]}"


def _telling(case: FailingCase) -> Sequence[int]:
    """Positions of the examples that fail, after the original where the others are compared with it."""
    wrong = [at for at, failed in enumerate(case.failed) if failed]
    if case.type == "MFT":
        return wrong or range(len(case.candidate))
    return [0, *(at for at in wrong if at)]
