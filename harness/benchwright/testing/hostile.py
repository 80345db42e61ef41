"""Runs whose every text from data, models and people is hostile: what a report must show as text and nothing else.

`mangled` puts something before each name, label, slice, text, answer, message and sentence of a run and of its records, the same thing
before the same text, so that what belongs together still does. With `HARMLESS` pieces the same runs are as harmless as can be, and
whatever a report shows of the one and not of the other came out of the data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from benchwright.types import Alarm, CellResult, GroupGap, GroupValue, Label, ModelRef, Record, Run, Score, Task

T = TypeVar("T")

HOSTILE = (
    "<script>alert(1)</script>",
    "</script></style></title><!--",
    "--> ]]> <![CDATA[",
    '"onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "<details open ontoggle=alert(1)><summary>",
    "<img src=x onerror=alert(1)>",
    "\u202eright to left\u202c",
    "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "\x1b[31mred\x1b[0m\x07",
    "nul\x00\x08",
    "=HYPERLINK(1)",
    "+1+cmd|' /C calc'!A0",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\uff1d1",
    "[x](javascript:alert(1))",
    "![x](https://example.org/x.png)",
    "| a | b | `c`",
    "# head\n\n- item\n\n---",
    "<https://example.org> https://example.org www.example.org @team #1",
    "\n::set-output name=a::b\n##vso[x]",
    "{{ 7*7 }} {% raw %} ${x}",
    "!!python/object/apply:os.system [id] &a *a : x",
    "\u2028\u2029\ufeff\u200b",
    "\ud800",
)
HARMLESS = tuple("https://example.org" if "https" in text else f"w{at:02d}" for at, text in enumerate(HOSTILE))
"""As many pieces; an address in a citation may be linked, whatever stands beside it."""
LONG = 100_000
"""Characters of the longest texts."""
_SAID = frozenset("error reason sentence description citation notes licence method created title why".split())  # noqa: SIM905
_STRUCTURE = frozenset("capability type test identity identity_to score".split())  # noqa: SIM905
_TYPES = frozenset({"MFT", "INV", "DIR"})


def mangled(
    runs: Sequence[Run], records: Callable[[str], Sequence[Record]], pieces: Sequence[str]
) -> tuple[tuple[Run, ...], Callable[[str], Sequence[Record]]]:
    """The same runs and records with a piece before every text of others; some texts of records are as long as `LONG`."""
    say = _Say(pieces)

    def read(key: str) -> Sequence[Record]:
        return [_record(one, at, say) for at, one in enumerate(records(key))]

    return tuple(_run(run, say) for run in runs), read


class _Say:
    """Puts the piece that belongs to a text before it; an empty text stays empty."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self.pieces = pieces

    def __call__(self, text: str) -> str:
        if not text:
            return text
        number = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
        return f"{self.pieces[number % len(self.pieces)]} {text}"

    def every(self, text: str) -> str:
        """All pieces at once, for texts of which there is one."""
        return f"{' '.join(self.pieces)} {text}"

    def slice(self, text: str | None) -> str | None:
        """``name=value & name=value`` with its parts said."""
        if text is None:
            return None
        parts = [part.partition("=") for part in text.split(" & ")]
        return " & ".join(f"{self.name(name)}{equals}{self.value(value)}" for name, equals, value in parts)

    def name(self, text: str) -> str:
        """The name of a slice."""
        return text if text in _STRUCTURE else self(text)

    def value(self, text: str) -> str:
        """The value of a slice."""
        return text if text in _TYPES else self(text)


def _run(run: Run, say: _Say) -> Run:
    spec = msgspec.structs.replace(run.spec, models=tuple(_walk(ref, say) for ref in run.spec.models))
    return msgspec.structs.replace(
        run,
        name=say(run.name),
        spec=spec,
        cells=_walk(run.cells, say),
        aggregates=_walk(run.aggregates, say),
        robustness=_walk(run.robustness, say),
        bias=_walk(run.bias, say),
        gaps=_walk(run.gaps, say),
        precisions=_walk(run.precisions, say),
        variants=_walk(run.variants, say),
        profiles=_walk(run.profiles, say),
        environment={
            say(name): say(value) if isinstance(value, str) else value for name, value in run.environment.items()
        },
        tasks={path: _card(card, say) for path, card in run.tasks.items()},
    )


def _walk(value: T, say: _Say, field: str = "") -> T:
    """A value with its texts said, by the names of their fields."""
    if isinstance(value, msgspec.Struct):
        changes = {name: _field(value, name, say) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **changes)
    if isinstance(value, tuple):
        return tuple(_walk(one, say, field) for one in value)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {name: _walk(one, say, field) for name, one in value.items()}  # type: ignore[return-value]
    if isinstance(value, str) and field in _SAID:
        return say.every(value)  # type: ignore[return-value]
    return value


def _field(value: Any, name: str, say: _Say) -> Any:
    found = getattr(value, name)
    if name == "model" or (isinstance(value, ModelRef) and name in ("name", "path", "revision")):
        return say(found) if isinstance(found, str) else found
    if isinstance(value, Score) and name == "slice":
        return say.slice(found)
    if isinstance(value, GroupGap) and name in ("slice", "label"):
        return say(found)
    if isinstance(value, GroupValue) and name in ("group", "name"):
        return say(found)
    if name in ("highest", "lowest"):
        return say(found)
    if isinstance(value, CellResult | Alarm) or name not in ("metric", "suite", "task", "split"):
        return _walk(found, say, name)
    return found


def _card(card: Task, say: _Say) -> Task:
    changes: dict[str, Any] = {name: say.every(getattr(card, name)) for name in ("description", "citation", "licence")}
    changes["notes"] = tuple(map(say.every, (*card.notes, "a note")))
    if card.labels:
        changes["labels"] = tuple(
            Label(name=say(one.name), id=one.id, aliases=one.aliases, found=one.found) for one in card.labels
        )
        changes["positive"] = say(card.positive) if card.positive else card.positive
    changes["slices"] = {say.name(name): columns for name, columns in card.slices.items()}
    changes["identities"] = tuple(map(say.name, card.identities))
    return msgspec.structs.replace(
        card, **{name: one for name, one in changes.items() if name in card.__struct_fields__}
    )


def _record(record: Record, at: int, say: _Say) -> Record:
    texts = record.extra.get("inputs")
    extra = dict(record.extra)
    if isinstance(texts, Mapping):
        extra["inputs"] = {say(name): _text(text, at, say) for name, text in texts.items()}
    return msgspec.structs.replace(
        record,
        id=say(record.id),
        group=say(record.group) if record.group else record.group,
        target=_answer(record.target, say),
        output=_answer(record.output, say),
        error=say.every(record.error) if record.error else record.error,
        slices={
            say.name(name): say.value(value) if isinstance(value, str) else value
            for name, value in record.slices.items()
        },
        extra=extra,
    )


def _text(text: Any, at: int, say: _Say) -> Any:
    if isinstance(text, str):
        found = say.every(text)
        return found * (LONG // len(found) + 1) if at == 0 else found
    return [_text(one, at + 1, say) for one in text] if isinstance(text, list | tuple) else text


def _answer(value: Any, say: _Say) -> Any:
    """An answer or a gold answer: labels are said; tags, which begin with what they mean, and offsets stay."""
    if isinstance(value, str):
        return say(value)
    if isinstance(value, dict):
        return {name: say(one) if name == "gold" and isinstance(one, str) else one for name, one in value.items()}
    return value
