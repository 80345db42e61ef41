"""Releases: immutable snapshots of a board, each with a digest over the whole and the pages of that moment.

releases/<name>/release.json   what stood on the board, and the SHA-256 of every other file of the release
releases/<name>/board.toml     as it was
releases/<name>/site/...       the pages as they were rendered, without texts of items and without pages of pairs
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchwright import __version__
from benchwright.documents import Unreadable, read_json_as
from benchwright.errors import BenchwrightError, StoreError
from benchwright.store import atomic
from benchwright.store.folder import to_json
from benchwright.types import Frozen
from benchwright_leaderboards.content import BoardContent, BoardRow
from benchwright_leaderboards.exports.json_text import harmless_json
from benchwright_leaderboards.names import is_reserved
from benchwright_leaderboards.pages import Page
from benchwright_leaderboards.spec import FILE as SPEC_FILE

RELEASE = 1
"""Version of ``release.json``."""
FOLDER, FILE, SITE = "releases", "release.json", "site"
LATEST = "latest"
"""Name of the page that leads to the newest release; no release may have it."""
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")


class ReleasedEntry(Frozen, frozen=True, kw_only=True):
    """An entry as it stood.

    Attributes:
        id: Of the entry.
        team: Who entered it.
        submission: Digest of its submission.
        status: ``ranked``, ``partial``, ``stale`` or ``withdrawn``.
        ranks: ``suite/task``, or empty for the mean -> first and last rank; tables in which it was not ranked are left out.
        scores: The same names -> its score; None where undefined.
        metrics: ``suite/task`` -> ``metric@version`` that gave its score, as the result names it.
    """

    id: str
    team: str
    submission: str
    status: str
    ranks: dict[str, tuple[int, int]]
    scores: dict[str, float | None]
    metrics: dict[str, tuple[str, ...]]


class Release(Frozen, frozen=True, kw_only=True):
    """The content of ``release.json``.

    Attributes:
        schema: Version of the file.
        name: Of the release.
        made: When, ISO 8601 in UTC.
        title: Of the board.
        board: Digest of the board (`content.BoardContent.digest`).
        benchwright: Version of the program.
        tasks: ``suite/task`` -> digest of the task.
        submissions: Id -> digest.
        entries: In the order of the overview.
        tests: Tests over which p was adjusted.
        files: Path below the folder of the release -> SHA-256, of every file but this one.
        earlier: Name of each release that was there before -> its digest.
        digest: SHA-256 over all of the above, as JSON.
    """

    schema: int
    name: str
    made: str
    title: str
    board: str
    benchwright: str
    tasks: dict[str, str]
    submissions: dict[str, str]
    entries: tuple[ReleasedEntry, ...]
    tests: int
    files: dict[str, str]
    earlier: dict[str, str] = msgspec.field(default_factory=dict)
    digest: str = ""

    @property
    def leaders(self) -> tuple[str, ...]:
        """Ids of the entries whose rank range on the mean begins with 1."""
        return tuple(one.id for one in self.entries if one.ranks.get("", (0, 0))[0] == 1)


def digest_of(release: Release) -> str:
    """SHA-256 (64 hex digits) over a release with an empty digest: UTF-8 of its JSON with sorted keys and no spaces."""
    bare = msgspec.structs.replace(release, digest="")
    return hashlib.sha256(msgspec.json.encode(bare, order="sorted")).hexdigest()


def write_release(root: Path, name: str, content: BoardContent, pages: Iterator[Page]) -> Release:
    """Put a release of the board in ``root`` in its place, whole or not at all.

    Args:
        root: Folder of the board.
        name: Letters, digits, ``.``, ``_`` and ``-``; not yet that of a release.
        content: The board as it stands.
        pages: The site as it stands, without texts.

    Raises:
        BenchwrightError: The name is taken or no name, or the folder cannot be written.
    """
    known = read_releases(root)
    check_name(name, [one.name for one in known])
    with atomic.new_folder(root / FOLDER / name, what="the release") as draft:
        _write(draft / SPEC_FILE, (root / SPEC_FILE).read_bytes())
        for page in pages:
            made = page.render()
            _write(
                draft / SITE / page.path, made.encode("utf-8", "backslashreplace") if isinstance(made, str) else made
            )
        release = _release(name, content, _digests(draft), {one.name: one.digest for one in known})
        _write(draft / FILE, harmless_json(to_json(release).decode()).encode())
    return release


def check_name(name: str, known: list[str]) -> None:
    """Raise BenchwrightError where a release cannot have that name."""
    if not _NAME.fullmatch(name) or is_reserved(name) or name.casefold() == LATEST:
        raise BenchwrightError(
            f"{name!r} cannot be the name of a release",
            expected=f"up to 64 letters, digits, '.', '_' and '-', a letter or digit first and last; not {LATEST}, index or con",
            hint=f"for example: benchwright board release {datetime.now(UTC):%Y.%m}",
        )
    if name.casefold() in {one.casefold() for one in known}:
        raise BenchwrightError(
            f"there is a release {name} already", expected="a new name", hint="releases never change: choose another"
        )


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write(path, content)


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _release(name: str, content: BoardContent, files: dict[str, str], earlier: dict[str, str]) -> Release:
    board = content.board
    made = Release(
        schema=RELEASE,
        name=name,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        title=board.spec.title,
        board=content.digest,
        benchwright=__version__,
        tasks={task.path: task.digest for task in board.spec.task},
        submissions={one.id: one.digest for one in board.submissions},
        entries=tuple(_entry(content, row) for row in content.overview.rows),
        tests=content.ranking.family,
        files=files,
        earlier=earlier,
    )
    return msgspec.structs.replace(made, digest=digest_of(made))


def _entry(content: BoardContent, row: BoardRow) -> ReleasedEntry:
    one = row.entry
    places = content.ranking.places
    scores = {result.path: result.score.value for result in one.entry.results}
    return ReleasedEntry(
        id=one.entry.id,
        team=one.submission.team,
        submission=one.submission.digest,
        status=row.status,
        ranks={name: place for name, known in places.items() if (place := known.get(one.entry.id)) is not None},
        scores={"": row.value} | scores if row.status == "ranked" else scores,
        metrics={result.path: tuple(score.metric for score in result.scores) for result in one.entry.results},
    )


def read_releases(root: Path) -> tuple[Release, ...]:
    """The releases of a board, oldest first. Raises StoreError where one cannot be read."""
    found = [_read(path) for path in _folders(root)]
    return tuple(sorted(found, key=lambda one: (one.made, one.name)))


def _folders(root: Path) -> list[Path]:
    return sorted(path for path in (root / FOLDER).glob("*") if path.is_dir() and not path.name.startswith("."))


def _read(folder: Path) -> Release:
    path = folder / FILE
    try:
        found = read_json_as(path.read_bytes(), Release)
    except (OSError, Unreadable) as error:
        raise _damaged(f"{path} cannot be read: {getattr(error, 'why', None) or error}") from error
    if found.name != folder.name or not _NAME.fullmatch(found.name):
        raise _damaged(f"{path} is of a release called {found.name}")
    if digest_of(found) != found.digest:
        raise _damaged(f"{path} was changed: its digest is another")
    for name in found.files:
        if not _is_inside(name):
            raise _damaged(f"{path} names a file outside of its folder: {name}")
    return found


def _is_inside(path: str) -> bool:
    """Whether a path with ``/`` leads to a file below the folder that it is relative to, on any system."""
    return all(re.fullmatch(r"(?!\.)[A-Za-z0-9@._-]+", part) for part in path.split("/"))


def _damaged(problem: str) -> StoreError:
    return StoreError(
        problem,
        expected=f"a release of schema {RELEASE} as `board release` made it",
        hint="`benchwright board check` lists what is damaged; put the folder back from a copy",
    )


def find_damage(root: Path) -> Iterator[str]:
    """What of the releases is not as it was made, a line each: for `board check`.

    A release that was taken away is told by any later one, which names it with its digest; the newest one's digest is what its readers hold.
    """
    known: dict[str, Release] = {}
    for folder in _folders(root):
        try:
            known[folder.name] = _read(folder)
        except StoreError as error:
            yield error.problem
            continue
        yield from _damage(folder, known[folder.name])
    for later in known.values():
        for name, digest in later.earlier.items():
            if name not in known:
                yield f"release {later.name} names an earlier release {name}, which is not there"
            elif known[name].digest != digest:
                yield f"release {name} is not the one that release {later.name} names: another digest"


def _damage(folder: Path, release: Release) -> Iterator[str]:
    what = f"release {release.name}"
    there = _digests(folder)
    there.pop(FILE, None)
    for path in sorted(there.keys() | release.files.keys()):
        if path not in there:
            yield f"{what}: {path} is missing"
        elif path not in release.files:
            yield f"{what}: {path} is no file of it"
        elif there[path] != release.files[path]:
            yield f"{what}: {path} was changed"


def released_file(root: Path, release: Release, path: str) -> bytes:
    """A file of a release, by its path below the folder of the release.

    Raises:
        StoreError: It is missing, or not what it was when the release was made.
    """
    try:
        content = (root / FOLDER / release.name / path).read_bytes()
    except OSError as error:
        raise _damaged(f"release {release.name}: {path} cannot be read: {error.strerror or error}") from error
    if hashlib.sha256(content).hexdigest() != release.files.get(path):
        raise _damaged(f"release {release.name}: {path} was changed")
    return content
