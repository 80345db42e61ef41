"""Behavioural tests as Markdown."""

from __future__ import annotations

from benchwright.alarm import sentences
from benchwright.behaviour_report.rates import Rate
from benchwright.behaviour_report.section import BehaviourSection
from benchwright.formatting import clip
from benchwright.inert import markdown_text
from benchwright.report_content.content import ReportContent
from benchwright.report_content.markdown.blocks import MarkdownBlock, folded, summary_title
from benchwright.tables import markdown_table

_BEHAVIOUR = (
    "A case fails if any example of it that is judged fails; cases that cannot be judged are not applicable and in no rate. MFT: the known "
    "answer; INV: a harmless change leaves the answer; DIR: a change moves it the right way. A model that always says the same passes "
    "every INV. Flips: INV cases with any other answer, whatever the tolerance."
)


def behaviour(content: ReportContent) -> list[MarkdownBlock]:
    """Failure rates by model, capability and type, then the tests, folded."""
    blocks = []
    for section in content.behaviour:
        blocks += [MarkdownBlock(f"behavioural tests of {section.name}", _rates(section)), *_tests(section)]
    return blocks


def _rates(section: BehaviourSection) -> str:
    """Each model over all cases, then capabilities by types with a column for each model."""
    systems = [f"**{markdown_text(row.system)}**" for row in section.systems]
    whole = [
        [
            name,
            _rate(row.rate),
            markdown_text(row.rate.left_out or "–"),
            markdown_text(row.flips),
            markdown_text("; ".join(sentences(row.alarms))) or "–",
        ]
        for name, row in zip(systems, section.systems, strict=True)
    ]
    places = [
        [markdown_text(capability), test_type, *(_rate(rate) for rate in rates)]
        for capability, test_type, rates in section.places()
    ]
    return "\n".join(
        [
            f"### Behavioural tests of {markdown_text(section.name)}: failure rates, lower is better",
            "",
            *markdown_table(
                ["Model", "Failure rate", "Left out", "Flip rate of INV", "Alarms"], whole, right=range(1, 4)
            ),
            "",
            *markdown_table(["Capability", "Type", *systems], places, right=range(2, 2 + len(systems))),
            "",
            _BEHAVIOUR,
        ]
    )


def _tests(section: BehaviourSection) -> list[MarkdownBlock]:
    """The tests in a block of their own, which may be left out where there is no room."""
    systems = [f"**{markdown_text(row.system)}**" for row in section.systems]
    rows = [
        [markdown_text(clip(test.name, 120)), markdown_text(test.capability), test.type, *map(_rate, test.rates)]
        for test in section.tests
    ]
    if not rows:
        return []
    more = f", the first {len(rows)} of {len(rows) + section.hidden_tests}" if section.hidden_tests else ""
    table = markdown_table(["Test", "Capability", "Type", *systems], rows, right=range(3, 3 + len(systems)))
    hint = f"Failing cases with their texts: {markdown_text(f'benchwright show RUN --task {section.name} --worst N')}"
    title = f"{summary_title(section.name)}: all tests{more}"
    return [MarkdownBlock(f"tests of {section.name}", folded(title, [*table, "", hint]))]


def _rate(rate: Rate) -> str:
    below = (rate.between, rate.counted, rate.left_out, rate.flips)
    return "<br>".join([rate.text, *(f"<sub>{markdown_text(part)}</sub>" for part in below if part)])
