"""What entries and teams are called: ids that are safe in file names and addresses, names that cannot hide what they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator

from benchwright.inert import inert, is_text

LONGEST = 120
"""Characters of the name of a model or of a team."""
LONGEST_REMARK = 2000
"""Characters of what is said of an entry beside its name."""
_ID = 60
"""Characters of an id, before a number that tells it from others."""
_NAME = re.compile(r"[\w.-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|index)(\.|$)", re.IGNORECASE)
"""Names that a file system or a web server takes for something else."""
_LOOKALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")
"""Scripts whose letters look like one another's."""


def entry_ids(name: str, taken: Collection[str]) -> Iterator[str]:
    """Ids that an entry may have, the best first: those in ``taken`` are left out, whatever the case of their letters.

    An id is made of ASCII letters, digits, ``.``, ``_`` and ``-``, begins and ends with a letter or digit, has no ``--`` (which stands
    between two ids in the address of a comparison) and at most 70 characters.
    """
    stem = _plain(name)
    known = {one.casefold() for one in taken}
    for candidate in (stem, *(f"{stem}-{number}" for number in range(2, len(known) + 3))):
        if candidate.casefold() not in known:
            yield candidate


def is_reserved(name: str) -> bool:
    """Whether a file system or a web server takes a name for something else."""
    return _RESERVED.match(name) is not None


def name_problem(name: str) -> str:
    """Why a bundle's name of a model is none; empty where it is one. Such names come from files that anybody may have written."""
    if len(name) > LONGEST:
        return f"the name {name[:40]!r}... has {len(name)} characters, not at most {LONGEST}"
    if not _NAME.fullmatch(name) or not any(map(str.isalnum, name)):
        return f"{name!r} is no name of a model: letters, digits, `.`, `_` or `-`"
    return _mixed(name)


def team_problem(team: str) -> str:
    """Why a text is no name of a team; empty where it is one."""
    if not team.strip():
        return "nobody enters it: attempts are counted by team"
    if len(team) > LONGEST:
        return f"the name of the team has {len(team)} characters, not at most {LONGEST}"
    if not is_text(team) or inert(team) != team or not team.isprintable():
        return f"the name of the team {team!r} holds what cannot be seen or printed"
    return _mixed(team)


def remark_problem(option: str, text: str) -> str:
    """Why what somebody says of an entry cannot be kept; empty where it can. It is shown on the pages of each entry."""
    if len(text) > LONGEST_REMARK:
        return f"{option} has {len(text):,} characters, not at most {LONGEST_REMARK:,}"
    return "" if is_text(text) else f"{option} holds half of a character, which no file can hold"


def clean_team(team: str) -> str:
    """The name of a team as it is kept: one form of each letter, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", team).split())


def team_key(team: str) -> str:
    """By what entries of a team are counted: its name without case, accents, blanks and signs; ``Us`` and ``us.`` are one team."""
    letters = unicodedata.normalize("NFKD", team).casefold()
    return "".join(letter for letter in letters if letter.isalnum()) or team


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    stem = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9._-]+", "-", letters))
    stem = re.sub(r"\.{2,}", ".", stem).strip("._-")[:_ID].strip("._-")
    if not stem or is_reserved(stem):
        stem = f"entry-{stem}".strip("-")
    return stem


def _mixed(text: str) -> str:
    """What is said of a word with letters of scripts that look alike: it could pass for another."""
    for word in re.findall(r"[^\W\d_]+", text):
        found = {script for letter in word for script in _LOOKALIKE if unicodedata.name(letter, "").startswith(script)}
        if len(found) > 1:
            return f"{word!r} mixes {' and '.join(sorted(one.capitalize() for one in found))} letters, which look alike"
    return ""
