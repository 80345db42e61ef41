"""Answer texts as the official SQuAD scripts compare them: normalisation, exact match, F1 over tokens."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


NOWHERE = "answers stand nowhere in their context"
"""What the ledger counts of questions over a context."""


def stands_in(answer: str, context: str) -> bool:
    """Whether an answer is a part of its context, as written or with case, punctuation, articles and blanks left out."""
    if answer in context:
        return True
    said = "".join(normalise(answer).split())
    return said in _squeezed(context)


@lru_cache(maxsize=256)
def _squeezed(context: str) -> str:
    return "".join(normalise(context).split())


@lru_cache(maxsize=2**16)
def normalise(text: str) -> str:
    """Lower case, without ASCII punctuation, without *a*, *an*, *the*, white space squeezed, in this order.

    ``normalize_answer`` of evaluate-v1.1.py and evaluate-v2.0.py.
    """
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def answer_scores(answer: str, gold: Iterable[str], *, unanswerable: bool) -> tuple[float, float]:
    """Exact match (0 or 1) and F1, each the maximum over gold answers; (0, 0) without gold in version 1.

    ``unanswerable`` chooses evaluate-v2.0.py: golds that normalise to nothing are dropped, none left is the answer "",
    and empty against empty is right. Else evaluate-v1.1.py, which ReCoRD follows: answers without a shared token have F1 0,
    even where both are empty.
    """
    said = normalise(answer)
    golds = list(dict.fromkeys(map(normalise, gold)))
    if unanswerable:
        golds = [text for text in golds if text] or [""]
    if said in golds:
        return 1.0, 1.0 if said or unanswerable else 0.0
    return 0.0, max((_overlap(said, text) for text in golds), default=0.0)


def _overlap(said: str, gold: str) -> float:
    """F1 over the multisets of tokens; 0 without a shared one."""
    ours, theirs = said.split(), gold.split()
    shared = sum((Counter(ours) & Counter(theirs)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(ours), shared / len(theirs)
    return 2 * precision * recall / (precision + recall)
