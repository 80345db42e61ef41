"""`benchwright gate` and `benchwright baseline`, as a person or a pipeline types them."""

import json

import pytest

from benchwright.store import Store
from benchwright.testing.fixtures import build_task
from benchwright.testing.write_run import write_run
from benchwright.types import Facts, Label, Record

TASK = build_task(labels=(Label(name="no", id=0), Label(name="yes", id=1)))
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
max = "2 kB"
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
    assert "baseline accept" in program("baseline", "show", check=3).stderr
    assert "--reason" in program("baseline", "accept", "base", check=2).stderr
    assert "two:" in program("baseline", "accept", "two", "--reason", "x", check=2).stderr


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


CHECKED = '[baseline]\nname = "prod"\n\n[[rule]]\nid = "x"\n'


@pytest.mark.parametrize(
    ("rule", "told", "hint"),
    [
        ('kind = "absolute"\nmetric = "accuracy"\nmax = 90', "accuracy, which goes from 0 to 1", "write 0.9 for 90 %"),
        ('kind = "absolute"\nmetric = "accuracy"\nmin = 90', "min: 90 is beyond accuracy", "write 0.9 for 90 %"),
        ('kind = "absolute"\nmin = -5\nuse = "lower"', "min: -5 is beyond every metric", ""),
        ('kind = "absolute"\ntask = "glue/sst2"\nmin = 90', "min: 90 is beyond the score of sst2", "write 0.9"),
        ('kind = "noninferiority"\ntask = "glue/sst2"\nmargin = 5', "as wide as all of the score of sst2", "0.05"),
        ('kind = "slices"\ntask = "glue"\nmargin = 2', "as wide as all of", ""),
        ('kind = "retained"\nmetric = "size_bytes"\nmax = 95', "max: 95", "60 %"),
        ('kind = "delta"\ntask = "gleu/sst2"\nmargin = 0.1', "unknown suite 'gleu'", "did you mean glue/sst2"),
        ('kind = "delta"\ntask = "glue/sst3"\nmargin = 0.1', "unknown task 'glue/sst3'", "did you mean glue/sst2"),
        ('kind = "delta"\ntask = "gleu"\nmargin = 0.1', "unknown suite 'gleu'", "did you mean glue"),
        (
            'kind = "delta"\ntask = "glue/sst2"\nmetric = "mcc"\nmargin = 0.1',
            "glue/sst2 has no metric 'mcc'",
            "accuracy",
        ),
        ('kind = "delta"\ntask = "glue"\nmetric = "roc_auc"\nmargin = 0.1', "no task of glue has metric 'roc_auc'", ""),
    ],
)
def test_check_tells_what_no_gate_could_mean(program, write, rule, told, hint):
    """Percentages, names that nobody knows, metrics that a task lacks: exit code 2 before anything is judged."""
    write("g.toml", CHECKED + rule + "\n")
    done = program("gate", "g.toml", "--check", check=2)
    assert told in done.stderr
    assert hint in done.stderr


def test_check_knows_the_lock_and_the_run(runs, program, write):
    """Tasks of a baseline or of a run may be named; a user's own data too. What is only odd is told, with exit code 0."""
    write("g.toml", CHECKED + 'kind = "noninferiority"\ntask = "s/t"\nmargin = 0.02\n')
    assert "unknown suite 's'" in program("gate", "g.toml", "--check", check=2).stderr
    assert "1 rule and 0 waivers" in program("gate", "g.toml", "base", "--check", check=0).stdout
    assert "no baseline 'prod' is accepted yet" in program("gate", "g.toml", "base", "--check", check=0).stdout
    program("baseline", "accept", "base", "--reason", "x", check=0)
    assert "!" not in program("gate", "g.toml", "--check", check=0).stdout
    write("g.toml", CHECKED + 'kind = "noninferiority"\ntask = "s/u"\nmargin = 0.02\n')
    assert "unknown task 's/u'" in program("gate", "g.toml", "--check", check=2).stderr
    write("g.toml", CHECKED + 'kind = "noninferiority"\nmargin = 5\n')
    assert "as wide as all" in program("gate", "g.toml", "base", "--check", check=2).stderr
    assert "as wide as all" in program("gate", "g.toml", "equal", "--plan", check=2).stderr
    waiver = (
        '[[waiver]]\nrule = "x"\ntask = "glue/cola"\nowner = "a"\nissue = "b"\nreason = "c"\nexpires = 9999-12-31\n'
    )
    write("g.toml", CHECKED + f'kind = "equivalence"\ntask = "s/t"\nmetric = "accuracy"\nmargin = 0.99\n{waiver}')
    remarks = json.loads(program("gate", "g.toml", "--check", "--format", "json", check=0).stdout)["remarks"]
    assert ["more than half" in remarks[0], "9999" in remarks[1], "applies to nothing" in remarks[2]] == [True] * 3
    write("g.toml", CHECKED + 'kind = "delta"\ntask = "classification/mine"\nmargin = 0.02\n')
    program("gate", "g.toml", "--check", check=0)


def test_one_question_at_a_time(runs, program):
    """--check with --plan runs neither in silence."""
    told = program("gate", "gate.toml", "equal", "--baseline", "base", "--check", "--plan", check=2).stderr
    assert "--check and --plan" in told


def test_an_output_that_cannot_be_written(runs, program):
    """It is called what it is, no part of the store."""
    for place in ("/dev/full", "/proc/x.json", "gate.toml/x.json"):
        told = program("gate", "gate.toml", "equal", "--baseline", "base", "--json", place, check=2).stderr
        assert f"--json {place} cannot be written" in told
        assert "store folder" not in told
        assert "--store" not in told


def test_accept_says_what_it_takes_and_what_was_there(runs, program, tmp_path):
    """Alarms of the run, and the baseline that it replaces."""
    gold = [("no", "yes")[at % 2] for at in range(100)]
    records = [
        Record(id=f"t/{at}", target=g, output=g if at else None, error=None if at else "broken")
        for at, g in enumerate(gold)
    ]
    facts = {"m": Facts(digest="holes", kinds=(), size_bytes=1000)}
    write_run(runs, "holes", {"m": {"s/t": records}}, {"s/t": TASK}, data="data", facts=facts)
    program("baseline", "accept", "base", "--reason", "first release", check=0)
    refused = program("baseline", "accept", "holes", "--reason", "second", check=3).stderr
    assert "s/t: 1 of 100 items without an answer" in refused
    assert "--force" in refused
    told = program("baseline", "accept", "holes", "--reason", "second", "--force", check=0).stdout
    assert "before: base:m, 1 task, accepted" in told
    assert "first release" in told
    assert "on s/t: 1 of 100 items without an answer" in told
    done = program("baseline", "accept", "base", "--reason", "third", "--format", "json", check=0)
    assert json.loads(done.stdout)["before"]["reason"] == "second"


def test_a_candidate_against_itself_is_told(runs, program, tmp_path):
    """It passes, as it must, and the headline says what that is worth."""
    files = [part for form in ("junit", "markdown", "html", "json") for part in (f"--{form}", f"self.{form}")]
    done = program("gate", "gate.toml", "base", "--baseline", "base", "--annotations", *files, check=0)
    assert done.stdout.splitlines()[0].endswith("; the candidate is the baseline itself")
    assert "! base:m was compared with itself (baseline)" in done.stdout
    assert "::warning title=gate::base%3A" not in done.stdout
    assert "::warning title=gate::base:m was compared with itself" in done.stdout
    assert all(
        "compared with itself" in (tmp_path / f"self.{form}").read_text()
        for form in ("junit", "markdown", "html", "json")
    )
