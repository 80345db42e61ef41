"""Sections of a model card: what a reader must know of one model, and blanks for what only its author knows."""

from __future__ import annotations

from benchwright.formatting import UNDEFINED, clip, count, finite, interval, value
from benchwright.inert import markdown_text
from benchwright.render import provenance
from benchwright.render.grid import Column
from benchwright.render.note_markdown import note_markdown
from benchwright.report_content.content import ReportContent
from benchwright.report_content.hub_results import HubResult
from benchwright.report_content.markdown.explanations import card_lines
from benchwright.report_content.markdown.top import alarm_line
from benchwright.tables import markdown_table
from benchwright.task_path import task_path
from benchwright.types import AggregateScore

MOST = 20
"""Alarms, slices or failures of one kind that are listed."""
_BLANKS = {
    "Intended use": "who should use this model, for which texts and decisions",
    "Out-of-scope use": "what it must not be used for, and why",
    "Training data": "what it was trained on, its licence, and how it was chosen and filtered",
    "Ethical considerations": "whom its errors may harm, and what was done about it",
    "Licence": "under which licence the model may be used; name it in the metadata above too (`license:`)",
}


def blank(title: str) -> str:
    """A section that only the author can write, marked as not filled in."""
    return f"## {title}\n\n**TO FILL IN:** {_BLANKS[title]}."


def header(content: ReportContent) -> str:
    """Name, what the card is, and what is said first."""
    system = content.grid.systems[0]
    ref = system.ref
    verdict = content.verdict.sentences if content.verdict else content.findings
    caveats = content.verdict.caveats if content.verdict else ()
    about = [
        f"- Opened by: {markdown_text(ref.adapter)}, {markdown_text(provenance.short_path(ref.path))}"
        + (f" at revision {markdown_text(ref.revision)}" if ref.revision else "")
        if ref
        else "- Opened by: not known"
    ]
    return "\n".join(
        [
            f"# {markdown_text(clip(content.options.title or system.label, 200))}",
            "",
            "*Numbers and findings of this card were made by benchwright from stored answers; sections marked TO FILL IN wait for the author.*",
            "",
            *about,
            *([f"- Card by: {markdown_text(clip(content.options.author, 200))}"] if content.options.author else []),
            "",
            *(f"- {markdown_text(clip(text, 1000))}" for text in (*verdict, *caveats)),
        ]
    )


def notes(content: ReportContent) -> list[str]:
    """What the author says."""
    if not content.options.notes:
        return []
    about = "*Written by the author of this card; benchwright measured and checked nothing of it.*"
    return ["\n\n".join(["## The author's note", about, *(note_markdown(one, top=2) for one in content.options.notes)])]


def evaluation(content: ReportContent) -> str:
    """Every task with its score, interval and what became of its examples, and official aggregates."""
    rows = []
    for column in content.grid.columns:
        cell = column.cells.get(0)
        if cell is None or column.is_view or column.is_hardware or (column.card and column.card.behaviour):
            continue
        name, ledger = markdown_text(column.name), cell.ledger
        counts = [count(ledger.total), count(ledger.errored)] if ledger else [UNDEFINED, UNDEFINED]
        if cell.status == "scored" and cell.score is not None:
            unit = column.unit
            number = [value(cell.score.value, unit), interval(cell.score.low, cell.score.high, unit) or UNDEFINED]
        else:
            number = [f"{cell.status}: {clip(cell.reason, 200)}", UNDEFINED]
        rows.append([name, *map(markdown_text, (column.split, column.metric, *number, *counts))])
    heads = ["Task", "Split", "Metric", "Value", "95 % interval", "Examples", "Errored"]
    table = markdown_table(heads, rows, right=(3, 5, 6)) if rows else ["No task was scored."]
    reading = (
        "Fractions, correlations and MCC are × 100; the metadata above hold them unrounded, as fractions. Intervals are about this "
        "checkpoint on other items from the same source."
    )
    aggregates = [_aggregate(score) for _, score in content.grid.aggregates]
    return "\n".join(["## Evaluation", "", *table, "", reading, *([""] if aggregates else []), *aggregates])


def _aggregate(score: AggregateScore) -> str:
    known = finite(score.value)
    why = [f"missing: {', '.join(score.missing)}"] if score.missing else []
    why += [score.reason] if score.reason else []
    shown = value(known) if known is not None and not score.missing else f"no average ({clip('; '.join(why), 300)})"
    return f"- {markdown_text(score.title or score.name)} of {markdown_text(score.suite)}: {markdown_text(shown)}"


def limits(content: ReportContent) -> str:
    """What was found against the model, by kind; what was not looked at is said to be that."""
    parts = [
        ("Alarms", _alarms(content), "no alarm"),
        ("Slices that are worse than the rest of their task", _slices(content), _no_slice(content)),
        ("Behavioural tests", _behaviour(content), _absent("behavioural tests", there=bool(content.behaviour))),
        ("Robustness", _robustness(content), _absent("robustness", there=bool(content.robustness))),
        ("Bias", _bias(content), _absent("bias", there=bool(content.identity or content.gaps))),
        *([("Explanations", card_lines(content), "no method was judged")] if content.explanations else []),
    ]
    lines = ["## Limits that were found"]
    for title, found, otherwise in parts:
        more = [f"- and {len(found) - MOST} more"] if len(found) > MOST else []
        lines += ["", f"### {title}", "", *(found[:MOST] or [f"- {otherwise}"]), *more]
    return "\n".join(lines)


def _absent(what: str, *, there: bool) -> str:
    return "nothing was found" if there else f"{what}: not measured"


def _alarms(content: ReportContent) -> list[str]:
    return [alarm_line(one) for one in content.alarms if one.level != "note"]


def _slices(content: ReportContent) -> list[str]:
    """Slices on which the model is shown to be worse than on the rest of their task, the largest gap first."""
    found = []
    for row in (hard.row for hard in content.slices.hard) if content.slices else ():
        number, rest, gap, between, p = row.texts
        where = f"{row.task}, {row.slice}, {row.metric}"
        numbers = f"{number} (n = {count(row.n)}), {rest} on the rest: {gap} {between}, adjusted p {p}"
        found.append(f"- {markdown_text(where)}: {markdown_text(numbers)}")
    return found


def _no_slice(content: ReportContent) -> str:
    tests = content.slices.family_within if content.slices else 0
    return f"none of {count(tests)} that were tested" if tests else "slices: not tested"


def _behaviour(content: ReportContent) -> list[str]:
    return [
        f"- {markdown_text(section.name)}, {markdown_text(capability)} {test_type}: failure rate "
        f"{markdown_text(f'{rates[0].text} {rates[0].between}'.strip())}"
        for section in content.behaviour
        for capability, test_type, rates in section.places()
        if rates and rates[0].text
    ]


def _robustness(content: ReportContent) -> list[str]:
    return [
        f"- {markdown_text(f'{table.base}, {row.perturbation}, severity {row.severity}')}: "
        f"{markdown_text(f'{row.clean.text} becomes {row.perturbed.text}, {row.difference.text} {row.difference.between}'.strip())}"
        for table in content.robustness
        for row in table.rows
    ]


def _bias(content: ReportContent) -> list[str]:
    swaps = [
        f"- identity swaps in {markdown_text(section.table.base)}, {markdown_text(row.dimension)}: **{row.state}**, limit "
        f"{markdown_text(section.table.limit)}, flip rate {markdown_text(row.flip_rate.text)} {markdown_text(row.flip_rate.between)}".rstrip()
        for section in content.identity
        for row in section.table.rows
    ]
    gaps = [
        f"- gap between groups of {markdown_text(section.table.slice)} in {markdown_text(section.table.base)}, "
        f"{markdown_text(row.metric)}: {markdown_text(f'{row.gap.text} {row.gap.between}'.strip())}, **{row.state or 'no limit'}**"
        for section in content.gaps
        for row in section.table.rows
    ]
    return swaps + gaps


def training(content: ReportContent) -> str:
    """What is known of the training because it was done here; the rest is the author's."""
    made = {
        _trained_on(column, cell.training.task): cell.training
        for column in content.grid.columns
        for cell in column.cells.values()
        if cell.training is not None
    }
    known = [
        f"- a checkpoint from the train split of {markdown_text(path)}: {count(one.rows.get('train', 0))} rows, "
        f"{count(one.rows.get('held', 0))} held back; trained from {markdown_text(one.base)}"
        for path, one in made.items()
    ]
    return "\n".join(
        [
            blank("Training data"),
            *(["", "Known, as the training was done by benchwright:", "", *known] if known else []),
        ]
    )


def _trained_on(column: Column, task: str) -> str:
    """The task whose train split was read: of a view or a behavioural test another one than its own."""
    elsewhere = column.card.trained_on if column.card is not None else None
    return elsewhere if elsewhere and "/" in elsewhere else task_path(column.suite, elsewhere or task)


def how(content: ReportContent, results: tuple[HubResult, ...]) -> str:
    """Runs, settings, citations, and which results may be entries of the hub."""
    lines = ["## How it was evaluated", ""]
    for run in content.runs:
        lines.append(f"- run {markdown_text(run.name)} of {markdown_text(run.created or 'an unknown time')}")
        settings = [f"{name}: {texts[0]}" for name, texts in provenance.list_settings([run]) if name != "Created"]
        lines += [f"  - {markdown_text(clip(text, 300))}" for text in settings]
    cards = {column.name: column.card for column in content.grid.columns if column.card}
    cited = {path: card.citation for path, card in cards.items() if card.citation and not card.view_of}
    lines += [f"- {markdown_text(path)}: {markdown_text(clip(text, 300))}" for path, text in cited.items()]
    if results:
        lines += ["", "### Entries for the hub", ""]
        lines += [f"- {markdown_text(one.column.name)}: {_entry(one)}" for one in results]
    return "\n".join(lines)


def _entry(one: HubResult) -> str:
    if one.why_not:
        return f"none, because {markdown_text(one.why_not)}"
    return (
        "beside this card, in `.eval_results/`. The hub shows it where the data set is registered as a benchmark with a task of that "
        "id (`eval.yaml`): check that before you upload it"
    )
