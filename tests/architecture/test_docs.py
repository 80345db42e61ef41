"""What the documentation names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PLACEHOLDER = re.compile(r"[*<>{$]|[A-Z]{3}|\bmine\b")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
FOLDERS = ("harness", "suites", "adapters", "reports", "leaderboards", "tests", "docs", "benchmarks")


def links(text):
    """Targets of relative links, without their anchors."""
    found = (target for target in LINK.findall(FENCE.sub("", text)))
    return {target.partition("#")[0] for target in found if not re.match(r"[a-z]+:|#", target)}


def paths(text):
    """Paths into the repository in code marks; a placeholder such as NAME, mine or * names no file."""
    spans = CODE.findall(FENCE.sub("", text))
    words = (word.rstrip("/") for span in spans for word in span.split() if word.partition("/")[0] in FOLDERS)
    return {word.partition(":")[0] for word in words if "/" in word and not PLACEHOLDER.search(word)}


def verbs(text):
    """Verbs of commands in code marks and fences."""
    blocks = [match.group(0) for match in FENCE.finditer(text)] + [
        f"\n{span}" for span in CODE.findall(FENCE.sub("", text))
    ]
    return {verb for block in blocks for verb in re.findall(r"^(?:\$ )?benchwright ([a-z]+)", block, re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    """Every relative link of a page leads to a file or folder."""
    path = ROOT / page

    missing = [target for target in links(path.read_text(encoding="utf-8")) if not (path.parent / target).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_paths_exist(page):
    """Every path into the repository that a page names is there."""
    named = paths((ROOT / page).read_text(encoding="utf-8"))

    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [page for page in PAGES if not page.startswith("docs/design/")])
def test_commands_exist(page):
    """Every verb of a command that a page shows is in the table of commands; design notes may speak of the future."""
    from benchwright.cli import COMMANDS

    assert sorted(verbs((ROOT / page).read_text(encoding="utf-8")) - set(COMMANDS)) == []


def test_the_readers_of_pages_work():
    """The tests above see links, paths and commands, and no links inside fences."""
    text = (
        "benchwright sings [a](docs/x.md#top) [b](https://example.org) `tests/y.py:3` `suites/NAME/*` `benchwright run`"
    )
    text += "\n```\n[c](gone)\n$ benchwright list suites\n```\n"

    assert links(text) == {"docs/x.md"}
    assert paths(text) == {"tests/y.py"}
    assert verbs(text) == {"run", "list"}
