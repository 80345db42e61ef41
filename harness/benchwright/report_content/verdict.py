"""The first sentences of a report: which model answers better, where it does not, and what it costs, in words that need no statistics.

Nothing is called better but by a paired difference whose interval and adjusted p say so; what no test tells apart is said to be that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchwright import unranked
from benchwright.comparison.report_section import MOST, DifferenceSection
from benchwright.formatting import count, interval, value
from benchwright.render.grid import Grid
from benchwright.report_content.cost_words import latencies_of, latency_beside, main_table, was_measured
from benchwright.report_content.duel import Duel, duel_of
from benchwright.report_content.roles import Roles, best_of
from benchwright.report_content.standings import Standing, count_unbeaten
from benchwright.report_content.verdict_of_many import MANY, among_many
from benchwright.report_content.verdict_words import (
    MOST_NAMED,
    Words,
    beaten_text,
    cheapest_text,
    duel_text,
    joined,
    listed,
    share_text,
)
from benchwright.types import Run


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportVerdict:
    """What a report says first.

    Attributes:
        sentences: The decision, one to four sentences.
        basis: What they rest on, for who wants to know; empty where nothing was compared.
        caveats: What holds for all of it: limited runs, tasks that are not counted. Unfinished runs are told by `ReportContent.progress`.
    """

    sentences: tuple[str, ...]
    basis: str = ""
    caveats: tuple[str, ...] = ()


def find_verdict(
    runs: Sequence[Run],
    grid: Grid,
    roles: Roles | None,
    standings: Sequence[Standing],
    differences: DifferenceSection | None,
) -> ReportVerdict | None:
    """The verdict over all runs; None where there is no model.

    The model that is spoken of is the best candidate; where all are baselines, the best of those besides the reference.
    """
    if roles is None:
        return None
    words = Words(grid, standings, differences)
    ranked = [one for one in standings if one.is_ranked and one.places]
    caveats = (*_caveats(runs), *_uncounted(grid))
    if not ranked:
        told = ["No ranked task was scored here, so nothing says which model answers better.", *_fastest(words)]
        return ReportVerdict(sentences=tuple(told), caveats=caveats)
    if len(grid.systems) == 1:
        return ReportVerdict(sentences=tuple(_alone(ranked, words)), caveats=caveats)
    subject = _subject(grid, roles, ranked)
    if not any(one.gains for one in ranked):
        told = [*_untested(subject, ranked, words, differences), *_fastest(words)]
        return ReportVerdict(sentences=tuple(told), basis=_why_untested(grid, differences), caveats=caveats)
    duels = {at: duel_of(subject, at, ranked) for at in range(len(grid.systems)) if at != subject}
    if len(grid.systems) >= MANY:
        told = among_many(subject, roles, ranked, duels, words)
        return ReportVerdict(sentences=tuple(told), basis=_basis(differences, ranked), caveats=caveats)
    other = roles.reference if subject != roles.reference else next(iter(duels)) if len(duels) == 1 else None
    told = [] if other is None else [_against(duels.pop(other), words)]
    told += _beside(subject, duels, words, name="it" if told else words.names[subject])
    return ReportVerdict(sentences=tuple(told), basis=_basis(differences, ranked), caveats=caveats)


def _subject(grid: Grid, roles: Roles, ranked: Sequence[Standing]) -> int:
    """The candidate that is not shown to be worse than any model on most tasks; of several the best as `best_of` has it."""
    everybody = range(len(grid.systems))
    among = [at for at in everybody if at not in roles.baselines] or [at for at in everybody if at != roles.reference]
    unbeaten = count_unbeaten(ranked, among)
    return best_of(grid, [at for at in among if unbeaten[at] == max(unbeaten.values())])


def _against(duel: Duel, words: Words) -> str:
    """The model that is spoken of against the reference, and its cost."""
    parts = [duel_text(duel, words, name=words.names[duel.subject])]
    cost = latency_beside(words.grid, duel.subject, duel.other)
    if cost:
        parts.append(f"it has {cost}")
    elif was_measured(words.grid, duel.subject) and was_measured(words.grid, duel.other):
        parts.append("their latencies do not compare, as they were measured on different machines or tasks")
    else:
        parts.append("what that costs in latency was not measured")
    return f"{'; '.join(parts)}."


def _beside(subject: int, duels: dict[int, Duel], words: Words, *, name: str) -> list[str]:
    """What the other models are beside the one that is spoken of, in at most three sentences."""
    compared = {at: duel for at, duel in duels.items() if duel.compared}
    losing = [at for at, duel in compared.items() if duel.worse]
    equal = [at for at, duel in compared.items() if not duel.worse and not duel.better]
    beaten = [at for at, duel in compared.items() if duel.better and not duel.worse]
    found = [_ahead_text(duels[at], words, name=name) for at in losing[:MOST_NAMED]]
    if len(losing) > MOST_NAMED:
        found.append(f"{count(len(losing) - MOST_NAMED)} more are better than {name} on some task")
    told = [f"{_capital('; '.join(found))}."] if found else []
    if equal:
        told.append(_equal_text(subject, equal, duels, words))
    if beaten:
        about = name if found or not equal else words.names[subject]
        text = beaten_text(beaten, duels, words, name=about, amount=name != "it" and not found)
        told.append(f"{_capital(text)}.")
    unscored = [words.names[at] for at, duel in duels.items() if at not in compared and duel.unscored]
    if unscored:
        told.append(f"Not compared with {words.names[subject]}, as one of the two has no score: {listed(unscored)}.")
    absent = [words.names[at] for at, duel in duels.items() if at not in compared and not duel.unscored]
    if absent:
        told.append(f"Not compared with {words.names[subject]}, as no task is common: {listed(absent)}.")
    return told


def _ahead_text(duel: Duel, words: Words, *, name: str) -> str:
    """``B is better than it on rte, by 3.10 points, and worse on 2``."""
    told = f"{words.names[duel.other]} is better than {name} on {share_text(duel, words, worse=True)}"
    return f"{told}, and worse on {count(len(duel.better))}" if duel.better else told


def _equal_text(subject: int, equal: Sequence[int], duels: dict[int, Duel], words: Words) -> str:
    told = f"{listed([words.names[at] for at in equal])} cannot be told apart from {words.names[subject]}"
    told += " on any task" if max(len(duels[at].compared) for at in equal) > 1 else ""
    cheapest = cheapest_text([subject, *equal], words)
    return f"{told}; of these {cheapest}." if cheapest else f"{told}."


def _fastest(words: Words) -> list[str]:
    told = cheapest_text(range(len(words.names)), words)
    return [f"{told}."] if told else []


def _alone(ranked: Sequence[Standing], words: Words) -> list[str]:
    """One model: its scores, and that nothing says whether they are good."""
    shown = []
    for one in ranked[:MOST_NAMED]:
        score, unit = one.column.scores()[0], one.column.unit
        text = f"{value(score.value, unit)} {interval(score.low, score.high, unit)}".rstrip()
        shown.append(f"{words.task(one)} {text} ({one.column.metric})")
    rest = len(ranked) - len(shown)
    more = f"; {count(rest)} more in the table" if rest else ""
    told = [
        f"{words.names[0]} is the only model here, so nothing says whether it is better than another: {joined(shown)}{more}."
    ]
    table = main_table(words.grid)
    latency = latencies_of(words.grid, table).get(0) if table is not None else None
    if latency is not None:
        told.append(f"Its median latency is {latency.text}{'' if latency.steady else ' (not shown to be steady)'}.")
    return told


def _untested(
    subject: int, ranked: Sequence[Standing], words: Words, differences: DifferenceSection | None
) -> list[str]:
    """Scores alone: nothing is called better, but than the reference where each was tested against it."""
    models = range(len(words.names))
    firsts = sum(one.places.get(subject) in ("best", "top") for one in ranked)
    where = words.task(ranked[0]) if len(ranked) == 1 else f"{count(firsts)} of {count(len(ranked))} tasks"
    beside = _beside_reference(ranked, differences)
    what = "only differences from the reference were tested" if beside else "no difference was tested"
    told = []
    if firsts:
        told.append(
            f"{words.names[subject]} has the best score of {count(len(models))} models on {where}; {what}, so none is "
            f"called better{' than another' if beside else ''}."
        )
    elif beside:
        told.append(f"Of {count(len(models))} models {what}, so none is called better than another.")
    else:
        told.append(f"No difference between the {count(len(models))} models was tested, so none is called better.")
    told += beside
    near = [at for at in models if at != subject and _is_near(at, ranked)]
    if near and firsts:
        names = listed([words.names[at] for at in near])
        told.append(f"By their own intervals {names} may be as good on every task that they have.")
    return told


def _beside_reference(ranked: Sequence[Standing], differences: DifferenceSection | None) -> list[str]:
    """``Beside the reference B, of 12 models 1 is better on some task and 10 are worse on some``, where only such differences were tested."""
    if differences is None or differences.of_pairs:
        return []
    paths = {one.column.name for one in ranked}
    told: dict[str, set[str]] = {}
    for one in differences.differences:
        if one.path in paths and one.verdict != "undefined" and not one.exploratory:
            told.setdefault(one.second, set()).add(one.verdict)
    if not told:
        return []
    better, worse = (sum(way in verdicts for verdicts in told.values()) for way in ("better", "worse"))
    said = (
        f"Beside the reference {differences.first}, of {count(len(told))} models that were tested {count(better)} "
        f"{'is' if better == 1 else 'are'} better on some task and {count(worse)} {'is' if worse == 1 else 'are'} worse on some."
    )
    return [said]


def _is_near(at: int, ranked: Sequence[Standing]) -> bool:
    """Whether no interval of a model is below that of the best; one model at least is beside it."""
    places = [one.places[at] for one in ranked if at in one.places]
    return bool(places) and all(place in ("best", "top", "tied") for place in places)


def _why_untested(grid: Grid, differences: DifferenceSection | None) -> str:
    if len(grid.systems) > MOST:
        return (
            f"Every pair is tested among at most {MOST} models on a page, more are tested against the reference alone: --models narrows the "
            "report, and `benchwright compare` tests any number."
        )
    if differences is not None and differences.refused:
        return f"Nothing could be compared: {differences.refused[0]}."
    return "No two models have a task in common."


def _basis(differences: DifferenceSection | None, ranked: Sequence[Standing]) -> str:
    family = differences.family if differences is not None else 0
    rest = sum(not one.gains for one in ranked)
    told = (
        "Better and worse: differences on the same items whose 95 % interval excludes 0 and whose p, adjusted (Holm) over "
        f"{count(family)} {'test' if family == 1 else 'tests'}, is at most 0.05. Not told apart is no proof of equality."
    )
    if rest:
        told += f" {count(rest)} of {count(len(ranked))} tasks {'was' if rest == 1 else 'were'} not compared."
    return told


def _caveats(runs: Sequence[Run]) -> list[str]:
    limits = sorted({run.spec.limit for run in runs if run.spec.limit is not None})
    return (
        [f"No benchmark result: limited to {joined([count(one) for one in limits])} examples a task."] if limits else []
    )


def _uncounted(grid: Grid) -> list[str]:
    cards = {column.name: column.card for column in grid.columns if column.card is not None and not column.is_view}
    told = unranked.listed(cards)
    return [f"In no count here: {told}."] if told else []


def _capital(text: str) -> str:
    """A sentence that begins with ``it``; names stay as they are written."""
    return f"It{text[2:]}" if text.startswith("it ") else text
