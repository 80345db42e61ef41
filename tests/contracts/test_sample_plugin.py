"""A third party's installed package comes in by the same door as built-ins."""

import ast
import json
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from benchwright import registry

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ("suites", "adapters", "reports", "tests/sample_plugin/benchwright_sample")


def import_contract(name):
    """An import contract of pyproject.toml."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (contract,) = (each for each in contracts if each["name"] == name)
    return contract


def public_modules():
    """The modules of the harness that a plugin may import, as the import contract has them; `x.*` is every module of x."""
    contract = import_contract("Plugins import public modules of the harness only")
    return {line.partition(" -> ")[2] for line in contract["ignore_imports"]}


def imported(path):
    """Modules of the harness that a file imports, in functions too; `from a import b` is a.b where that is a module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "benchwright")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "benchwright":
            for alias in node.names:
                place = ROOT / "harness" / node.module.replace(".", "/") / alias.name
                is_module = place.with_suffix(".py").exists() or place.is_dir()
                yield f"{node.module}.{alias.name}" if is_module else node.module


@pytest.mark.parametrize("folder", PLUGINS)
def test_plugins_use_public_names_only(folder):
    """A third party's suite, adapter, metric and report, and ours, import public modules and no name with an underscore."""
    public = public_modules()
    paths = list((ROOT / folder).rglob("*.py"))
    private = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in imported(path)
        if name not in public and f"{name.rpartition('.')[0]}.*" not in public
    }

    assert paths
    assert private | underscored(paths) == set()


def underscored(paths):
    """Names and modules of the harness with an underscore that files import."""
    return {
        f"{path.relative_to(ROOT)}: {node.module}.{alias.name}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "benchwright"
        for alias in node.names
        if any(part.startswith("_") and not part.endswith("__") for part in [*node.module.split("."), alias.name])
    }


def test_leaderboards_use_what_their_contract_allows():
    """Boards are made of stored runs: their package may import any module of the harness but those that run or judge models, and no name with
    an underscore.
    """
    contract = import_contract("Leaderboards import what boards are made of, and nothing that runs a model")
    forbidden = tuple(contract["forbidden_modules"])
    paths = list((ROOT / "leaderboards").rglob("*.py"))
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in imported(path)
        if any(name == module or name.startswith(f"{module}.") for module in forbidden)
    }

    assert paths
    assert forbidden
    assert found | underscored(paths) == set()


@pytest.mark.parametrize("room", ["data", "render"])
def test_facades_give_what_they_declare(room):
    """Every name that a type checker sees in `data.api` or `render.api` is there at run time, and no other."""
    api = import_module(f"benchwright.{room}.api")
    tree = ast.parse(Path(api.__file__).read_text(encoding="utf-8"))
    (checked,) = (node for node in tree.body if isinstance(node, ast.If))
    declared = {alias.asname: node.module for node in checked.body for alias in node.names}

    assert sorted(declared) == dir(api)
    for name, module in declared.items():
        home = import_module(module)
        assert getattr(api, name) is (getattr(home, name, None) or import_module(f"{module}.{name}"))


def test_what_is_public_is_documented():
    """docs/plugins.md names every public module once, and no other."""
    rows = [
        line.split("|")[1] for line in (ROOT / "docs/plugins.md").read_text().splitlines() if line.startswith("| `")
    ]
    told = [name.strip(" `") for cell in rows for name in cell.split(",")]

    assert sorted(told) == sorted({name.removesuffix(".*") for name in public_modules()})


def test_has_one_of_each(sample_plugin):
    """The sample brings a suite, adapters, a metric and a report; an older installation lacks some, and says so."""
    groups = ("suites", "adapters", "metrics", "reports")
    owned = {group for group in groups if "benchwright-sample" in {e.owner for e in registry.entries(group).values()}}
    if owned < set(groups):
        pytest.skip(f"the installed sample is older: pip install it again for its {set(groups) - owned}")

    assert owned == set(groups)


def test_is_listed(sample_plugin, program):
    """`list` names its plugins and the package that brings them."""
    suites = json.loads(program("list", "suites", "--format", "json", check=0).stdout)["suites"]
    adapters = json.loads(program("list", "adapters", "--format", "json", check=0).stdout)["adapters"]
    metrics = json.loads(program("list", "metrics", "--format", "json", check=0).stdout)["metrics"]

    assert ("sample", "benchwright-sample") in {(row["suite"], row["from"]) for row in suites}
    assert ("keyword", "benchwright-sample") in {(row["adapter"], row["from"]) for row in adapters}
    assert ("miss_rate", 1) in {(row["metric"], row["version"]) for row in metrics}


def test_runs_end_to_end(sample_plugin, program):
    """Its adapter runs on its suite, and its metric is scored beside ours."""
    done = program("run", "keyword", "majority", "--suite", "sample", "--format", "json", check=0)
    keyword, majority = json.loads(done.stdout)["results"]

    # Of twelve urgent tickets the rule finds the five that say so; majority answers `routine` throughout.
    assert keyword["metrics"]["miss_rate"]["value"] == 7 / 12
    assert majority["metrics"]["miss_rate"]["value"] == 1.0
    assert keyword["metrics"]["miss_rate"]["n"] == keyword["metrics"]["accuracy"]["n"] == 24


def test_is_served_by_ours_and_serves_ours(sample_plugin, program):
    """Its adapter answers a built-in suite, and a built-in adapter learns from its data."""
    program("run", "keyword?words=positive:good+great", "--suite", "starter/sentiment", check=0)
    program("run", "tfidf", "--suite", "sample/tickets", check=0)

    assert registry.entries("suites")["sample"].owner == "benchwright-sample"


def test_its_options_are_checked(sample_plugin, program):
    """An option that it does not declare, or cannot read, is a usage error."""
    unknown = program("run", "keyword?word=x", "--suite", "sample", check=2)
    unread = program("run", "keyword?words=nobody:x", "--suite", "sample/tickets", check=2)

    assert "has no option 'word'" in unknown.stderr
    assert "did you mean words?" in unknown.stderr
    assert "'nobody:x' gives no keywords to a label of tickets" in unread.stderr
