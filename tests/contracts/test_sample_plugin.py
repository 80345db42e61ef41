"""A third party's installed package comes in by the same door as built-ins."""

import json

from benchwright import registry


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
