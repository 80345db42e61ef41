"""Pages of releases: ``releases.html``, ``releases/latest/index.html``, and the pages of each release as they were made."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchwright_leaderboards.content import BoardContent
from benchwright_leaderboards.frame import frame_of, render_framed
from benchwright_leaderboards.pages import Page, digest_of_inputs
from benchwright_leaderboards.releases import FILE, FOLDER, LATEST, SITE, Release, read_releases, released_file


def release_pages(content: BoardContent) -> Iterator[Page]:
    """The list, the page that leads to the newest one, and every file of every release under ``releases/<name>/``.

    Raises:
        StoreError: A release cannot be read.
    """
    known = read_releases(content.board.root)[::-1]
    for path, template in (("releases.html", "releases.html.j2"), (f"releases/{LATEST}/index.html", "latest.html.j2")):
        frame = frame_of(content, path)
        yield Page(
            path=path,
            digest=digest_of_inputs(path, frame, [one.digest for one in known]),
            render=partial(render_framed, template, frame, releases=known),
        )
    for release in known:
        yield from _files(content.board.root, release)


def _files(root: Path, release: Release) -> Iterator[Page]:
    """The digest of a file is in the release, so a build that has it reads nothing."""
    yield Page(
        path=f"releases/{release.name}/{FILE}",
        digest=release.digest,
        render=(root / FOLDER / release.name / FILE).read_bytes,
    )
    for path, digest in release.files.items():
        if path.startswith(f"{SITE}/"):
            yield Page(
                path=f"releases/{release.name}/{path.removeprefix(f'{SITE}/')}",
                digest=digest,
                render=partial(released_file, root, release, path),
            )
