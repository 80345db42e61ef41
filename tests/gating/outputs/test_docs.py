"""docs/gates.md and the CI files beside it: what they say is so, what they show comes from a run, what they run exists."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from benchwright.gating.rule_checks import find_task_problems, known_tasks_before
from benchwright.gating.rules import KINDS
from benchwright.gating.toml import make_rules
from benchwright.gating.verdict import Verdict

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
FILES = {path.name: path for path in (*(ROOT / "docs" / "gates").glob("*.yml"), ROOT / "action.yml")}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCES = [(match[1], match[2]) for match in FENCE.finditer(PAGE)]
TOML = [text for language, text in FENCES if language == "toml" and "[[rule]]" in text]


def scripts(node):
    """Every shell text in a parsed CI file."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("run", "script") and not isinstance(value, dict):
                yield from value if isinstance(value, list) else [str(value)]
            elif key != "with":
                yield from scripts(value)
    elif isinstance(node, list):
        for value in node:
            yield from scripts(value)


def commands(text):
    """Words of every benchwright command in a shell text."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip().startswith("benchwright "):
            yield shlex.split(line.strip().partition(" || ")[0])[1:]


def parse(words):
    """The command of the words, with options parsed as the program does; raises a usage error for a wrong one."""
    from importlib import import_module

    from benchwright.cli import COMMANDS

    command = import_module(f"benchwright.cli.{COMMANDS[words[0]][0]}").command
    rest = words[1:]
    while hasattr(command, "commands"):
        command, rest = command.commands[rest[0]], rest[1:]
    return command.make_context(words[0], list(rest), resilient_parsing=False)


@pytest.mark.parametrize("name", sorted(FILES))
def test_ci_files_are_yaml_and_their_commands_exist(name, tmp_path, monkeypatch):
    """Every command in a CI file has a verb and options that the program knows."""
    (tmp_path / "baselines").mkdir()
    (tmp_path / "baselines" / "prod.zip").touch()
    monkeypatch.chdir(tmp_path)
    document = yaml.safe_load(FILES[name].read_text(encoding="utf-8"))
    found = [words for text in scripts(document) for words in commands(text)]
    if name in ("github-actions.yml", "gitlab-ci.yml"):
        assert {words[0] for words in found} >= {"store", "run"}
    for words in found:
        if "${options[@]}" not in words:
            parse(words)


def test_options_of_the_action_exist():
    """The options that the action puts together are options of the gate."""
    from benchwright.cli.gate import command

    known = {option for parameter in command.params for option in parameter.opts}
    text = FILES["action.yml"].read_text(encoding="utf-8")
    named = set(re.findall(r"(?<=[( ])--[a-z]+(?= \"|[) ])", text.partition("options=")[2].partition("code=0")[0]))
    assert len(named) >= 9
    assert named <= known


def test_no_input_is_pasted_into_a_shell():
    """Inputs reach scripts as environment variables only: a pull request's title cannot become a command."""
    for path in FILES.values():
        for text in scripts(yaml.safe_load(path.read_text(encoding="utf-8"))):
            assert "${{" not in text


def test_the_workflow_uses_inputs_that_the_action_has():
    """What the example gives is what the action takes."""
    inputs = yaml.safe_load(FILES["action.yml"].read_text(encoding="utf-8"))["inputs"]
    steps = yaml.safe_load(FILES["github-actions.yml"].read_text(encoding="utf-8"))["jobs"]["gate"]["steps"]
    used = next(step for step in steps if step.get("uses") == "./.benchwright")
    assert set(used["with"]) <= set(inputs)
    assert {name for name, one in inputs.items() if one.get("required")} <= set(used["with"])
    assert "uses: ./.benchwright" in PAGE


@pytest.mark.parametrize("text", TOML)
def test_rules_of_the_page_are_rules(text):
    """Every gate.toml on the page is read without a problem."""
    assert make_rules(tomllib.loads(text)).rules


def test_rules_in_files_of_the_page_are_rules():
    """`behaviour.toml`: without a mistake, as `--check` reads it."""
    for path in (ROOT / "docs" / "gates").glob("*.toml"):
        rules = make_rules(tomllib.loads(path.read_text(encoding="utf-8")))
        assert find_task_problems(rules, known_tasks_before(rules, {})) == []


def test_every_kind_and_verdict_is_explained():
    """The page leaves none out."""
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []
    assert [verdict for verdict in Verdict if f"| {verdict} |" not in PAGE] == []


def test_the_table_of_margins_is_what_our_power_says():
    """Each number is the smallest margin with 80 % power."""
    from benchwright.stats.power import smallest_margin

    table = PAGE.partition("<!-- margins")[2].partition("\n\nQuantised")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    shares = [float(cell.removesuffix(" %")) / 100 for cell in rows[0][2:]]
    assert len(rows) == 10
    for row in rows[2:]:
        n = int(row[1].replace(",", ""))
        assert row[2:] == [f"{100 * smallest_margin(n, share):.2f}" for share in shares]


def run(words, folder, **more):
    """A command of this environment in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "150", "OMP_NUM_THREADS": "1", **more}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.slow
def test_the_comment_is_rendered_anew_and_escaped(made, tmp_path):
    """What a fork's job wrote goes through our escaping before anything is posted."""
    from benchwright.gating.outputs.json import write_json

    (tmp_path / "fork").mkdir()
    (tmp_path / "fork" / "verdict.json").write_text(write_json(made.hostile()), encoding="utf-8")
    steps = yaml.safe_load(FILES["fork-comment.yml"].read_text(encoding="utf-8"))["jobs"]["comment"]["steps"]
    script = next(step["run"] for step in steps if step.get("name") == "Render")
    done = run(["bash", "-eo", "pipefail", "-c", script], tmp_path)
    assert done.returncode == 0, done.stderr
    comment = (tmp_path / "comment.md").read_text(encoding="utf-8")
    assert comment.startswith("<!-- benchwright-gate ")
    assert "@org" not in comment


@pytest.fixture(scope="module")
def weekly(tmp_path_factory):
    """A folder in which the page's first commands were typed."""
    folder = tmp_path_factory.mktemp("gates")
    (folder / "gate.toml").write_text(TOML[0], encoding="utf-8")
    first = next(text for _, text in FENCES if "baseline accept" in text)
    for line in first.splitlines():
        done = run(shlex.split(line.removeprefix("$ ")), folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("text", [text for _, text in FENCES if text.startswith("$ benchwright gate")])
def test_what_the_page_shows_comes_from_a_run(weekly, text):
    """The output on the page is the output of the command above it."""
    command, _, shown = text.partition("\n")
    done = run(shlex.split(command.removeprefix("$ ")), weekly)
    assert "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines()) == shown.rstrip()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "code", "verdict"),
    [
        ({"RUN": "weekly:prod"}, 0, "PASS"),
        ({"RUN": "weekly:next", "STRICT": "true"}, 4, "INCONCLUSIVE"),
        ({"RUN": "weekly:majority"}, 1, "FAIL"),
        ({"RUN": "weekly:next", "LOCK": "gone.lock"}, 3, "INVALID"),
        ({"RUN": "$(touch hacked); --help"}, 2, None),
    ],
)
def test_the_action_ends_as_the_gate_does(weekly, tmp_path, inputs, code, verdict):
    """The action's script writes outputs and summary, and ends with the gate's exit code; inputs are no commands."""
    script = yaml.safe_load(FILES["action.yml"].read_text(encoding="utf-8"))["runs"]["steps"][1]["run"]
    empty = dict.fromkeys(("BASELINE", "STORE", "LOCK", "STRICT"), "")
    more = {"RULES": "gate.toml", "OUTPUT": str(tmp_path / "out"), **empty, **inputs}
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        (tmp_path / name).touch()
        more[name] = str(tmp_path / name)
    done = run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], weekly, **more)
    assert done.returncode == code, done.stderr
    told = dict(line.split("=", 1) for line in (tmp_path / "GITHUB_OUTPUT").read_text().splitlines())
    assert told["exit-code"] == str(code)
    assert told.get("verdict") == verdict
    assert ("## Gate: " in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()) == (verdict is not None)
    assert not (weekly / "hacked").exists()
    if verdict:
        names = {path.name for path in (tmp_path / "out").iterdir()}
        assert names == {"verdict.json", "gate.xml", "gate.md", "gate.html", "metrics.txt", "gate.svg"}
