"""Explained items as HTML for a notebook, light or dark: heat maps with a small style of their own, everything else plain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.errors import StoreError
from benchwright.explanations.heat_lines import FLAT, answer_words, counts_most, faithful_line, gold_words, number_line
from benchwright.explanations.shown import largest_of, shade
from benchwright.explanations.stored import ExplainedItem
from benchwright.explanations.summary_lines import gap_text, verdict
from benchwright.formatting import plain_value
from benchwright.inert import html_text
from benchwright.items import call, count
from benchwright.render import examples
from benchwright.render.heat_map import heat_map
from benchwright.tables import html_list
from benchwright.types import ExplanationSummary

_DEPTHS = (0.12, 0.22, 0.32, 0.44, 0.58)
_UP, _DOWN = "214,39,40", "31,119,180"
LEGEND = "red, a solid line, +: the word raises the number; blue, a dashed line, −: it lowers it; no mark: less than a tenth of the word that counts most"
FRAMED = "; framed: the entity or answer that is explained"


def _style() -> str:
    """Rules that hold within the output alone; colours let what is below shine through, so that letters keep the notebook's own."""
    rules = [
        ".bw-explained p{margin:.2em 0}",
        ".bw-heat{line-height:1.9;white-space:pre-wrap;overflow-wrap:anywhere;margin:.2em 0 .4em}",
        ".bw-heat i{font-style:normal;border-radius:2px;padding:0 .1em}",
        ".bw-heat em{font-style:normal;outline:1.5px solid currentColor;outline-offset:1px;border-radius:2px;margin:0 .2em}",
        ".bw-heat details,.bw-heat summary{display:inline}",
        ".bw-heat summary{cursor:pointer;text-decoration:underline dotted}",
        ".bw-heat details::details-content{display:inline}.bw-heat details:not([open])::details-content{display:none}",
        ".bw-small{font-size:.85em;opacity:.8}",
    ]
    for side, colour, line, sign in (("r", _UP, "solid", "+"), ("l", _DOWN, "dashed", "\\2212")):
        for step, depth in enumerate(_DEPTHS, 1):
            rules.append(
                f".bw-heat .{side}{step}{{background:rgba({colour},{depth});border-bottom:2px {line} rgb({colour})}}"
            )
        rules.append(
            ",".join(f".bw-heat .{side}{step}::after" for step in range(1, 6))
            + f'{{content:"{sign}";font-size:.75em;font-weight:700;vertical-align:.4em}}'
        )
    return f"<style>{''.join(rules)}</style>"


STYLE = _style()


def explained_html(summary: ExplanationSummary, items: Sequence[ExplainedItem], *, more: int = 0) -> str:
    """A summary and its items as HTML; every text of data is escaped.

    Args:
        summary: Of all items.
        items: Those that are shown.
        more: How many are not.
    """
    parts = [f'{STYLE}<div class="bw-explained">', *_head(summary, items)]
    for item in items:
        parts += _item(item)
    if more:
        parts.append(_p(f"and {count(more, 'item')} more", small=True))
    return "".join((*parts, "</div>"))


def _head(summary: ExplanationSummary, items: Sequence[ExplainedItem]) -> Iterator[str]:
    yield f"<p><b>{html_text(summary.model)}</b>, {html_text(summary.method)} on {html_text(summary.base)}: {html_text(verdict(summary))}</p>"
    score = next((one for one in summary.faithfulness if one.metric == "comprehensiveness"), None)
    told = [f"{count(summary.items, 'item')} explained"]
    if score is not None:
        told.append(
            f"comprehensiveness {plain_value(score.value)}, of random words {plain_value(score.random)}, gap {gap_text(score)}"
        )
    told.append(f"{summary.queries.computed:,} queries, {summary.queries.judging:,} of them to judge")
    yield _p("; ".join(told), small=True)
    yield html_list([alarm.sentence for alarm in summary.alarms])
    framed = any(one.target.start is not None for item in items for one in item.explanation.attributions)
    yield _p(LEGEND + (FRAMED if framed else ""), small=True)


def _item(item: ExplainedItem) -> Iterator[str]:
    answer = f"{answer_words(item)}{gold_words(item)}"
    yield f"<hr><p><b>{html_text(call(item.record))}</b> {html_text(answer)}</p>"
    explanation = item.explanation
    if explanation.error:
        yield _p(f"no explanation: {explanation.error}")
    elif not explanation.attributions:
        yield _p("nothing to explain: the answer names nothing, or the item has no words")
    scale = getattr(explanation, "scale", None) or item.summary.scale
    for attribution in explanation.attributions:
        try:
            texts = [text for text in shade(examples.texts_of(item.record), explanation, attribution) if text.pieces]
        except StoreError as error:
            yield _p(error.problem)
            return
        yield _p(number_line(attribution, scale))
        for text in texts:
            name = f'<span class="bw-small">{html_text(text.name)}: </span>' if len(texts) > 1 else ""
            yield f'<div class="bw-heat">{name}{heat_map(text)}</div>'
        if largest_of(attribution) == 0:
            yield _p(FLAT, small=True)
            continue
        yield _p(f"counts most: {counts_most(item, attribution)}", small=True)
        if faithful := faithful_line(attribution):
            yield _p(faithful, small=True)


def _p(text: str, *, small: bool = False) -> str:
    return f'<p class="bw-small">{html_text(text)}</p>' if small else f"<p>{html_text(text)}</p>"
