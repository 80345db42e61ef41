"""Commands of a report, read by the command line's own parser: they ask for the very same run."""

import shlex

import pytest

from benchwright.cli import profile, run
from benchwright.report_content.how_run import command_of, report_command
from benchwright.types import ModelRef, ReportOptions, Run, RunSpec


def parsed(command, verb):
    """The specification and name that the command line reads from words."""
    words = shlex.split(command.text.replace("\\\n", " "))
    assert words[:2] == ["benchwright", verb.command.name]
    context = verb.command.make_context(verb.command.name, words[2:])
    options = dict(context.params)
    models = options.pop("models")
    spec, name = verb._spec(models, options) if verb is profile else run.run_spec(models, options)
    return spec, options["name"] or name


def model(name="m", adapter="transformers", path="org/net", **more):
    return ModelRef(name=name, adapter=adapter, path=path, **more)


SPECS = {
    "plain": RunSpec(models=(model(), model("tfidf", "tfidf", "")), suites=("starter",)),
    "everything": RunSpec(
        models=(model("a", revision="v1.0", options={"dtype": "bf16", "device_map": "x y"}), model("b", "constant", "it's")),
        suites=("glue/sst2", "classification/custom?path=a b.csv&labels=bad,good", "robustness?severity=1,2"),
        on=("glue/sst2", "classification/custom?path=it's.csv&text=t"),
        split="test",
        data="benchmark files",
        limit=5,
        seed=7,
        device="cuda",
        precision="fast",
        offline=True,
        errors=3,
        unlabelled=True,
    ),
    "an address": RunSpec(models=(model(adapter="predictions", path="https://x.org/a@b"),), suites=("glue",)),
    "hostile": RunSpec(models=(model(path='$(rm -rf x)`y`;"z"'),), suites=("glue/sst2",), data="a;b & c"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPECS)
def test_the_command_asks_for_the_same_run(name):
    assert parsed(command_of(SPECS[name], "my run"), run) == (SPECS[name], "my run")


@pytest.mark.parametrize(
    "flags",
    [
        ["--quick"],
        ["--scenario", "server", "--bound", "130 ms", "--official", "--limit", "9"],
        ["--interleave", "--blocks", "8"],
        ["--sweep", "--batches", "1,8", "--lengths", "16,64", "--device", "cuda"],
        ["--concurrency", "1,2", "--price-per-hour", "0.5", "--seed", "3"],
        ["--scenario", "offline", "--batch", "4", "--duration", "5 s", "--processes", "2", "--split", "test"],
    ],
)
def test_a_profile_is_told_as_a_profile_command(flags):
    words = ["a=tfidf", "b=constant:positive", "--suite", "starter/sentiment", *flags]
    options = dict(profile.command.make_context("profile", words).params)
    spec, _ = profile._spec(options.pop("models"), options)
    command = command_of(spec, "times")

    assert command.text.startswith("benchwright profile ")
    assert parsed(command, profile) == (spec, "times")


def test_measuring_beside_answers_is_told_as_a_run():
    spec = RunSpec(models=(model(),), suites=("hardware?preset=quick",), on=("glue/sst2",))
    assert parsed(command_of(spec, "both"), run) == (spec, "both")


@pytest.mark.parametrize(
    "one",
    [
        model(path="folder/{task}", tasks={"glue/sst2": "other?dtype=bf16"}),
        model(options={"prompt": 'a & b "c" \u2028 \x7f \\', "n": "1"}),
    ],
)
def test_what_flags_cannot_say_stands_in_a_run_file(one, tmp_path, monkeypatch):
    spec = RunSpec(models=(one, model("other")), suites=("glue/sst2",), limit=3, offline=True, precision="fast")
    command = command_of(spec, 'a "name"')
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(command.file, encoding="utf-8")

    assert parsed(command, run) == (spec, 'a "name"')


def test_absolute_paths_are_cut_and_said_to_be():
    spec = RunSpec(
        models=(model(path="/home/ada/ck/best", options={"file": "/home/ada/x/y.csv"}), model("t", path="{task}")),
        suites=("classification/custom?path=/home/ada/d/e.csv&text=t",),
        data="~/files/glue",
    )
    command = command_of(spec, "r")

    assert command.hides
    assert "ada" not in command.text
    assert "m=transformers:PATH/ck/best?file=PATH/x/y.csv" in command.text
    assert "--data PATH/files/glue" in command.text
    assert not command_of(SPECS["plain"], "r").hides


def test_the_command_of_the_report_names_runs_once_and_what_was_asked():
    spec = SPECS["plain"]
    runs = [
        Run(schema=1, name=name, spec=spec, cells=(), aggregates=(), environment={}, created="", complete=True)
        for name in ("one", "two words", "one")
    ]
    options = ReportOptions(title="It's", inputs=False, baselines=("a", "b"), max_examples=0, tasks=("glue/sst2",))

    assert report_command(runs, ReportOptions()) == "benchwright report one 'two words' -o report.html"
    words = shlex.split(report_command(runs, options).replace("\\\n", " "))
    assert words[2:] == [
        *("one", "two words", "-o", "report.html", "--tasks", "glue/sst2", "--title", "It's"),
        *("--baseline", "a", "--baseline", "b", "--no-inputs", "--max-examples", "0"),
    ]
