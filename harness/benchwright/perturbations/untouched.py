"""What a perturbation promises to leave alone, as data, and which words of a text that is."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from benchwright.types.base import Frozen

_NEGATIONS = """
no not never none nothing nobody neither nor nowhere without cannot cant dont wont isnt arent wasnt werent
doesnt didnt hasnt havent hadnt couldnt wouldnt shouldnt mustnt aint hardly barely scarcely rarely seldom few
little less least lack lacks lacked lacking doesn didn hasn haven hadn couldn wouldn shouldn mustn isn aren wasn
weren don fail fails failed fails nt n't
"""
NEGATIONS = frozenset(_NEGATIONS.split())
"""Words that turn a statement round, and without which it says something else; beside these, whatever ends with ``n't``."""

_REMEMBERED = 1 << 16
"""Words whose nature is kept in memory: texts of a data set share most of theirs."""

_LINK = re.compile(r"https?:|www\.|[@#]\w|\w@\w|\w\.(?:com|org|net|edu|gov)\b", re.IGNORECASE)
_NOT_A_LETTER = re.compile(r"[\W\d_]+")


class Untouched(Frozen, frozen=True, kw_only=True):
    """A promise.

    Attributes:
        gold: ``kept``: neither entities, nor answers, nor options are touched. ``carried``: they may change, and the target with
            them by the same edits.
        numbers: Words with a digit are left alone.
        negations: Words of `NEGATIONS`, and what ends with ``n't``, are left alone.
        links: Addresses, ``@names`` and ``#tags`` are left alone.
        shortest: Words with a longest run of fewer letters are left alone.
    """

    gold: Literal["kept", "carried"] = "kept"
    numbers: bool = True
    negations: bool = True
    links: bool = True
    shortest: int = 1

    @property
    def sentence(self) -> str:
        """The promise in words."""
        kept = ["entities, answers and options"] if self.gold == "kept" else []
        kept += ["numbers"] if self.numbers else []
        kept += ["negations"] if self.negations else []
        kept += ["links, @names and #tags"] if self.links else []
        kept += [f"words of fewer than {self.shortest} letters"] if self.shortest > 1 else []
        return "; ".join(kept)


@lru_cache(_REMEMBERED)
def is_negation(word: str) -> bool:
    """Whether a word, with what is written around it, is one that negates."""
    low = word.lower().replace("’", "'")
    return "n't" in low or _NOT_A_LETTER.sub("", low) in NEGATIONS


@lru_cache(_REMEMBERED)
def is_link(word: str) -> bool:
    """Whether a word is an address, a name with ``@`` or a tag with ``#``."""
    return _LINK.search(word) is not None


@lru_cache(_REMEMBERED)
def has_digit(word: str) -> bool:
    """Whether a character of a word is a digit of any script."""
    return any(map(str.isdigit, word))


def is_kept(word: str, untouched: Untouched) -> bool:
    """Whether the promise, apart from gold and length, is about this word."""
    return (
        (untouched.numbers and has_digit(word))
        or (untouched.negations and is_negation(word))
        or (untouched.links and is_link(word))
    )
