"""Which tasks a rule is about, and whether they were measured as it asks."""

from __future__ import annotations

from benchwright.comparison.pairing import Pairing
from benchwright.errors import NotComparable
from benchwright.gating.ground import Ground
from benchwright.gating.rules import Rule
from benchwright.quantities import Quantity
from benchwright.slicing import label_of, label_word
from benchwright.types import Task


def tasks_with(rule: Rule, ground: Ground) -> list[str]:
    """Tasks that the rule is about: those it names, present or not, else all that have its metric."""
    against = rule.against if rule.is_paired else ""
    if not rule.tasks:
        return [path for path in ground.paths(against) if has_metric(ground.card(path), rule)]
    known = tuple(dict.fromkeys((*ground.paths(), *ground.paths(against))))
    found = []
    for task in rule.tasks:
        matches = [path for path in known if path == task or path.startswith(f"{task}/")]
        whole = "/" not in task
        found += [p for p in matches if has_metric(ground.card(p), rule)] if whole else matches
        if not matches:
            found.append(task)
    return list(dict.fromkeys(found))


def has_metric(task: Task, rule: Rule) -> bool:
    """Whether a card names the rule's metric, or has a score at all; of one label where the rule is about labels."""
    if rule.metric in task.by_label and asks_for_labels(task, rule):
        return True
    return bool(task.metrics) if rule.metric == "score" else rule.metric in task.metrics


def asks_for_labels(task: Task, rule: Rule) -> bool:
    """Whether a rule is about a slice ``label=NAME`` (``type=NAME``), or about all of them (``by = ["label"]``)."""
    return label_word(task) in rule.by or (rule.slice is not None and label_of(rule.slice, task) is not None)


def lacking(rule: Rule, ground: Ground) -> str:
    """Why no task is meant: none has the metric, and those that they have."""
    known = dict.fromkeys((*ground.paths(), *ground.paths(rule.against if rule.is_paired else "")))
    there = dict.fromkeys(name for path in known for name in ground.card(path).metrics)
    return f"no task has the metric {rule.metric!r}" + (f": their cards name {', '.join(there)}" if there else "")


def quantity_on(rule: Rule, pairing: Pairing) -> Quantity:
    """What the rule's metric is on a task.

    Raises:
        NotComparable: The split or the clusters are not those that the rule asks for, the task lacks the metric, or its
            score is a mean of what has none.
    """
    split = pairing.cells[0].split
    if rule.split is not None and rule.split != split:
        raise NotComparable(f"{pairing.path} was measured on {split}, the rule asks for {rule.split}")
    if rule.cluster is not None:
        card = pairing.task.cluster
        columns = card.columns if card else ()
        if rule.cluster not in columns:
            told = f"by {', '.join(columns)}" if columns else "not clustered"
            raise NotComparable(f"{pairing.path} is {told} on its card, the rule asks for {rule.cluster}")
    if not has_metric(pairing.task, rule):
        told = f"{pairing.path} has no metric {rule.metric!r}: its card names {', '.join(pairing.task.metrics)}"
        raise NotComparable(told)
    return pairing.quantity(rule.metric)
