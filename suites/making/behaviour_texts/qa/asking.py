"""Templates of a question about a context."""

from __future__ import annotations

from behaviour_texts.drawing import Template

Row = tuple[str, str, str]
"""Context, question, answer; several right answers are separated by `` | ``."""


def asks(*rows: Row) -> list[Template]:
    """One template for each row."""
    return [
        Template(texts=({"question": question, "context": context},), target=_target(answer))
        for context, question, answer in rows
    ]


def _target(answer: str) -> str | list[list[str]]:
    """The answer of the one example of a case, or the list of all that are right."""
    several = answer.split(" | ")
    return answer if len(several) == 1 else [several]


def originals(*rows: tuple[str, str]) -> list[Template]:
    """One template without an answer for each context and question; variants are made elsewhere."""
    return [Template(texts=({"question": question, "context": context},)) for context, question in rows]
