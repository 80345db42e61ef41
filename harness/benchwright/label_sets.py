"""The labels in one cell of a multi-label task: a list, a list written as text, parts at a separator, or zeros and ones."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from typing import Any

from benchwright.spelling import spelling

_ITEM = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]*)?|True|False|None)"""
_PYTHON_LIST = re.compile(rf"[\[(]\s*(?:{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?)?\s*[\])]", re.DOTALL)
_PYTHON_SET = re.compile(
    rf"(?:frozenset\()?\{{(\s*{_ITEM}(?:\s*,\s*{_ITEM})*\s*,?\s*)\}}\)?|(?:frozen)?set\(\)", re.DOTALL
)
_ODD = re.compile(r"\[.*\]|\{.*\}|(?:\w+\.)*(?:array|dict|frozenset|list|set|tensor|tuple)\(.*\)", re.DOTALL)
_BETWEEN_BITS = re.compile(r"[\s,;|]+")
_BITS = {"0": False, "1": True, "false": False, "true": True}


def listed(text: str) -> list[Any] | None:
    """The list that a text spells, as JSON or as Python writes flat lists and sets (`['a', 'b']`, `{'a'}`); else None."""
    text = text.strip()
    if written := _PYTHON_SET.fullmatch(text):
        text = f"[{written[1] or ''}]"
    if not (text.startswith(("[", "(")) and text.endswith(("]", ")"))):
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = _python_list(text)
    return found if isinstance(found, list) else None


def _python_list(text: str) -> list[Any] | None:
    if not _PYTHON_LIST.fullmatch(text):
        return None
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return list(found) if isinstance(found, list | tuple) else None


def is_odd(text: str) -> bool:
    """Whether a text looks like a list, a set or an object in a programming language (`['a' 'b']`, `tensor([1])`), and cannot be read as one."""
    return bool(_ODD.fullmatch(text.strip())) and listed(text) is None


def parts(cell: Any, separator: str | None, is_label: Callable[[str], bool] = lambda _: False) -> list[Any]:
    """Labels of a cell, unread.

    Args:
        cell: A list as it is; a text that spells a list as that list; else a text is parted.
        separator: What parts it; None: `|`, or else commas.
        is_label: Whether a text is one label as it stands, though it holds commas or brackets.
    """
    if isinstance(cell, list | tuple):
        return list(cell)
    if not isinstance(cell, str):
        return [cell]
    if (found := listed(cell)) is not None and not is_label(cell):
        return found
    if separator:
        return cell.split(separator)
    if "|" in cell:
        return cell.split("|")
    return cell.split(",") if "," in cell and not is_label(cell) else [cell]


def parted_by(text: object, is_label: Callable[[str], bool]) -> str | None:
    """The mark at which a text that is no label falls into labels, two at least (`a;b`, `a/b`); None where there is none."""
    marks = (mark for mark in ";/|,\t\n +&" if isinstance(text, str) and mark in text.strip())
    return next((mark for mark in marks if all(is_label(part) for part in str(text).strip().split(mark))), None)


def bits(cell: Any) -> tuple[bool, ...] | None:
    """What a cell says where it holds a zero or a one for each label, two at least: `[0, 1]`, `0 1`, `01`, `false|true`."""
    given: Any = cell
    if isinstance(cell, str):
        bare = cell.strip().removeprefix("[").removesuffix("]").strip()
        given = list(bare) if re.fullmatch("[01]{2,}", bare) else _BETWEEN_BITS.split(bare)
    if not isinstance(given, list | tuple) or len(given) < 2:
        return None
    spelled = [spelling(part.strip("'\" ").removesuffix(".") if isinstance(part, str) else part) for part in given]
    found = [_BITS[name] for name in spelled if name in _BITS]
    return tuple(found) if len(found) == len(given) else None


def is_position_wise(cell: Any) -> bool:
    """Whether zeros and ones can only be meant by position: a set of labels names none of them twice."""
    said = bits(cell)
    return said is not None and len(set(said)) < len(said)
