"""Plugins come in by one door: named without import, imported when asked for, refused when two claim a name."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchwright import registry
from benchwright.errors import PluginError


@pytest.fixture
def declare(monkeypatch):
    """Pretend that packages declare entry points: (package, group, name, target), ..."""

    def fake(*points):
        def entry_points(*, group):
            return [
                SimpleNamespace(
                    name=name,
                    dist=SimpleNamespace(name=package),
                    module=target.partition(":")[0],
                    attr=target.partition(":")[2] or None,
                )
                for package, there, name, target in points
                if group == f"benchwright.{there}"
            ]

        monkeypatch.setattr(registry, "entry_points", entry_points)
        registry.clear()

    yield fake
    monkeypatch.undo()
    registry.clear()


@pytest.fixture
def broken_plugin(tmp_path):
    """An installed package whose suite cannot be imported; returns the environment that has it."""

    def install(content):
        info = tmp_path / "broken" / "acme-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[benchwright.suites]\nacme = acme_suite:suite\n")
        (tmp_path / "broken" / "acme_suite.py").write_text(content)
        return {"PYTHONPATH": str(tmp_path / "broken")}

    return install


def test_third_party_joins_built_ins(declare):
    """A declared name stands beside the built-in ones, with its owner."""
    declare(("acme", "suites", "support", "acme.suites:suite"))

    assert {"glue", "starter", "support"} <= set(registry.names("suites"))
    assert registry.entries("suites")["support"].owner == "acme"


def test_names_import_nothing():
    """Listing the names of all groups imports no plugin."""
    code = (
        "import sys; from benchwright import registry\n"
        "for group in ('suites', 'adapters', 'reports', 'metrics'): registry.names(group)\n"
        "print(*[name for name in sys.modules if name.startswith('benchwright_')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_clash_names_both_owners(declare):
    """Two packages that claim one name are both named, with what to do."""
    declare(("acme", "suites", "support", "acme.one:suite"), ("globex", "suites", "support", "globex.two:suite"))

    with pytest.raises(PluginError) as caught:
        registry.names("suites")

    for text in ("'support'", "acme (acme.one)", "globex (globex.two)", "uninstall one of the two"):
        assert text in str(caught.value)


def test_clash_with_built_in(declare):
    """A package cannot take the name of a built-in plugin unnoticed."""
    declare(("acme", "metrics", "accuracy", "acme.metrics:accuracy"))

    with pytest.raises(PluginError, match=r"benchwright .*and acme"):
        registry.get("metrics", "accuracy")


def test_same_plugin_twice_is_no_clash(declare):
    """Two records of one installation (an editable one over another) point at the same value, and that is fine."""
    point = ("acme", "suites", "support", "acme.suites:suite")
    declare(point, point)

    assert "support" in registry.names("suites")


@pytest.mark.parametrize(
    ("group", "typed", "meant"),
    [("suites", "gleu", "glue"), ("adapters", "tfdif", "tfidf"), ("metrics", "acuracy", "accuracy")],
)
def test_unknown_name_suggests(group, typed, meant):
    """A misspelt name gets the one that was meant."""
    with pytest.raises(PluginError, match=f"did you mean {meant}"):
        registry.get(group, typed)


def test_unknown_name_lists(declare):
    """A name that is like no other gets the whole list and the command that shows it."""
    declare()

    with pytest.raises(PluginError) as caught:
        registry.get("suites", "zzzzzz")

    assert "glue, hardware, ner" in str(caught.value)
    assert "benchwright list suites" in str(caught.value)


def test_missing_module(declare):
    """A plugin whose module is gone is named with its package when it is asked for."""
    declare(("acme", "suites", "support", "acme_is_not_there:suite"))

    with pytest.raises(PluginError, match=r"the suite 'support' of acme cannot be imported"):
        registry.get("suites", "support")


def test_missing_value(declare):
    """A module without the declared value says which line is missing."""
    declare(("acme", "suites", "support", "json:suite"))

    with pytest.raises(PluginError) as caught:
        registry.get("suites", "support")

    assert "a module-level `suite = ...`" in str(caught.value)


def test_broken_plugin_harms_no_other(broken_plugin, program):
    """A plugin that cannot be imported does not stop a run that never names it."""
    done = program("run", "majority", "--suite", "starter/topic", env=broken_plugin("import not_there_at_all"), check=0)

    assert "starter/topic" in done.stdout


def test_broken_plugin_asked_for(broken_plugin, program):
    """A plugin that cannot be imported is an error with its package when it is asked for, and no traceback."""
    done = program("run", "majority", "--suite", "acme", env=broken_plugin("import not_there_at_all"), check=2)

    assert "the suite 'acme' of acme cannot be imported" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("what", ["suites", "tasks"])
def test_broken_plugin_in_a_list(what, broken_plugin, program):
    """A list shows everything else, and a warning about the broken plugin."""
    done = program("list", what, env=broken_plugin("import not_there_at_all"), check=0)

    assert "starter" in done.stdout
    assert "the suite 'acme' of acme cannot be imported" in done.stderr


@pytest.mark.parametrize("content", ["1 / 0", "suite = (", "raise SystemError('no')"])
def test_bug_of_a_plugin_is_the_plugins(content, broken_plugin, program):
    """Whatever a plugin's module raises is told as the plugin's problem, not as a bug of benchwright."""
    done = program("run", "majority", "--suite", "acme", env=broken_plugin(content), check=2)

    assert "the suite 'acme' of acme cannot be imported" in done.stderr


def test_clear_sees_new_packages(tmp_path, monkeypatch):
    """After `clear` a package installed meanwhile is known, as in a notebook."""
    info = tmp_path / "late-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[benchwright.suites]\nlate = late_suite:suite\n")
    before = registry.names("suites")
    monkeypatch.syspath_prepend(str(tmp_path))

    registry.clear()
    after = registry.names("suites")
    monkeypatch.undo()
    registry.clear()

    assert "late" not in before
    assert "late" in after
    assert os.fspath(tmp_path) not in sys.path
