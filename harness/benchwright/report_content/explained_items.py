"""Items with what methods say of models' answers to them: which are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchwright.formatting import clip
from benchwright.inert import visible
from benchwright.items import call
from benchwright.render.examples import gold, texts_of
from benchwright.render.heat_map import is_long
from benchwright.render.shaded_text import ShadedText
from benchwright.report_content.explained_answers import LONGEST, AnswersOf, Told
from benchwright.report_content.item_maps import ModelMaps, model_maps, scales_of, word_texts
from benchwright.types import Record, Target, Task


@dataclass(frozen=True, kw_only=True, slots=True)
class PageItem:
    """An item.

    Attributes:
        why: What makes it worth a look: ``only a is right``.
        role: Of a behavioural case ``original`` or ``variant``; empty elsewhere.
        case: Name of the case; empty elsewhere.
        words: Texts of its words, in reading order.
        differ: Whether models are explained towards different numbers, so that colours are not to be compared.
    """

    id: str
    gold: str
    why: str
    role: str
    case: str
    words: tuple[str, ...]
    models: tuple[ModelMaps, ...]
    differ: bool

    _long: tuple[ShadedText, ...] = ()

    @property
    def long(self) -> tuple[ShadedText, ...]:
        """Inputs of which heat maps show parts."""
        return self._long

    @property
    def told(self) -> tuple[ModelMaps, ...]:
        """Models with a map to look at; the first one with any where no word counts for any, so that its text is read once."""
        loud = tuple(model for model in self.models if not model.quiet)
        return loud or tuple(model for model in self.models if model.maps)[:1]

    @property
    def quiet(self) -> tuple[ModelMaps, ...]:
        """The other models."""
        told = self.told
        return tuple(model for model in self.models if model not in told)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """What items of a task are made from.

    Attributes:
        who: Positions of the models, in their order.
    """

    card: Task | None
    told: Sequence[Told]
    answers: Mapping[int, AnswersOf]
    labels: Sequence[str]

    @property
    def who(self) -> list[int]:
        return list(dict.fromkeys(one.at for one in self.told))

    def record(self, id_: str) -> Record | None:
        """The item in the records of any model that was asked it."""
        return next((found for at in self.who if (found := self.answers[at].record(id_)) is not None), None)

    def verdicts(self, id_: str) -> dict[int, str]:
        return {at: self.answers[at].verdict(id_) for at in self.who}


def find_items(
    card: Task | None, told: Sequence[Told], answers: Mapping[int, AnswersOf], labels: Sequence[str], *, limit: int
) -> tuple[PageItem, ...]:
    """At most ``limit`` items: those that models disagree on first, then wrong and errored ones, then the others, each in dataset order.

    Examples of one behavioural case stand together, its original first. Items of which nothing is said are left out.
    """
    page = _Page(card=card, told=told, answers=answers, labels=labels)
    ids = told_ids(told)
    cases = _cases(page, ids)
    ranks: dict[str, int] = {}
    for id_ in ids:
        ranks[cases[id_]] = min(_rank(page.verdicts(id_).values()), ranks.get(cases[id_], 9))
    first = {case: at for at, case in reversed(list(enumerate(cases[id_] for id_ in ids)))}
    ordered = sorted(ids, key=lambda id_: (ranks[cases[id_]], first[cases[id_]]))
    return tuple(_item(page, id_) for id_ in _whole_cases(ordered, cases, limit))


def _whole_cases(ordered: Sequence[str], cases: Mapping[str, str], limit: int) -> Sequence[str]:
    """The first items, without a case of which only some would be shown; the beginning of the first one where that is all there is."""
    shown = ordered[:limit]
    if not shown or len(shown) == len(ordered) or cases[ordered[limit]] != cases[shown[-1]]:
        return shown
    return [id_ for id_ in shown if cases[id_] != cases[shown[-1]]] or shown


def in_cases(items: Sequence[PageItem]) -> list[list[PageItem]]:
    """Items in order, those of one behavioural case together; elsewhere each by itself."""
    found: list[list[PageItem]] = []
    for item in items:
        if found and item.role and found[-1][0].role and found[-1][0].case == item.case:
            found[-1].append(item)
        else:
            found.append([item])
    return found


def told_ids(told: Sequence[Told]) -> list[str]:
    """Items that any method says something of, or failed on."""
    every = ((id_, found) for one in told for id_, found in one.explanations.items())
    return list(dict.fromkeys(id_ for id_, found in every if found.attributions or found.error is not None))


def _cases(page: _Page, ids: Sequence[str]) -> dict[str, str]:
    """Id -> the behavioural case that it belongs to; elsewhere the id itself."""
    if page.card is None or not page.card.behaviour:
        return {id_: id_ for id_ in ids}
    records = {id_: page.record(id_) for id_ in ids}
    return {id_: id_ if one is None or one.group is None else str(one.group) for id_, one in records.items()}


def _rank(verdicts: Iterable[str]) -> int:
    found = set(verdicts)
    if "right" in found and found & {"wrong", "errored"}:
        return 0
    return 1 if "wrong" in found else 2 if "errored" in found else 3


def _item(page: _Page, id_: str) -> PageItem:
    record = page.record(id_)
    several = [(one, one.explanations[id_]) for one in page.told if id_ in one.explanations]
    scales = scales_of(several)
    models = tuple(
        model_maps(id_, page.labels[at], [one for one in page.told if one.at == at], page.answers[at], scales)
        for at in page.who
    )
    targets = {at: frozenset(_targets(page, at, id_)) for at in page.who}
    worded = next((one for _, one in several if one.words), None)
    role, case = _place_in_case(page, record)
    return PageItem(
        id=id_ if record is None else clip(visible(call(record)), 120),
        gold=_gold(page.card, record),
        why=_why(page, id_),
        role=role,
        case=case,
        words=() if record is None or worded is None else word_texts(texts_of(record), worded),
        models=models,
        differ=len({found for found in targets.values() if found}) > 1,
        _long=next((tuple(filter(is_long, one.texts)) for model in models for one in model.maps), ()),
    )


def _targets(page: _Page, at: int, id_: str) -> Iterator[Target]:
    for one in page.told:
        if one.at == at and id_ in one.explanations:
            yield from (attribution.target for attribution in one.explanations[id_].attributions)


def _place_in_case(page: _Page, record: Record | None) -> tuple[str, str]:
    if page.card is None or not page.card.behaviour or record is None or record.group is None:
        return "", ""
    case = clip(visible(record.group), LONGEST)
    if record.slices.get("type") == "MFT":
        return "", case
    is_first = any(page.answers[at].is_first(record.id) for at in page.who)
    return "original" if is_first else "variant", case


def _gold(card: Task | None, record: Record | None) -> str:
    if card is None or record is None or record.target is None:
        return ""
    return clip(gold(card, record), LONGEST)


def _why(page: _Page, id_: str) -> str:
    verdicts = page.verdicts(id_)
    right = [page.labels[at] for at, one in verdicts.items() if one == "right"]
    wrong = [at for at, one in verdicts.items() if one in ("wrong", "errored")]
    is_case = page.card is not None and page.card.behaviour
    one, many = ("passes", "pass") if is_case else ("is right", "are right")
    if right and wrong:
        return f"only {right[0]} {one}" if len(right) == 1 else f"{len(right)} of {len(right) + len(wrong)} {many}"
    return f"none {one}" if len(verdicts) > 1 and wrong else ""
