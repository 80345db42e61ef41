"""Results of gates made by hand: every verdict once, text that attacks, any number of findings, anything at all."""

from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from benchwright.gating.conclude import _overall
from benchwright.gating.result import GateResult
from benchwright.gating.rules import KINDS, Rules
from benchwright.gating.verdict import Finding, Verdict

EVIL = "</script><script>alert(1)</script> <img src=x onerror=y> @org/team #12 | `x` **b** [l](http://e.vil) ]]> \x00\x1b[31m\ud800 \r\n::error::x %0A \"q\" 'a' &amp; --> <!-- {{ 7*7 }} $x$ "


def finding(verdict="PASS", **fields):
    """A finding of a margin, with numbers that fit one another."""
    told = {
        "rule": "quality",
        "kind": "noninferiority",
        "verdict": Verdict(verdict),
        "message": "gain -0.57, bounds -1.52 and +0.38 (95 % each); a loss of 1.00 points is allowed",
        "path": "glue/sst2",
        "metric": "accuracy@1",
        "against": "baseline",
        "baseline": 0.9266,
        "candidate": 0.9209,
        "delta": -0.0057,
        "low": -0.0152,
        "high": 0.0038,
        "limit": 0.01,
        "value_unit": "fraction",
        "alpha": 0.05,
        "p": 0.77,
        "p_adjusted": 1.0,
        "n": 872,
        "clusters": 872,
        "method": "tango",
        "mde": 0.0143,
        "fixed": 9,
        "broken": 14,
        "flipped": ("sst2/3", "sst2/40"),
        "seconds": 0.012,
    }
    return Finding(**{**told, **fields})


def result(findings, **fields):
    """A result that follows from findings as the gate's own does."""
    rules = Rules(source="gate.toml", digest="", rules=())
    verdict, code, reason = _overall(rules, findings, strict=False)
    told = {
        "schema": 2,
        "verdict": verdict,
        "exit_code": code,
        "reason": reason,
        "rules": "gate.toml",
        "rules_digest": "70a0f706add3e1d3df0dde1db4810f5c6709e59acf2e7927929aa2e69e68e1be",
        "run": "nightly",
        "model": "minilm-int8",
        "baseline": "release:minilm",
        "findings": tuple(findings),
        "attempts": 3,
        "environment": {"python": "3.11.9", "packages": {"numpy": "2.3.4"}},
        "created": "2026-11-21T12:00:00+00:00",
    }
    return GateResult(**{**told, **fields})


def every_verdict():
    """Each verdict, a warning that failed, a slice, and a rule about the model itself."""
    waived = {"owner": "nlp-platform", "issue": "NLP-812", "reason": "new locale", "expires": "2026-12-01"}
    size = {
        "path": "",
        "metric": "size_bytes",
        "value_unit": "bytes",
        "kind": "budget",
        "rule": "size",
        "baseline": 9.1e7,
        "candidate": 3e7,
    }
    alone = {"delta": None, "low": None, "high": None, "fixed": None, "broken": None, "flipped": (), "n": None}
    return result(
        [
            finding(path="glue/rte", n=277, clusters=274),
            finding(
                "FAIL",
                path="glue/stsb",
                metric="pearson@1",
                candidate=0.7147,
                baseline=0.8625,
                delta=-0.1478,
                low=-0.168,
                high=-0.1282,
                message="gain -14.78, bounds -16.80 and -12.82 (95 % each); a loss of 1.00 points is allowed; p of harm = 0.0008 after Holm",
                p_adjusted=0.0008,
                fixed=None,
                broken=None,
                flipped=(),
            ),
            finding("INCONCLUSIVE", needed=2600, message="neither; this needs about 2,600 items"),
            finding(
                "INVALID", rule="latency", kind="ratio", metric="latency_p50", path="", message="not measured", **alone
            ),
            finding("WAIVED", rule="slices", kind="slices", slice="lang=ga", waiver=waived, flags=("would be FAIL",)),
            finding("ERROR", rule="odd", kind="absolute", message="could not be read"),
            finding("FAIL", rule="told", severity="warn", required=False),
            finding(message="30 MB; at most 50 MB allowed", **{**alone, **size}),
        ],
        flags=("the waiver of nlp-platform (NLP-812) for slices lasts until 9999-12-31",),
    )


def hostile():
    """Text of others in every field that can hold some."""
    waived = dict.fromkeys(("owner", "issue", "reason", "expires"), EVIL)
    verdicts = [*Verdict, Verdict.PASS]
    found = [
        finding(
            verdict,
            message=EVIL,
            path=f"{EVIL}/{EVIL}",
            metric=EVIL,
            slice=EVIL,
            flipped=(EVIL,),
            flags=(EVIL,),
            waiver=waived,
            against=EVIL,
            method=EVIL,
        )
        for verdict in verdicts
    ]
    return result(
        found,
        reason=EVIL,
        run=EVIL,
        model=EVIL,
        baseline=EVIL,
        anchor=EVIL,
        rules=EVIL,
        flags=(EVIL,),
        environment={EVIL: EVIL},
    )


def many(number, verdict="FAIL", **fields):
    """So many findings, each of a task of its own, in text of a real length."""
    return result([finding(verdict, path=f"suite/task-{at}", **fields) for at in range(number)])


NUMBERS = st.none() | st.floats() | st.floats(-1, 1)
TEXT = st.text(st.characters(exclude_categories=()), max_size=30)
FINDINGS = st.builds(
    Finding,
    rule=TEXT,
    kind=st.sampled_from(list(KINDS)),
    verdict=st.sampled_from(list(Verdict)),
    message=TEXT,
    path=TEXT,
    metric=TEXT,
    slice=st.none() | TEXT,
    severity=st.sampled_from(["fail", "warn"]),
    required=st.booleans(),
    against=TEXT,
    baseline=NUMBERS,
    candidate=NUMBERS,
    delta=NUMBERS,
    low=NUMBERS,
    high=NUMBERS,
    limit=NUMBERS,
    direction=st.sampled_from(["higher", "lower"]),
    value_unit=st.sampled_from(("fraction", "number")),
    n=st.none() | st.integers(0, 10**7),
    fixed=st.none() | st.integers(0, 9),
    broken=st.none() | st.integers(0, 9),
    flipped=st.lists(TEXT, max_size=3).map(tuple),
    flags=st.lists(TEXT, max_size=3).map(tuple),
    waiver=st.none() | st.dictionaries(st.sampled_from(["owner", "issue", "reason", "expires"]), TEXT),
)
RESULTS = st.builds(
    result, st.lists(FINDINGS, max_size=4), model=TEXT, rules=TEXT, flags=st.lists(TEXT, max_size=3).map(tuple)
)


@pytest.fixture(scope="session")
def made():
    """The functions above."""
    return SimpleNamespace(
        finding=finding,
        result=result,
        every_verdict=every_verdict,
        hostile=hostile,
        many=many,
        evil=EVIL,
        results=RESULTS,
    )
