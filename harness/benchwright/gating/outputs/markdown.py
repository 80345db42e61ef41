"""GitHub-flavoured Markdown for a pull request: the verdict, findings that need attention, the rest collapsed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchwright.formatting import clip
from benchwright.gating.case_text import cases_text
from benchwright.gating.outputs.view import FindingRow, bounds_text, flips_text, result_facts, rows_by_verdict
from benchwright.gating.result import GateResult
from benchwright.gating.text import waiver_text
from benchwright.gating.verdict import Verdict
from benchwright.inert import markdown_text
from benchwright.items import count
from benchwright.tables import markdown_table

COMMENT = 65_000
"""Bytes of a comment, a little below the characters that GitHub takes."""
SUMMARY = 1_000_000
"""Bytes of a step summary; above 1 MiB GitHub drops it whole."""
_OPEN = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE)
_TABLE = "\n".join(markdown_table(("Check", "Value", "n", "Found"), (), right=(1, 2)))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Foldout:
    """A collapsible section: heading, pieces, and how they are joined."""

    before: str
    pieces: list[str]
    after: str
    left_out: Callable[[int], str]


def write_markdown(result: GateResult, *, limit: int = COMMENT) -> str:
    """Markdown of at most ``limit`` bytes; checks that do not fit are counted where they would stand.

    The first line is a hidden marker, the same for every result of these rules: a comment that begins with it is the
    one to update in place. Everything that comes from data is escaped.
    """
    head = _head(result)
    parts = [_section(title, verdict, rows) for title, verdict, rows in rows_by_verdict(result)]
    foot = f"From stored predictions: the same predictions give the same verdict. {bounds_text(result)}"
    fixed = [head, foot, *(text for part in parts for text in (part.before, part.after, part.left_out(10**6)))]
    room = limit - sum(_size(text) + 2 for text in fixed)
    blocks = [head]
    for part in parts:
        shown = []
        for piece in part.pieces:
            if _size(piece) > room:
                break
            shown.append(piece)
            room -= _size(piece)
        left = len(part.pieces) - len(shown)
        blocks.append(part.before + "\n".join(shown) + (part.left_out(left) if left else "") + part.after)
    return "\n\n".join([*blocks, foot]) + "\n"


def marker(result: GateResult) -> str:
    """The hidden first line: the same for every result of the same file of rules."""
    name = hashlib.sha256(result.rules.encode("utf-8", "replace")).hexdigest()[:12]
    return f"<!-- benchwright-gate {name} -->"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace")) + 1


def _head(result: GateResult) -> str:
    counts = " · ".join(f"{len(rows)} {title.lower()}" for title, _, rows in rows_by_verdict(result))
    facts = [f"- {name}: {markdown_text(clip(text, 400))}" for name, text in result_facts(result)]
    return "\n".join(
        [
            marker(result),
            f"## Gate: {result.verdict}",
            "",
            f"**{markdown_text(clip(result.reason, 1000))}**",
            *(["", counts] if counts else []),
            "",
            *facts,
        ]
    )


def _section(title: str, verdict: Verdict, rows: Sequence[FindingRow]) -> _Foldout:
    head = f"{title} ({len(rows)})"
    if verdict in _OPEN:
        return _Foldout(
            before=f"### {head}\n\n",
            pieces=[_item(row) for row in rows],
            after="",
            left_out=lambda left: f"\n- and {left:,} more, left out to stay short: verdict.json holds all",
        )
    return _Foldout(
        before=f"<details><summary>{head}</summary>\n\n{_TABLE}\n",
        pieces=[_line(row) for row in rows],
        after="\n\n</details>",
        left_out=lambda left: f"\n\nand {left:,} more, left out to stay short: verdict.json holds all",
    )


def _item(row: FindingRow) -> str:
    """A finding in full, as an item of a list."""
    finding = row.finding
    values = f": {markdown_text(row.values)}" if row.values else ""
    lines = [
        f"- **{markdown_text(clip(finding.rule, 100))}**{_warned(row)} {markdown_text(clip(row.place, 200))}{values}".rstrip()
    ]
    lines.append(markdown_text(clip(finding.message, 800)))
    lines += [markdown_text(clip(line.strip(), 400)) for line in cases_text(finding)] or [
        markdown_text(clip(flips_text(finding), 400))
    ]
    lines += [f"⚠ {markdown_text(clip(flag, 200))}" for flag in finding.flags[:8]]
    return "<br>\n  ".join(line for line in lines if line)


def _line(row: FindingRow) -> str:
    """A finding as a row of a table."""
    finding = row.finding
    texts = [clip(finding.message, 300), waiver_text(finding), *(f"⚠ {flag}" for flag in finding.flags[:8])]
    cells = [
        f"**{markdown_text(clip(finding.rule, 100))}**{_warned(row)}<br>{markdown_text(clip(row.place, 200))}".removesuffix(
            "<br>"
        ),
        markdown_text(row.values),
        "" if finding.n is None else count(finding.n, finding.unit) if finding.unit else f"{finding.n:,}",
        "<br>".join(markdown_text(clip(text, 400)) for text in texts if text),
    ]
    return f"| {' | '.join(cells)} |"


def _warned(row: FindingRow) -> str:
    return " (warning only)" if row.warning else ""
