"""Answer texts as the official SQuAD and MLQA scripts compare them: normalisation, exact match, F1 over tokens."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

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


SQUAD = "squad"
"""The rule of SQuAD's own scripts."""

LANGUAGES: dict[str, str] = {
    "en": r"\b(a|an|the)\b",
    "es": r"\b(un|una|unos|unas|el|la|los|las)\b",
    "hi": "",
    "vi": r"\b(của|là|cái|chiếc|những)\b",
    "de": r"\b(ein|eine|einen|einem|eines|einer|der|die|das|den|dem|des)\b",
    "ar": "ال",
    "zh": "",
}
"""Language of MLQA's script -> its articles. Those of Arabic are taken from within words too, as the script does it."""

_HAN = re.compile("([\u4e00-\u9fa5])")


def normaliser(rule: str = SQUAD) -> Callable[[str], str]:
    """How texts are normalised by a rule: ``squad``, or ``mlqa:`` and a language.

    MLQA's ``normalize_answer`` (mlqa_evaluation_v1.py): lower case, without characters of Unicode's punctuation categories and
    of ASCII punctuation, without the language's articles, white space squeezed; every Chinese character is a token of its own.

    Raises:
        KeyError: The rule is none of them.
    """
    return normalise if rule == SQUAD else _MLQA[rule]


def mlqa(language: str) -> str:
    """The name of MLQA's rule for a language."""
    return f"mlqa:{language}"


@lru_cache(maxsize=2**16)
def _normalise_mlqa(text: str, language: str) -> str:
    kept = "".join(mark for mark in text.lower() if not _is_punctuation(mark))
    articles = LANGUAGES[language]
    kept = re.sub(articles, " ", kept) if articles else kept
    return " ".join((_HAN.sub(r" \1 ", kept) if language == "zh" else kept).split())


def _is_punctuation(mark: str) -> bool:
    return mark in string.punctuation or unicodedata.category(mark).startswith("P")


_MLQA = {mlqa(language): partial(_normalise_mlqa, language=language) for language in LANGUAGES}


def gold_texts(target: Any) -> Sequence[str]:
    """The gold answers of a target: those under ``text`` of a span, several right texts, or the one answer."""
    if isinstance(target, Mapping):
        texts: Sequence[str] = target.get("text", ())
        return texts
    return target if isinstance(target, list | tuple) else (str(target),)


def is_exact(answer: str, gold: Iterable[str], *, unanswerable: bool, rule: str = SQUAD) -> bool:
    """Whether an answer is an exact match, as `answer_scores` says it."""
    return normaliser(rule)(answer) in _normalised(tuple(gold), rule, unanswerable)


@lru_cache(maxsize=2**16)
def _normalised(gold: tuple[str, ...], rule: str, unanswerable: bool) -> tuple[str, ...]:  # noqa: FBT001 - quicker to look up
    """The different gold answers of an item, which every model is asked about."""
    golds = tuple(dict.fromkeys(map(normaliser(rule), gold)))
    return tuple(text for text in golds if text) or ("",) if unanswerable else golds


def answer_scores(answer: str, gold: Iterable[str], *, unanswerable: bool, rule: str = SQUAD) -> tuple[float, float]:
    """Exact match (0 or 1) and F1, each the maximum over gold answers; (0, 0) without gold in version 1.

    ``unanswerable`` chooses evaluate-v2.0.py: golds that normalise to nothing are dropped, none left is the answer "",
    and empty against empty is right. Else evaluate-v1.1.py, which ReCoRD follows: answers without a shared token have F1 0,
    even where both are empty. Texts are normalised by the ``rule`` (`normaliser`).
    """
    said = normaliser(rule)(answer)
    golds = _normalised(tuple(gold), rule, unanswerable)
    if said in golds:
        return 1.0, 1.0 if said or unanswerable else 0.0
    return 0.0, max((_overlap(said, text) for text in golds), default=0.0)


_ORDER = 1e-6
"""What an answer with all the right words in another order lacks: it is no exact match, though its F1 is 1."""


def answer_error(answer: str, gold: Sequence[str], *, unanswerable: bool, rule: str = SQUAD) -> float:
    """1 - F1 with the gold answer that an answer is most like: 0 for an exact match, above 0 for everything else."""
    exact, overlap = answer_scores(answer, gold, unanswerable=unanswerable or not gold, rule=rule)
    return 0.0 if exact else max(1 - overlap, _ORDER)


def _overlap(said: str, gold: str) -> float:
    """F1 over the multisets of tokens; 0 without a shared one."""
    ours, theirs = said.split(), gold.split()
    shared = sum((Counter(ours) & Counter(theirs)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(ours), shared / len(theirs)
    return 2 * precision * recall / (precision + recall)
