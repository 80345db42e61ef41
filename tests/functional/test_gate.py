"""`benchwright gate` and `benchwright baseline`, as a person or a pipeline types them."""

import json

import pytest

from benchwright.store import Store
from benchwright.testing.written import write_run
from benchwright.types import Facts, Kind, Label, Record, Source, Task

TASK = Task(
    name="t",
    kind=Kind.CLASSIFY,
    splits={"validation": Source()},
    default_split="validation",
    inputs={"text": ("text",)},
    target=("label",),
    labels=(Label(name="no", id=0), Label(name="yes", id=1)),
    metrics=("accuracy",),
)
RULES = """
[baseline]
name = "prod"

[[rule]]
id = "ni"
kind = "noninferiority"
margin = 0.02

[[rule]]
id = "size"
kind = "budget"
metric = "size_bytes"
max = 2000
"""


@pytest.fixture
def runs(tmp_path, write):
    """A store with a baseline, an equal, a worse and an uncertain candidate, one on other data; rules beside it."""
    store = Store(tmp_path / "store")

    def put(name, wrong, *, data="data", models=("m",)):
        gold = [("no", "yes")[at % 2] for at in range(1000)]
        records = [
            Record(id=f"t/{at}", target=g, output=("yes" if g == "no" else "no") if at in wrong else g)
            for at, g in enumerate(gold)
        ]
        facts = {model: Facts(digest=name + model, kinds=(), size_bytes=1000) for model in models}
        write_run(store, name, {model: {"s/t": records} for model in models}, {"s/t": TASK}, data=data, facts=facts)

    put("base", set(range(50)))
    put("equal", set(range(49)) | {60})
    put("worse", set(range(150)))
    put("unsure", set(range(65)))
    put("other", set(range(50)), data="other")
    put("two", set(), models=("a", "b"))
    write("gate.toml", RULES)
    return store


def test_accept_then_gate(runs, program, tmp_path):
    """A baseline is accepted, candidates are judged, exit codes follow."""
    told = program("baseline", "accept", "base", "--reason", "first release", check=0).stdout
    assert "prod is base:m" in told
    assert "unchanged" in program("baseline", "show", check=0).stdout
    assert "PASS" in program("gate", "gate.toml", "equal", check=0).stdout
    assert program("gate", "gate.toml", "worse", check=1).stdout.startswith("FAIL: 1 check failed: ni")
    open_ = program("gate", "gate.toml", "unsure", check=0).stdout
    assert open_.startswith("INCONCLUSIVE")
    assert "items tell (80 % power)" in open_
    program("gate", "gate.toml", "unsure", "--strict", check=4)
    assert "other data" in program("gate", "gate.toml", "other", check=3).stdout


def test_without_an_accepted_baseline(runs, program):
    """Exit code 3, and what to type."""
    told = program("gate", "gate.toml", "equal", check=3).stdout
    assert "baseline accept" in told
    program("gate", "gate.toml", "equal", "--baseline", "base", check=0)


def test_what_people_mistype(runs, program, write):
    """Unknown runs, several models, no run, wrong rules: exit code 2 with a hint; no traceback."""
    assert "did you mean" in program("gate", "gate.toml", "eqal", "--baseline", "base", check=2).stderr
    assert "two:a" in program("gate", "gate.toml", "two", "--baseline", "base", check=2).stderr
    assert "name the run" in program("gate", "gate.toml", check=2).stderr
    write("bad.toml", '[[rule]]\nid = "x"\nkind = "noninferority"\n[[rule]]\nid = "y"\nkind = "delta"\nmargn = 1\n')
    told = program("gate", "bad.toml", "equal", check=2).stderr
    assert "noninferiority" in told
    assert "margn" in told
    assert program("gate", "bad.toml", "--check", check=2).stderr == told
    assert "2 rules" in program("gate", "gate.toml", "--check", check=0).stdout
    assert (
        "no rule 'n'" in program("gate", "gate.toml", "equal", "--baseline", "base", "--explain", "n", check=2).stderr
    )


def test_json_and_files(runs, program, tmp_path):
    """--format json and --json hold the same result; values are fractions."""
    done = program(
        "gate", "gate.toml", "worse", "--baseline", "base", "--format", "json", "--json", "out/v.json", check=1
    )
    printed = json.loads(done.stdout)
    written = json.loads((tmp_path / "out" / "v.json").read_text())
    assert printed["findings"] == written["findings"]
    first = printed["findings"][0]
    assert (first["verdict"], first["delta"], first["n"]) == ("FAIL", pytest.approx(-0.1), 1000)
    assert printed["exit_code"] == 1


def test_plan(runs, program, write):
    """What can be told, and a margin that never could."""
    told = program("gate", "gate.toml", "unsure", "--baseline", "base", "--plan", check=0).stdout
    assert "80 % margin" in told
    write("narrow.toml", '[[rule]]\nid = "x"\nkind = "noninferiority"\nmargin = 0.002\n')
    done = program("gate", "narrow.toml", "unsure", "--baseline", "base", "--plan", check=2)
    assert "1,000 items cannot show a margin of 0.20 points" in done.stderr
    plan = program("gate", "gate.toml", "unsure", "--baseline", "base", "--plan", "--format", "json", check=0)
    assert json.loads(plan.stdout)["outlooks"][0]["n"] == 1000


def test_explain(runs, program):
    """The arithmetic and the items."""
    told = program("gate", "gate.toml", "worse", "--baseline", "base", "--explain", "ni", check=1).stdout
    assert "c = 100" in told
    assert "Tango" in told
    assert "t/50: gold no, baseline no, candidate yes" in told


def test_python(runs, tmp_path):
    """The public function does what the command does."""
    import benchwright

    result = benchwright.gate(tmp_path / "gate.toml", "worse", baseline="base", store=tmp_path / "store")
    assert result.exit_code == 1
    assert result.findings[0].broken == 100


def test_a_baseline_that_nobody_accepted(runs, program):
    """show without a lock, and accept without a reason."""
    program("baseline", "show", check=3)
    program("baseline", "accept", "base", check=2)
    program("baseline", "accept", "two", "--reason", "x", check=2)


def test_rules_to_start_from(runs, program, tmp_path):
    """`benchwright new gate NAME` writes a file that is right, never over another."""
    program("new", "gate", "release", check=0)
    program("gate", "release.toml", "--check", check=0)
    program("gate", "release.toml", "equal", "--baseline", "base", check=0)
    assert "exists" in program("new", "gate", "release", check=2).stderr
    program("new", "gate", "../x", check=2)


def test_outputs(runs, program, tmp_path):
    """Every format is written for every verdict; with JSON, annotations stay out of standard output."""
    for run in ("equal", "worse", "unsure", "other"):
        files = [part for form in ("junit", "markdown", "html", "json") for part in (f"--{form}", f"{run}.{form}")]
        done = program("gate", "gate.toml", run, "--baseline", "base", "--annotations", "--format", "json", *files)
        assert done.returncode == json.loads(done.stdout)["exit_code"], done.stderr
        assert all((tmp_path / f"{run}.{form}").stat().st_size for form in ("junit", "markdown", "html", "json"))


@pytest.mark.realdata
def test_real_records(program, shared_data, write, tmp_path):
    """SST-2: tfidf is shown to be better than majority, majority is shown to be worse; a limited run is not comparable."""
    data = ("--data", shared_data, "--quiet")
    program("run", "majority", "tfidf", "--suite", "glue/sst2,glue/cola", "--name", "both", *data, check=0)
    program("run", "tfidf", "--suite", "glue/sst2,glue/cola", "--name", "part", "--limit", "100", *data, check=0)
    write("up.toml", '[[rule]]\nid = "up"\nkind = "superiority"\ntask = "glue/sst2"\n')
    write("keep.toml", '[[rule]]\nid = "keep"\nkind = "noninferiority"\nmargin = 0.02\n')
    assert "PASS" in program("gate", "up.toml", "both:tfidf", "--baseline", "both:majority", check=0).stdout
    told = program("gate", "keep.toml", "both:majority", "--baseline", "both:tfidf", check=1).stdout
    assert "failed (" in told
    assert "identical" in program("gate", "keep.toml", "both:tfidf", "--baseline", "both:tfidf", check=0).stdout
    assert "--limit" in program("gate", "keep.toml", "part", "--baseline", "both:tfidf", check=3).stdout
