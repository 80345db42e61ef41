"""The question of a selection, parsed: requirements, objectives and weights. Models are not known yet.

    rule      = quantity operator limit
    quantity  = [ ( "each" | SUITE/TASK ) ":" ] name [ "(" word { "," word } ")" ]
    operator  = ">=" | "<=" | ">" | "<"
    limit     = number | word [ ( "+" | "-" ) number ]
    number    = digits [ unit ]

A parser by hand; nothing is evaluated. Words may be quoted with ' or "; names with blanks, brackets or comparison signs must be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from benchwright import registry
from benchwright.errors import BenchwrightError, ConfigError
from benchwright.limit_checks import Operator
from benchwright.limit_texts import NAMES, unit_named

EACH = "each"
"""Scope of a rule that must hold on every task."""


BEST = "best"
"""The reference that stands for the best value among all candidates."""


@dataclass(frozen=True, kw_only=True)
class QuantityRef:
    """A reference to a quantity of the candidates.

    Attributes:
        name: ``score``, a metric, a suite's aggregate, ``worst_slice``, ``retained``, ``share``, ``loss``, or one of `COSTS`.
        task: ``suite/task``; ``each``; empty: the mean over tasks that have it.
        arguments: Of ``retained(MODEL[, METRIC])``, ``share(WHAT, MODEL)``, ``failure_rate(CAPABILITY/TEST)`` (``flip_rate`` too),
            ``flip_rate(identity[.DIMENSION][@SUITE/TASK])``, ``gap(METRIC, SLICE[, LABEL])`` and ``loss(VIEW[, METRIC])``.
        text: As typed.
        column: Position in the text, from 0.
    """

    name: str
    task: str = ""
    arguments: tuple[str, ...] = ()
    text: str
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class TypedNumber:
    """A number as typed: ``50 MB`` is 50 with the unit ``MB``."""

    value: float
    unit: str = ""
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The right side of a requirement: a number, or a model's value plus a number.

    Attributes:
        amount: The number, or what is added to the reference.
        reference: ``best``, the name of a model, or empty.
        column: Where it begins in what was typed, from 0.
    """

    amount: TypedNumber
    reference: str = ""
    column: int = 0


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """``quantity operator limit``."""

    text: str
    quantity: QuantityRef
    operator: Operator
    limit: Limit


@dataclass(frozen=True, kw_only=True)
class Question:
    """Requirements, objectives (quantity, whether it is maximized) and weights that sum to 1 in their order."""

    requirements: tuple[Requirement, ...]
    objectives: tuple[tuple[QuantityRef, bool], ...]
    weights: tuple[float, ...] | None = None

    @property
    def quantities(self) -> tuple[QuantityRef, ...]:
        """All quantities in it."""
        return (*(one.quantity for one in self.requirements), *(quantity for quantity, _ in self.objectives))


_OPERATORS: dict[str, Operator] = {">=": ">=", "<=": "<=", ">": ">", "<": "<", "≥": ">=", "≤": "<="}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_TOKEN = re.compile(
    r"""(?P<quoted>'[^']*'|"[^"]*")|(?P<operator>[<>=!≥≤~]+)|(?P<sign>[(),])|(?P<word>[^\s()<>=!≥≤~,'"]+)"""
)
_ARGUMENTS = {
    "retained": (1, 2),
    "share": (2, 2),
    "failure_rate": (0, 1),
    "flip_rate": (0, 1),
    "loss": (1, 2),
    "gap": (2, 3),
}
_FORMS = {
    "retained": "retained(MODEL) or retained(MODEL, METRIC)",
    "share": "share(size_bytes, MODEL)",
    "failure_rate": "failure_rate or failure_rate(CAPABILITY/TEST)",
    "flip_rate": "flip_rate, flip_rate(CAPABILITY/TEST), or flip_rate(identity.DIMENSION@SUITE/TASK)",
    "gap": "gap(METRIC, SLICE) or gap(METRIC, SLICE, LABEL), as in gap(accuracy, gender)",
    "loss": "loss(VIEW) or loss(VIEW, METRIC), as in loss(keyboard_typo)",
}
_LONGEST = 500


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    column: int


def parse_requirements(texts: Sequence[str]) -> tuple[Requirement, ...]:
    """The requirements in several texts. Raises ConfigError with all mistakes."""
    found, problems = [], []
    for text in texts:
        try:
            found.append(parse_requirement(text))
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="rules")
    return tuple(found)


def parse_requirement(text: str) -> Requirement:
    """One requirement. Raises BenchwrightError that marks the mistake in the text."""
    reader = _Parser(text)
    quantity = reader.quantity()
    token = reader.take("a comparison: >=, <=, > or <")
    if token.text not in _OPERATORS:
        raise error_at(text, token.column, f"{token.text!r} is no comparison", ">=, <=, > or <", _swapped(token.text))
    limit = reader.limit()
    reader.end()
    return Requirement(text=text.strip(), quantity=quantity, operator=_OPERATORS[token.text], limit=limit)


def parse_quantity(text: str) -> QuantityRef:
    """A quantity alone, as an objective. Raises BenchwrightError that marks the mistake in the text."""
    reader = _Parser(text)
    quantity = reader.quantity()
    reader.end()
    if quantity.task == EACH:
        raise error_at(text, quantity.column, "an objective is one number", "the mean, or one task: SUITE/TASK:METRIC")
    return quantity


def parse_weights(text: str) -> dict[str, float]:
    """``score=0.7,size_bytes=0.3`` -> weights by objective as typed. Raises BenchwrightError."""
    found: dict[str, float] = {}
    for part in re.split(r",(?![^()]*\))", text):
        name, equals, number = part.rpartition("=")
        name = name.strip()
        if not equals or not name or not _NUMBER.fullmatch(number.strip()):
            raise BenchwrightError(
                f"weights: {part.strip()!r} is no weight",
                expected="score=0.7,size_bytes=0.3",
                hint="--weights score=0.7,size_bytes=0.3",
            )
        if name in found:
            raise BenchwrightError(
                f"weights: {name} is weighted twice",
                expected="each objective once",
                hint="name each objective once in --weights",
            )
        found[name] = float(number)
    return found


def error_at(text: str, column: int, what: str, expected: str = "", hint: str = "") -> BenchwrightError:
    """An error that shows the text with a mark under a column (from 0)."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return BenchwrightError(what, expected=expected, hint=hint, shown=(shown, f"{' ' * column}^"))


class _Parser:
    """A recursive-descent parser of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > _LONGEST:
            raise BenchwrightError(
                f"a rule of {len(text):,} characters",
                expected=f"at most {_LONGEST}",
                hint="give several rules, each behind a --require of its own",
            )
        self.tokens = list(_tokens(text))
        self.at = 0

    def peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, expected: str, *kinds: str) -> _Token:
        token = self.peek()
        if token is None:
            raise error_at(self.text, len(self.text), "something is missing at the end", expected)
        if kinds and token.kind not in kinds:
            raise error_at(self.text, token.column, f"{token.text!r} stands in the wrong place", expected)
        self.at += 1
        return token

    def end(self) -> None:
        token = self.peek()
        if token is not None:
            if token.text == "," and self.at and self.tokens[self.at - 1].text.isdigit():
                raise error_at(self.text, token.column, "a comma in a number", "digits with a point: 1000 or 1.5")
            raise error_at(
                self.text, token.column, f"{token.text!r} follows what is complete", "one comparison per rule"
            )

    def quantity(self) -> QuantityRef:
        token = self.take("a quantity: score, accuracy, SUITE/TASK:f1, size_bytes", "word", "quoted")
        scope, colon, name = token.text.partition(":")
        if not colon:
            scope, name = "", token.text
        elif scope != EACH and "/" not in scope:
            raise error_at(self.text, token.column, f"{scope!r} is no task", "SUITE/TASK:METRIC or each:METRIC")
        if not name:
            raise error_at(self.text, token.column, f"{token.text!r} names no metric", "SUITE/TASK:METRIC")
        after = self.peek()
        arguments = self.arguments() if after is not None and after.text == "(" and after.kind == "sign" else ()
        least, most = _ARGUMENTS.get(name, (0, 0))
        if not least <= len(arguments) <= most:
            raise error_at(self.text, token.column, f"{name} with {len(arguments)} arguments", _FORMS.get(name, name))
        end = self.tokens[self.at - 1]
        typed = self.text[token.column : end.column + len(end.text) + (2 if end.kind == "quoted" else 0)]
        return QuantityRef(name=name, task=scope, arguments=arguments, text=typed, column=token.column)

    def arguments(self) -> tuple[str, ...]:
        self.take("(")
        found = []
        while True:
            found.append(self.take("a name", "word", "quoted").text)
            sign = self.take(", or )", "sign")
            if sign.text == ")":
                return tuple(found)
            if sign.text != ",":
                raise error_at(self.text, sign.column, "a bracket too many", ", or )")

    def limit(self) -> Limit:
        first = self.take("a number, best, or the name of a model", "word", "quoted")
        number = self.number(first)
        if number is not None:
            return Limit(amount=number, column=first.column)
        if self.peek() is None:
            return Limit(amount=TypedNumber(value=0.0), reference=first.text, column=first.column)
        sign = self.take("+ or - and a number", "word")
        amount = self.number(sign)
        if amount is None:
            if sign.text not in ("+", "-"):
                raise error_at(self.text, sign.column, f"{sign.text!r} after {first.text}", "+ or - and a number")
            token = self.take("a number", "word")
            amount = self.number(token)
            if amount is None or token.text[0] in "+-":
                raise error_at(self.text, token.column, f"{token.text!r} is no number", "a number without a sign")
            amount = TypedNumber(
                value=amount.value * (-1 if sign.text == "-" else 1), unit=amount.unit, column=amount.column
            )
        elif sign.text[0] not in "+-":
            raise error_at(self.text, sign.column, f"{sign.text!r} after {first.text}", "+ or - and a number")
        return Limit(amount=amount, reference=first.text, column=first.column)

    def number(self, token: _Token) -> TypedNumber | None:
        """The number of a token, with its unit (also after a blank); None if it is a name."""
        found = _NUMBER.match(token.text) if token.kind == "word" else None
        if found is None:
            return None
        unit = token.text[found.end() :]
        after = self.peek()
        if not unit and after is not None and after.kind == "word":
            unit = self.unit()
        if unit and not unit_named(unit):
            if not re.fullmatch(r"[A-Za-z%µμ/]+", unit):
                return None
            near = registry.suggest(unit, NAMES)
            raise error_at(self.text, token.column, f"{unit!r} is no unit", f"one of: {', '.join(NAMES)}", near)
        value = float(found.group())
        if not math.isfinite(value):
            raise error_at(self.text, token.column, f"{token.text!r} is too large", "a finite number")
        return TypedNumber(value=value, unit=unit_named(unit), column=token.column)

    def unit(self) -> str:
        """The unit that stands behind a number, of one word or two (``per million``); empty, and nothing read, where none does."""
        words = [token.text for token in self.tokens[self.at : self.at + 2] if token.kind == "word"]
        for many in (2, 1):
            if len(words) >= many and unit_named(" ".join(words[:many])):
                self.at += many
                return " ".join(words[:many])
        return ""


def _tokens(text: str) -> Sequence[_Token]:
    found, at = [], 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        match = _TOKEN.match(text, at)
        if match is None:
            raise error_at(text, at, "a quotation mark without its second", "both, of one sort")
        kind, piece = str(match.lastgroup), match.group()
        split = re.match(rf"{BEST}(?=[+-])", piece) if kind == "word" else None
        if split:
            found += [_Token("word", BEST, at), _Token("word", piece[split.end() :], at + split.end())]
        else:
            found.append(_Token(kind, piece[1:-1] if kind == "quoted" else piece, at))
        at = match.end()
    return found


def _swapped(text: str) -> str:
    return {"=>": "write >=", "=<": "write <=", "==": "write >= or <=", "=": "write >= or <="}.get(text, "")
