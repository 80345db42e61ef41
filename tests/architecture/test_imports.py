"""The house stands as designed: no stray packages, modules that import alone and light, contracts kept."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "harness": "benchwright",
    "suites": "benchwright_suites",
    "adapters": "benchwright_adapters",
    "reports": "benchwright_reports",
    "leaderboards": "benchwright_leaderboards",
}
HEAVY = (
    "torch",
    "transformers",
    "datasets",
    "pandas",
    "matplotlib",
    "sklearn",
    "scipy.stats",
    "sqlalchemy",
    "pyarrow",
    "onnxruntime",
    "seqeval",
    "shap",
    "lime",
    "captum",
    "numba",
)

IMPORT_ALONE = """
import importlib, json, sys
modules, heavy, height = map(json.loads, sys.argv[1:])
own = tuple({name.partition(".")[0] for name in modules})
found = {}
def height_of(name):
    return height.get(".".join(name.split(".")[:2]), len(height))
for name in sorted(modules, key=height_of):
    for other in [loaded for loaded in sys.modules if loaded.partition(".")[0] in own]:
        if height_of(other) >= height_of(name):
            del sys.modules[other]
    try:
        importlib.import_module(name)
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
    loaded = sorted(set(heavy) & set(sys.modules))
    if loaded:
        found[name] = f"loads {', '.join(loaded)}"
        for other in [module for module in sys.modules if f"{module}.".startswith(tuple(f"{top}." for top in loaded))]:
            del sys.modules[other]
print(json.dumps(found))
"""


def modules_of(folder, package):
    """Dotted names of the modules below a source root."""
    names = []
    for path in sorted((ROOT / folder / package).rglob("*.py")):
        parts = [package, *path.relative_to(ROOT / folder / package).with_suffix("").parts]
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [name for name in names if not name.endswith("__main__")]


def height_of_rooms():
    """How high each room of the harness stands: rooms below ask for nothing above, and so stay loaded while those above are tried."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    rooms = [re.findall(r"\w+", layer) for layer in reversed(layers)]
    return {f"benchwright.{room}": height for height, layer in enumerate(rooms) for room in layer}


def is_workshop(name):
    """Whether a module is a private part of an adapter, which its public file imports inside functions once a model is opened."""
    return any(
        part.startswith("_") for part in name.removeprefix("benchwright_adapters").split(".")
    ) and name.startswith("benchwright_adapters")


@pytest.mark.parametrize("folder", PACKAGES)
def test_outer_folders_are_no_packages(folder):
    """No source root holds an `__init__.py`: as a package, `adapters` would shadow another library of that name."""
    assert not (ROOT / folder / "__init__.py").exists()
    assert (ROOT / folder / PACKAGES[folder] / "__init__.py").is_file()


@pytest.mark.parametrize("package", PACKAGES.values())
def test_packages_are_typed(package):
    """Every package says that its annotations may be relied upon."""
    folder = next(folder for folder, name in PACKAGES.items() if name == package)

    assert (ROOT / folder / package / "py.typed").is_file()


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_module_imports_alone_and_light(folder):
    """Each module imports with nothing loaded but rooms below its own, with warnings as errors, and loads no heavy library."""
    modules = [name for name in modules_of(folder, PACKAGES[folder]) if not is_workshop(name)]
    command = [sys.executable, "-W", "error", "-c", IMPORT_ALONE, json.dumps(modules), json.dumps(HEAVY)]
    command.append(json.dumps(height_of_rooms()))

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert modules
    assert json.loads(done.stdout) == {}


def test_import_contracts():
    """The layers hold, the harness imports no plugin, and plugin packages do not import one another."""
    program = Path(sys.executable).with_name("lint-imports")
    if not program.exists():
        pytest.skip('lint-imports is not installed: pip install --editable ".[dev]"')

    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def sources():
    """Every file of the five packages."""
    return [path for folder, package in PACKAGES.items() for path in (ROOT / folder / package).rglob("*.py")]


@cache
def nodes_of(path):
    """The nodes of a file's syntax tree; read once for all tests."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def last_word(call):
    """``load`` of ``pickle.load(...)``; empty where what is called has no name."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def imports_of(path, module, known):
    """Modules among ``known`` that a file imports, in functions and for type checkers too; a package's own modules aside."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (above, node.module) if part)
            found = [f"{source}.{alias.name}" for alias in node.names]
            names = [name if name in known else source for name in found]
        else:
            continue
        yield from (name for name in names if name in known and name != module and not name.startswith(f"{module}."))


def test_nothing_imports_in_a_circle():
    """In functions neither: what two modules need of one another has a place of its own."""
    places = {
        ".".join(path.relative_to(ROOT / folder).with_suffix("").parts).removesuffix(".__init__"): path
        for folder, package in PACKAGES.items()
        for path in (ROOT / folder / package).rglob("*.py")
    }
    graph = {module: set(imports_of(path, module, places)) for module, path in places.items()}

    order = list(TopologicalSorter(graph).static_order())  # CycleError names the modules of a circle

    assert set(order) == set(places)
    assert graph["benchwright.behaviour.suite_format"] >= {"benchwright.behaviour.suite_types", "benchwright.errors"}


def test_no_dangerous_calls():
    """Nothing unpickles, evaluates or executes text."""
    calls = {"eval", "exec", "pickle.load", "pickle.loads", "marshal.loads", "joblib.load", "torch.load"}
    last_words = {name.rpartition(".")[2] for name in calls}

    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node.func)}"
        for path in sources()
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and last_word(node) in last_words and ast.unparse(node.func) in calls
    ]

    assert found == []


CODE_IN_DATA = {
    "pickle",
    "_pickle",
    "pickletools",
    "cPickle",
    "dill",
    "cloudpickle",
    "marshal",
    "shelve",
    "joblib",
    "jsonpickle",
}
"""Modules that read data by calling what the data name. Suites of CheckList are read by `behaviour/inert_pickle.py`, without them."""


def test_nothing_imports_what_unpickles():
    """No source file imports pickle, dill or their like, in functions neither; by name given to an import nor as `load(...)`."""
    found = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for node in nodes_of(path)
        for name in _imported(node)
        if name.partition(".")[0] in CODE_IN_DATA
    ]

    assert found == []


def _imported(node):
    """Names of modules that a statement or call imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Call) and last_word(node) in ("import_module", "__import__"):
        return [argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant)]
    return []


def test_one_file_reads_pickle_bytes():
    """The bytes of a pickle are interpreted in one file; whatever else needs them asks it."""
    asking = {str(path.relative_to(ROOT)) for path in sources() if "inert_pickle" in path.read_text(encoding="utf-8")}

    assert asking <= {
        "harness/benchwright/behaviour/checklist_archive.py",
        "harness/benchwright/behaviour/inert_pickle.py",
    }


WRITERS = {
    "write_text",
    "write_bytes",
    "savefig",
    "to_csv",
    "to_parquet",
    "to_excel",
    "to_html",
    "save_file",
    "save_pretrained",
}
MAY_WRITE = {
    "harness/benchwright/store/atomic.py": "the one place that writes files",
    "adapters/benchwright_adapters/_finetune/publish.py": "save_pretrained, into a draft folder that is renamed",
    "adapters/benchwright_adapters/_finetune/state.py": "save_file, into a draft of atomic.beside",
    "adapters/benchwright_adapters/_transformers/prune.py": "zeros into a copy, within a draft of atomic.replaced_folder",
    "harness/benchwright/checkpoints/files.py": "a configuration in a temporary folder of its own",
    "harness/benchwright/behaviour/suite_format.py": "a suite, into the file that its author names; the store lies above it",
    "harness/benchwright/render/svg.py": "savefig, into memory",
    "harness/benchwright/measuring/host_memory.py": "a word to the kernel, /proc/self/clear_refs",
}


def writes(call):
    """Whether a call writes a file: a writer by name, or `open` with a mode that is not for reading (devnull aside)."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if isinstance(call.func, ast.Name) and name == "to_html":
        return False  # a renderer of ours, which returns text; pandas' is a method
    texts = [
        node.value for node in [*call.args, *(word.value for word in call.keywords)] if isinstance(node, ast.Constant)
    ]
    mode = next(
        (text for text in texts if isinstance(text, str) and 0 < len(text) < 4 and set(text) <= set("rwxabt+")), "r"
    )
    return name in WRITERS or (
        name in {"open", "fdopen"} and set(mode) & set("wxa+") and "devnull" not in ast.unparse(call)
    )


def test_files_are_written_in_one_place():
    """Every file goes through `store.atomic`, which writes beside and renames: nobody else opens one for writing."""
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        for node in nodes_of(path)
        if isinstance(node, ast.Call) and writes(node)
    }

    assert found <= set(MAY_WRITE)


def test_only_the_console_prints():
    """Standard output and error are written to by `console`, which makes data inert, and by `main` for errors; `callables` sends
    what a user's function prints to standard error.
    """
    found = {
        path.relative_to(ROOT).as_posix()
        for path in sources()
        for node in nodes_of(path)
        if (isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "click.echo", "click.secho"})
        or (isinstance(node, ast.Attribute) and ast.unparse(node) in {"sys.stdout", "sys.stderr"})
    }

    homes = ("console.py", "cli/main.py", "callables.py")
    assert found == {f"harness/benchwright/{name}" for name in homes}
