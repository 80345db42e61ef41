"""Items that flip under an identity swap, for people: the original and the flipped variants with the change marked, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchwright.bias.flips import FlippedItem, flipped_items
from benchwright.bias.join import GROUP, SOURCE_GROUP, join_swaps
from benchwright.formatting import clip
from benchwright.items import call
from benchwright.render.changed_texts import as_text, changed_pieces, kept_pieces, likeliest
from benchwright.render.examples import given, texts_of
from benchwright.render.text_change import ChangePiece
from benchwright.types import IdentityScore, Record, Run, Task

MOST_VARIANTS = 3
"""Flipped variants of an item that are shown."""
LONGEST_ANSWER = 160

Records = Callable[[str], Sequence[Record]]


@dataclass(frozen=True, kw_only=True, slots=True)
class SwapAnswer:
    """A text with an answer to it.

    Attributes:
        role: ``original (christian)``, ``muslim``: which group stands in it.
        texts: Input name -> pieces, of a variant with what changed; empty pieces: as in the original.
        answer: Ready to print.
        scores: Probabilities of labels; empty without.
    """

    role: str
    texts: tuple[tuple[str, tuple[ChangePiece, ...]], ...]
    answer: str
    scores: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FlipView:
    """An item that flips.

    Attributes:
        name: Its id.
        system: The model.
        dimension: What was swapped.
        answers: The original, then variants that are answered otherwise.
        flipped: How many of its variants are.
        variants: How many it has.
    """

    name: str
    system: str
    dimension: str
    answers: tuple[SwapAnswer, ...]
    flipped: int
    variants: int


def flips_of(
    score: IdentityScore, card: Task, records: Records, *, most: int, system: str = ""
) -> tuple[FlipView, ...]:
    """The items that flip on a dimension, those whose scores moved furthest first.

    Args:
        score: The numbers of the model, which name its cells.
        card: Of the view.
        records: The records of a cell key, with their texts where the store kept them.
        most: How many at most.
        system: What the model is called where it is shown; empty: as in the run.

    Raises:
        StoreError: The store does not hold the records.
    """
    found = join_swaps(card, list(records(score.clean_key)), list(records(score.view_key)), score.dimension)
    return tuple(_view(one, card, system or score.model, score.dimension) for one in flipped_items(found)[:most])


def flipped_records(score: IdentityScore, card: Task, records: Records, *, most: int) -> tuple[Record, ...]:
    """The variants that are answered otherwise, of as many items of a dimension; arguments as in `flips_of`."""
    found = join_swaps(card, list(records(score.clean_key)), list(records(score.view_key)), score.dimension)
    return tuple(record for one in flipped_items(found)[:most] for record in one.flipped)


def flip_lines(
    run: Run, paths: Sequence[str], records: Records, *, most: int, dimension: str = ""
) -> Iterator[list[ChangePiece]]:
    """Lines of pieces of texts for `show --worst` on identity views: of each model and dimension the items that flip.

    Args:
        run: The run.
        paths: Identity views.
        records: As in `flips_of`.
        most: Items of each model and dimension.
        dimension: Only this one; empty: all.
    """
    for score in run.bias:
        if score.task_path not in paths or dimension not in ("", score.dimension):
            continue
        shown = flips_of(score, run.tasks[score.task_path], records, most=most) if score.flipped else ()
        more = f", the first {len(shown)}" if 0 < len(shown) < score.flipped else ""
        yield [
            _plain(
                f"{score.model} on {score.task_path}, {score.dimension}: {score.flipped:,} of {score.n:,} items flip{more}"
            )
        ]
        for one in shown:
            yield [_plain(f"  {one.name}: {one.flipped} of {one.variants} variants answered otherwise")]
            for answer in one.answers:
                said = f"{answer.answer} ({answer.scores})" if answer.scores else answer.answer
                yield [_plain(f"    {answer.role}: {said}")]
                for name, pieces in answer.texts:
                    if pieces:
                        yield [_plain(f"      {name}: " if len(answer.texts) > 1 else "      "), *pieces]


def _plain(text: str) -> ChangePiece:
    return ChangePiece("kept", text)


def _view(found: FlippedItem, card: Task, system: str, dimension: str) -> FlipView:
    original = found.original
    sources = list(dict.fromkeys(one.slices.get(SOURCE_GROUP, "") for one in found.flipped))
    return FlipView(
        name=call(original),
        system=system,
        dimension=dimension,
        answers=(
            SwapAnswer(
                role=f"original ({', '.join(sources)})",
                texts=tuple(
                    (name, kept_pieces(as_text(value, card.kind))) for name, value in texts_of(original).items()
                ),
                answer=clip(given(card, original), LONGEST_ANSWER),
                scores=likeliest(card, original.scores),
            ),
            *(_answer(card, original, one) for one in found.flipped[:MOST_VARIANTS]),
        ),
        flipped=len(found.flipped),
        variants=found.variants,
    )


def _answer(card: Task, original: Record, variant: Record) -> SwapAnswer:
    before = texts_of(original)
    edits = variant.extra.get("edits") or {}
    return SwapAnswer(
        role=f"{variant.slices.get(SOURCE_GROUP, '')} → {variant.slices.get(GROUP, '')}",
        texts=tuple(
            (
                name,
                changed_pieces(
                    as_text(before.get(name), card.kind),
                    as_text(value, card.kind),
                    edits.get(name) if isinstance(value, str) else None,
                ),
            )
            for name, value in texts_of(variant).items()
        ),
        answer=clip(given(card, variant), LONGEST_ANSWER),
        scores=likeliest(card, variant.scores),
    )
