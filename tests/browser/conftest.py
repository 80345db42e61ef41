"""A real browser for pages: Debian's chromium, driven by Playwright, headless and without a network.

Every page that a test opens is watched: at its end there was no message on the console that is an error or a warning, no error in a script, and no
request but for the page itself.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    """Mark every test of this folder, so that `-m "not browser"` leaves them out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Watched:
    """What a page said and asked for."""

    messages: list = field(default_factory=list)
    requests: list = field(default_factory=list)


def until(page, check):
    """Wait for what a page does a moment later, such as following a changed fragment; it lets nobody evaluate texts, so it is asked from outside."""
    for _ in range(3000):
        if check():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not happen within a minute")


@pytest.fixture(scope="session")
def chromium():
    """A running browser; skips with the reason where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed (apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """Open a file as a person would, from the file system: ``open_page(path, fragment="", dark=False, size=DESKTOP, script=True)``.

    ``clock``: time passes in the page only when it is told to. ``beside``: addresses of other files that the page may ask for.
    """
    opened = []

    def start(path, *, fragment="", dark=False, size=DESKTOP, script=True, clock=False, permissions=(), beside=()):
        context = chromium.new_context(
            viewport=size, color_scheme="dark" if dark else "light", java_script_enabled=script, permissions=permissions
        )
        if clock:
            context.clock.install(time=0)
            context.clock.pause_at(1000)
        page = context.new_page()
        watched = Watched()
        page.on("console", lambda said: watched.messages.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: watched.messages.append(f"error: {error}"))
        page.on("request", lambda request: watched.requests.append(request.url.partition("#")[0]))
        address = Path(path).resolve().as_uri()
        opened.append((context, watched, address, {address, *beside}))
        page.goto(address + fragment)
        return page

    yield start
    for context, watched, address, allowed in opened:
        context.close()
        loud = [said for said in watched.messages if said.startswith(("error", "warning"))]
        assert not loud, f"{address} said {loud}"
        assert set(watched.requests) <= allowed, f"{address} asked for {watched.requests}"


@pytest.fixture
def violations(chromium):
    """What axe-core finds wrong on a page, all but minor kinds: ``violations(page)`` -> one line for each; of some rules alone where they are named."""
    module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe-playwright-python")

    def find(page, *rules):
        chosen = {"runOnly": list(rules)} if rules else {}
        found = (
            module.Axe().run(page, options={"preload": False, **chosen}).response["violations"]
        )  # it would fetch style sheets
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: {node['target']} {node['html'][:200]}"
            for one in found
            if one["impact"] in ("moderate", "serious", "critical")
            for node in one["nodes"][:3]
        ]

    return find


@pytest.fixture
def violations_in_the_dark(violations):
    """The same of a page in dark colours, by the rules that hang on colours: ``violations_in_the_dark(page)``."""

    def find(page):
        page.emulate_media(color_scheme="dark")
        return violations(page, "color-contrast", "link-in-text-block")

    return find


def load(name, path):
    """A module of another folder of tests; they are no packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """A page with every section: three models on a classification, tags, answers to questions, behavioural tests, perturbed and swapped
    texts, and hardware that no clock measured.
    """
    from benchwright.store import Store

    folder = tmp_path_factory.mktemp("whole")
    made = load("browser_golden", GOLDEN / "conftest.py")
    load("browser_hardware", GOLDEN / "hardware_store.py").write_store(Store(folder / "store"))
    with contextlib.chdir(folder):
        for kind in ("classify", "tag", "span"):
            area = folder / kind
            area.mkdir()
            selector, reference = getattr(made, kind)(area)
            words = ["a=predictions:a.jsonl", "b=predictions:b.jsonl", f"reference={reference}", "--suite", selector]
            with contextlib.chdir(area):
                _say(
                    "run",
                    *words,
                    *(["--data", "data"] if (area / "data").exists() else []),
                    "--name",
                    kind,
                    folder=folder,
                )
        views = "robustness/keyboard_typo,robustness/keyboard_typo-3,bias/identity?dimensions=gender"
        starter = ["tfidf", "yes=constant:positive", "--suite", views, "--on", "starter/sentiment", "--name", "views"]
        _say("run", *starter, folder=folder)
        _say(
            "run",
            "tfidf",
            "yes=constant:positive",
            "--suite",
            "behaviour/sentiment?cases=5",
            "--name",
            "tests",
            folder=folder,
        )
        _say(
            "report",
            "classify",
            "tag",
            "span",
            "views",
            "tests",
            "speed",
            "-o",
            str(folder / "whole.html"),
            folder=folder,
        )
    return folder / "whole.html"


def _say(*words, folder):
    from benchwright.cli.main import call

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as told:
        code = call([*words, "--store", str(folder / "store")])
    assert code in (0, 1, 3), f"{words}: exit {code}: {told.getvalue()}"
