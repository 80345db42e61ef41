"""The decision over many models: how the best one stands among all of them, then beside a baseline; pairs are left to the differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchwright.formatting import count
from benchwright.report_content.cost_words import latency_beside
from benchwright.report_content.duel import Duel
from benchwright.report_content.roles import Roles, best_of
from benchwright.report_content.standings import Standing
from benchwright.report_content.verdict_words import Words, listed

MANY = 6
"""Models from which on a pair in each sentence is more than a reader keeps in mind."""


def among_many(
    subject: int, roles: Roles, ranked: Sequence[Standing], duels: Mapping[int, Duel], words: Words
) -> list[str]:
    """At most three sentences: the subject among all models, beside the reference or best baseline, and how many others are better or not told apart.

    Only tasks on which the subject was tested against another model are counted.
    """
    tested = [one for one in ranked if subject in one.places and any(subject in pair for pair in one.gains)]
    told = [_group_text(subject, tested, words)]
    baselines = roles.baselines & {at for at, duel in duels.items() if duel.compared}
    if baselines:
        baseline = roles.reference if roles.reference in baselines else best_of(words.grid, baselines)
        told.append(_baseline_text(duels[baseline], words))
        duels = {at: duel for at, duel in duels.items() if at != baseline}
    others = _others_text(duels, words)
    return [*told, others] if others else told


def _group_text(subject: int, tested: Sequence[Standing], words: Words) -> str:
    """``A has the best score on 8 of 21 tasks, is not told apart from the best on 11 and is worse on 2, most on stsb, by ... than B``."""
    name, every = words.names[subject], len(tested)
    beaten = [one for one in tested if _ahead_of(subject, one)]
    first = [one for one in tested if one.places.get(subject) in ("best", "top") and one not in beaten]
    alone = sum(one.places[subject] == "best" for one in first)
    near = every - len(beaten) - len(first)
    if not any(place in ("best", "top") for one in tested for place in one.places.values()):
        start = name  # scores of different items: nobody's is the best one
    elif len(first) == every:
        start = f"{name} has the best score on {'all ' if every > 1 else ''}{_tasks(every)}"
    elif any(_first_everywhere(at, tested) for at in range(len(words.names))):
        start = f"{name} has the best score on {count(len(first))} of {_tasks(every)}"
    else:
        start = f"No model has the best score on all {_tasks(every)}: {name} has it on {count(len(first))}"
    if alone:
        start += (
            " and is better than every other there"
            if alone == len(first)
            else f" (better than every other on {count(alone)})"
        )
    parts = [f"is not told apart from the best on {count(near)}"] if near else []
    if beaten:
        parts.append(f"is worse on {count(len(beaten))}, {_loss_text(subject, beaten, words)}")
    if start == name:
        return f"{name} {', and '.join(parts)}, of {_tasks(every)} whose scores are of different items."
    return f"{start}{''.join(f', {part}' for part in parts[:-1])}{', and ' + parts[-1] if parts else ''}."


def _loss_text(subject: int, beaten: Sequence[Standing], words: Words) -> str:
    """``most on stsb, by 3.34 points than B (pearson)``: the largest loss to a model that is better there."""
    losses = [
        (abs(one.gains[other, subject] or 0.0), other, one) for one in beaten for other in _ahead_of(subject, one)
    ]
    _, other, task = max(losses, key=lambda loss: (loss[0], -loss[1]))
    where = f"most on {words.task(task)}" if len(beaten) > 1 else words.task(task)
    return f"{where}: {words.amount(task, other, subject)} below {words.names[other]} ({task.column.metric})"


def _baseline_text(duel: Duel, words: Words) -> str:
    """``It is better than the baseline B on 10 of 21 tasks and worse on 1, wnli``, with the latency of both where it can be compared."""
    every = _tasks(len(duel.compared))
    told = f"It is better than the baseline {words.names[duel.other]} on {count(len(duel.better))} of {every}"
    if duel.worse:
        told += f" and worse on {count(len(duel.worse))}, {listed([words.task(one) for one in duel.worse])}"
    else:
        told += " and worse on none" if len(duel.compared) > 1 else ""
    cost = latency_beside(words.grid, duel.subject, duel.other)
    return f"{told}; it has {cost}." if cost else f"{told}."


def _others_text(duels: Mapping[int, Duel], words: Words) -> str:
    """``Of the 10 other models 4 are better than it on some task, 1 cannot be told apart from it anywhere, and 5 are worse on some and better on none``."""
    compared = {at: duel for at, duel in duels.items() if duel.compared}
    groups = (
        ("better than it on some task", [at for at, duel in compared.items() if duel.worse]),
        (
            "not told apart from it on any task",
            [at for at, duel in compared.items() if not duel.worse and not duel.better],
        ),
        (
            "worse on some and better than it on none",
            [at for at, duel in compared.items() if duel.better and not duel.worse],
        ),
        ("not compared with it on any task", [at for at in duels if at not in compared]),
    )
    parts = [
        f"{count(len(several))} {'is' if len(several) == 1 else 'are'} {what}{_named(several, words)}"
        for what, several in groups
        if several
    ]
    if not parts:
        return ""
    whole = next((what for what, several in groups if len(several) == len(duels) > 1), "")
    if whole:
        return f"All {count(len(duels))} others are {whole}."
    return f"Of the {count(len(duels))} others {', '.join(parts[:-1])}{' and ' if parts[1:] else ''}{parts[-1]}."


def _named(several: Sequence[int], words: Words) -> str:
    return f" ({listed([words.names[at] for at in several])})" if len(several) <= 3 else ""


def _ahead_of(subject: int, one: Standing) -> list[int]:
    return sorted(better for better, worse in one.ahead if worse == subject)


def _first_everywhere(at: int, tested: Sequence[Standing]) -> bool:
    return all(one.places.get(at) in ("best", "top") for one in tested)


def _tasks(number: int) -> str:
    return f"{count(number)} {'task' if number == 1 else 'tasks'}"
