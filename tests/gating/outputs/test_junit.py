"""JUnit XML: valid, unique, and red exactly when the gate is."""

from pathlib import Path

import junitparser
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

from benchwright.gating.outputs import junit
from benchwright.gating.outputs.junit import write_junit
from benchwright.gating.verdict import Verdict

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def parse(text):
    """The document, checked against the schema."""
    document = etree.fromstring(text.encode())
    SCHEMA.assertValid(document)
    return document


def test_each_verdict_becomes_what_ci_servers_know(made):
    """FAIL is a failure, INVALID and ERROR are errors, INCONCLUSIVE, WAIVED and warnings are skipped."""
    suites = junitparser.JUnitXml.fromstring(write_junit(made.every_verdict()).encode())
    outcome = {
        case.name: [type(one).__name__.lower() for one in case.result] or ["passed"]
        for suite in suites
        for case in suite
    }
    assert outcome == {
        "quality glue/rte accuracy": ["passed"],
        "quality glue/stsb pearson": ["failure"],
        "quality glue/sst2 accuracy": ["skipped"],
        "latency latency_p50": ["error"],
        "slices glue/sst2 accuracy lang=ga": ["skipped"],
        "odd glue/sst2 accuracy": ["error"],
        "told glue/sst2 accuracy": ["skipped"],
        "size size_bytes": ["passed"],
    }
    assert (suites.tests, suites.failures, suites.errors) == (8, 1, 2)


def test_one_suite_for_each_kind_with_names_of_places(made):
    """Suites are kinds; class names are suite.task.metric; numbers can be found again."""
    document = parse(write_junit(made.every_verdict()))
    kinds = [suite.get("name") for suite in document]
    assert kinds == ["noninferiority", "ratio", "slices", "absolute", "budget"]
    case = document.xpath("//testcase[@name='quality glue/stsb pearson']")[0]
    assert case.get("classname") == "glue.stsb.pearson"
    told = case.findtext("system-out")
    for line in ("delta=-0.1478", "lower=-0.168", "margin=0.01", "alpha=0.05", "n=872", "method=tango", "mde=0.0143"):
        assert f"[[PROPERTY|{line}]]" in told
    assert "note" not in case.findtext("failure")
    assert len(case.findall("failure")) == 1


@settings(max_examples=100, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_anything_is_valid_and_red_exactly_when_the_gate_is(made, data):
    """Whatever the text and the numbers: a valid file with unique names, red if and only if the exit code is not 0."""
    result = data.draw(made.results)
    document = parse(write_junit(result))
    red = document.xpath("//failure|//error")
    assert bool(red) == (result.exit_code != 0)
    assert sum(suite.get("name") != "gate" and int(suite.get("tests")) for suite in document) == len(result.findings)


def test_open_questions_that_were_to_be_answered_are_red(made):
    """Exit code 4 has no red finding, so the gate as a whole is a case."""
    result = made.result([made.finding("INCONCLUSIVE")], exit_code=4)
    cases = parse(write_junit(result)).xpath("//testcase[failure]")
    assert [case.get("classname") for case in cases] == ["gate"]


def test_nothing_evaluated_is_no_green_file(made):
    """A gate without findings writes one case that says so."""
    document = parse(write_junit(made.result([])))
    assert document.get("errors") == "1"
    assert "nothing that is required" in document.xpath("//error/@message")[0]


def test_text_of_others_stays_text(made):
    """No element or control character comes from data."""
    document = parse(write_junit(made.hostile()))
    assert {element.tag for element in document.iter()} <= {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }
    assert all("\x1b" not in text and "\x00" not in text for text in document.itertext())


def test_a_large_gate_fits(made, monkeypatch):
    """Beyond the limit messages are clipped, then cases left out, red ones last, and it says how many."""
    monkeypatch.setattr(junit, "LIMIT", 60_000)
    found = [made.finding("PASS", path=f"s/{at}") for at in range(200)] + [made.finding("FAIL", path="s/bad")]
    text = write_junit(made.result(found))
    assert len(text.encode()) < 60_000
    document = parse(text)
    assert document.xpath("//testcase[@name='quality s/bad accuracy']/failure")
    assert "cases left out" in document.xpath("//testcase[@name='verdict']/system-out")[0].text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_schema_has_teeth(made, verdict):
    """A second outcome in one case, or a count that is no number, is not valid."""
    document = etree.fromstring(write_junit(made.result([made.finding(verdict)])).encode())
    for outcome in ("failure", "error"):
        etree.SubElement(document[0].find("testcase"), outcome, message="", type="x")
    assert not SCHEMA.validate(document)
