"""Which form of a term stands in a sentence (her as *him* or as *his*; Muslim as *Jew* or as *Jewish*), and a or an.

Rules of closed word classes, stated in docs/identity-swaps.md; what they cannot tell is not guessed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence

from benchwright.identity.words import Word

_BEHIND_A_NOUN = """
a an the this that these those some any no every each all both many much few several such
to of in on at by for from with without into onto upon over under above below between among through during before after
since until till about against around across along behind beside besides beyond near off out up down away again
toward towards despite except inside outside within per via than like unlike
and or but nor so yet because although though while whereas if unless when whenever where wherever whether as once
who whom whose which what how why there here
i you he she it we they me him her us them his hers its their theirs my mine your yours our ours
himself herself itself themselves myself yourself ourselves
is are was were be been being am has have had having do does did will would shall should can could may might must ought
isn aren wasn weren hasn haven hadn don doesn didn won wouldn shouldn couldn
not never also too either even still just only already always often sometimes soon later then now today yesterday tomorrow
tonight anymore anyway instead together alone forever twice alive aside apart ago
"""
BEHIND_A_NOUN = frozenset(_BEHIND_A_NOUN.split())
"""Words of closed classes, which follow a noun group that has ended, and never begin a noun that something describes."""

_DETERMINERS = """
a an the this that one every each another any no some first second third last only fellow same other former young old devout
practicing practising observant
"""
DETERMINERS = frozenset(_DETERMINERS.split())

_GIVING = """
give gives gave given giving tell tells told telling show shows showed shown showing offer offers offered offering
send sends sent sending teach teaches taught teaching ask asks asked asking hand hands handed handing lend lent
buy buys bought buying pay pays paid paying bring brings brought bringing deny denies denied denying
call calls called calling make makes made making let lets see sees saw seen seeing hear hears heard hearing watch watched
watching help helps helped helping feel feels felt have had getting get gets got want wants wanted wish wished
cost costs save saved saving leave leaves left leaving find finds found finding keep keeps kept keeping
consider considers considered name named elect elected
"""
GIVING = frozenset(_GIVING.split())
"""Verbs that may take a person and something besides: behind them *her money* is two things or one."""

_CERTAIN = """
own mother father husband wife son daughter sister brother family parents child children baby friend friends boyfriend girlfriend
uncle aunt career life work home house job name face head hair eyes eye hand hands arm arms body heart mind voice age birth death
debut book film album role first second third last best new old husband's mother's boss role performance character
"""
CERTAIN = frozenset(_CERTAIN.split())
"""Nouns that behind *her* belong to her, even behind such a verb."""

_EITHER = frozenset(["back", "home", "dead", "right", "left"])
"""Words behind *her* that belong to her, or to what is done: her home, drove her home."""

_VERBS = """
came went said told took gave got made saw knew thought became began felt kept held brought wrote stood heard meant met ran paid
sat spoke led grew lost fell sent built understood drew broke spent rose drove bought wore chose ate drank slept won taught fought
caught sold found shot hit put prays says goes comes takes gives gets makes sees knows thinks wants
"""
VERBS = frozenset(_VERBS.split())
"""Verbs that may follow a person: *a Muslim said*."""

_SPOKEN = """
speak speaks spoke spoken speaking learn learns learned learning study studies studied studying teach teaches taught teaching
understand understands understood fluent written translated
"""
_SPEAKING = frozenset(_SPOKEN.split())
_LINGUISTIC = """
language languages spoken speakers dialect dialects alphabet grammar bilingual translation translated
"""
_OF_LANGUAGES = frozenset(_LINGUISTIC.split())
_OF_A_LANGUAGE = frozenset(
    ["speaking", "speaker", "speakers", "language", "dialect", "grammar", "translation", "lessons", "alphabet"]
)
"""Words behind a language."""
_NEAR = 12
"""Words around a term among which one of languages says that it is one."""


_OPENING = re.compile(r"\s+(?:[$£€\[]\s?|[\"“‘'`*(]{1,2})")
"""A sign of money, or an opening quotation mark: what follows still belongs to the word before."""


def is_apart(text: str, before: Word, behind: Word) -> bool:
    """Whether something that parts them stands between two words that follow one another."""
    between = text[before.end : behind.start]
    return bool(between.strip()) and _OPENING.fullmatch(between) is None


def pronoun_form(forms: Collection[str], text: str, words: Sequence[Word], at: int) -> str | None:
    """The form of *her* (``object`` or ``possessive``) or *his* (``possessive`` or ``possessive_pronoun``); None: not to be told.

    Args:
        forms: Those that it may be.
        text: Where it stands.
        words: Of the text.
        at: Which of them it is.
    """
    follows = words[at + 1] if at + 1 < len(words) else None
    alone = follows is None or is_apart(text, words[at], follows) or follows.low in BEHIND_A_NOUN
    if "possessive_pronoun" in forms:
        return "possessive_pronoun" if alone else "possessive"
    if alone:
        return "object"
    assert follows is not None
    before = words[at - 1].low if at else ""
    if follows.low in _EITHER and before not in BEHIND_A_NOUN:
        return None
    if before in GIVING and follows.low not in CERTAIN:
        return None
    return "possessive"


def noun_form(forms: Collection[str], text: str, words: Sequence[Word], first: int, last: int) -> str:
    """Whether a term that may be an adjective, a person or a language is one or another, where it stands from word to word."""
    follows = words[last + 1] if last + 1 < len(words) else None
    alone = follows is None or is_apart(text, words[last], follows) or follows.low in BEHIND_A_NOUN
    before = words[first - 1].low if first and not is_apart(text, words[first - 1], words[first]) else ""
    if "language" in forms and follows is not None and follows.low in _OF_A_LANGUAGE:
        return "language"
    if not alone and text[words[last].end : words[last].end + 1] == "-":
        return "adjective"
    if alone and "language" in forms:
        around = {word.low for word in words[max(0, first - _NEAR) : last + _NEAR]}
        if before in _SPEAKING or (before not in DETERMINERS and not around.isdisjoint(_OF_LANGUAGES)):
            return "language"
    if "country" in forms:
        return "country" if alone else "adjective"
    if "person" not in forms:
        return "adjective"
    if not alone:
        assert follows is not None
        ends = follows.low.endswith(("s", "ed")) and not follows.low.endswith("ss")
        verb = before in {"a", "an"} and (ends or follows.low in VERBS)
        return "person" if verb or (before in DETERMINERS and follows.low in VERBS) else "adjective"
    near = words[max(0, first - 3) : first]
    open_group = [
        at for at, word in enumerate(near) if word.low in DETERMINERS or text[words[first - 1].end - 1] == "'"
    ]
    return "person" if open_group and _is_one_group(text, near[open_group[-1] :], words[first]) else "adjective"


def _is_one_group(text: str, words: Sequence[Word], term: Word) -> bool:
    """Whether words before a term can belong to it: nothing but white space, and no word that ends a group, between them."""
    line = (*words, term)
    return not any(is_apart(text, one, two) for one, two in itertools.pairwise(line)) and not any(
        word.low in BEHIND_A_NOUN and word.low not in DETERMINERS for word in words[1:]
    )


_YOO = ("eu", "uni", "use", "usu", "ukr", "uga", "uru", "uzb", "one", "once", "ute")
_SILENT = ("hour", "honest", "honor", "honour", "heir")


def article_for(word: str) -> str:
    """``a`` or ``an``, as it is said before a word."""
    low = word.lower()
    if low[:1].isdigit():
        return "an" if low.startswith(("8", "11", "18")) and not low.startswith(("110", "180")) else "a"
    if low.startswith(_SILENT):
        return "an"
    if low.startswith("uzb") or low.startswith(_YOO):
        return "an" if low.startswith("uzb") else "a"
    return "an" if low[:1] in tuple("aeiouáéíóúàèìòùäëïöüâêîôû") else "a"
