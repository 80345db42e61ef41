"""OpenMetrics text and the badge."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from benchwright.gating.outputs.badge import write_badge
from benchwright.gating.outputs.openmetrics import write_openmetrics
from benchwright.gating.verdict import Verdict

SAMPLE = re.compile(
    r'benchwright_gate_([a-z_]+)((?:\{[a-z]+="(?:[^"\\\n]|\\[\\n"])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\n"])*")*\})?) (\S+)'
)


def read(text):
    """(name, labels, number) of every sample; everything else is a comment, and the file ends as it must."""
    lines = text.removesuffix("\n").split("\n")
    assert lines[-1] == "# EOF"
    matches = [SAMPLE.fullmatch(line) for line in lines if not line.startswith("#")]
    return [(match[1], match[2], float(match[3])) for match in matches]


def test_values_and_counts(made):
    """Checks by verdict, and every number of a check, as fractions."""
    found = {name + labels: value for name, labels, value in read(write_openmetrics(made.every_verdict()))}
    assert found['checks{verdict="FAIL"}'] == 2
    assert found["exit_code"] == 1
    assert found['delta{rule="quality",task="glue/stsb",metric="pearson"}'] == -0.1478
    assert found['low{rule="slices",task="glue/sst2",metric="accuracy",slice="lang=ga"}'] == -0.0152


@settings(max_examples=80, deadline=None, derandomize=True, phases=[Phase.generate])
@given(data=st.data())
def test_anything_is_well_formed(made, data):
    """Every line follows the grammar, no number is NaN, no series comes twice, a family's samples stand together."""
    text = write_openmetrics(data.draw(made.results))
    found = read(text)
    assert len({(name, labels) for name, labels, _ in found}) == len(found)
    assert all(value == value and abs(value) != float("inf") for _, _, value in found)
    names = [name for name, _, _ in found]
    assert names == sorted(names, key=names.index)


def test_attacks_stay_in_their_label(made):
    """Quotes, line ends and backslashes of data do not end a label."""
    assert read(write_openmetrics(made.hostile()))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_badge_says_it_in_words(made, verdict):
    """It is small, loads nothing, and needs no colour."""
    text = write_badge(made.result([], verdict=verdict), label="</text>gate & \x00")
    root = ET.fromstring(text)
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[1] == verdict.lower()
    assert words[0].startswith("</text>gate &")
    assert len(text) < 1200
    assert "href" not in text
