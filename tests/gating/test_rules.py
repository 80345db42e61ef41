"""Rules are read whole, with every mistake told where it is."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchwright.errors import ConfigError
from benchwright.gating.rules import KINDS
from benchwright.gating.rules.coverage import COVERAGE
from benchwright.gating.toml import expected, keys_of, make_rules, read_rules

NI = {"id": "r", "kind": "noninferiority", "margin": 0.01}


def problems(document):
    """The texts of everything that is wrong."""
    with pytest.raises(ConfigError) as caught:
        make_rules(document)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_of_a_whole_file_is_read(write):
    """Top, baseline, rules of several kinds, a waiver."""
    path = write(
        "gate.toml",
        """
        schema  = 1
        suite   = "support-intents@3.1.0"
        profile = "pr"
        alpha   = 0.05
        family  = "holm"

        [baseline]
        name       = "prod"
        anchor     = "release-2026.3"
        on_missing = "invalid"

        [[rule]]
        id = "intent-f1-ni"
        kind = "noninferiority"
        task = "support/intent"
        metric = "macro_f1"
        split = "confirm"
        cluster = "conversation_id"
        margin = 0.010
        on_inconclusive = "warn"

        [[rule]]
        id = "no-creep"
        kind = "noninferiority"
        against = "anchor"
        metric = "macro_f1"
        margin = 0.020

        [[rule]]
        id = "slices"
        kind = "slices"
        by = ["lang", "channel"]
        metric = "macro_f1"
        margin = 0.03
        min_n = 200
        fdr = 0.10
        severity = "warn"

        [[waiver]]
        rule = "slices"
        slice = "lang=ga"
        owner = "nlp-platform"
        issue = "NLP-812"
        expires = 2026-12-01
        reason = "new locale"
        """,
    )
    rules = read_rules(path)
    assert [rule.id for rule in rules.rules][-1] == COVERAGE, "coverage is always on"
    assert len(rules.rules) == 4
    assert rules.rules[0].tasks == ("support/intent",)
    assert rules.rules[0].alpha == 0.05
    assert not rules.rules[2].counts
    assert rules.suites == {"support-intents": "3.1.0"}
    assert rules.baseline.anchor == "release-2026.3"
    assert rules.waivers[0].expires == dt.date(2026, 12, 1)
    assert len(rules.digest) == 64


@pytest.mark.parametrize(
    ("rule", "told", "hint"),
    [
        ({"id": "r", "kind": "noninferority", "margin": 0.1}, "kind: 'noninferority'", "did you mean noninferiority"),
        ({"id": "r"}, "has no kind", ""),
        ({"kind": "delta", "margin": 0}, "rule number 1: id is missing", ""),
        ({**NI, "margn": 1}, "margn: no such key of kind noninferiority", "did you mean margin"),
        ({"id": "r", "kind": "noninferiority"}, "margin is missing", ""),
        ({**NI, "margin": 0}, "margin: 0", ""),
        ({**NI, "margin": float("nan")}, "margin: nan", ""),
        ({**NI, "margin": True}, "margin: True", ""),
        ({**NI, "margin": "0.1"}, "margin: '0.1'", ""),
        ({**NI, "metric": "accuracy", "margin": 1}, "as wide as all of accuracy", "0.01 is one point"),
        ({**NI, "metric": "acuracy"}, "unknown metric 'acuracy'", "did you mean accuracy"),
        ({**NI, "relative": 0.02}, "margins are absolute", ""),
        ({**NI, "retries": 3}, "never retried", ""),
        ({**NI, "severity": "fatal"}, "severity: 'fatal'", ""),
        ({**NI, "task": "a/b/c"}, "task: 'a/b/c'", ""),
        ({**NI, "confidence": 0.4}, "confidence: 0.4", ""),
        ({"id": "r", "kind": "absolute"}, "no limit", ""),
        ({"id": "r", "kind": "absolute", "min": 0.9, "max": 0.1}, "above max", ""),
        ({"id": "r", "kind": "absolute", "use": "lower", "max": 0.1}, "use: the lower bound", 'use = "upper" with max'),
        ({"id": "r", "kind": "retained", "max": 0.9}, "needs min, not max", ""),
        ({"id": "r", "kind": "retained", "metric": "size_bytes", "min": 0.9}, "needs max, not min", ""),
        ({"id": "r", "kind": "retained", "min": 97}, "min: 97", ""),
        (
            {"id": "r", "kind": "ratio", "metric": "latency_p50", "min": 1.1},
            "needs max, not min",
            "allows a tenth more",
        ),
        (
            {"id": "r", "kind": "behaviour", "tests": "negation/*"},
            "asks nothing",
            "no_new_failures",
        ),
        ({"id": "r", "kind": "behavior"}, "kind: 'behavior' is no kind of rule", "write behaviour"),
        ({"id": "r", "kind": "bias", "groups": "gender"}, "groups: no such key of kind bias", ""),
        ({"id": "r", "kind": "calibration", "max": 0.05}, "kind: 'calibration' is planned", "leave this rule out"),
        ({"id": "r", "kind": "contamination", "max": 0.01}, "kind: 'contamination' is planned", "leave this rule out"),
        (
            {"id": "r", "kind": "budget", "metric": "memory", "max": 1},
            "unknown metric 'memory'",
            "name one of host_memory_peak",
        ),
        (
            {"id": "r", "kind": "absolute", "metric": "latency_p95_ms", "max": 50},
            "unknown metric 'latency_p95_ms'",
            "write latency_p95",
        ),
        ({"id": "r", "kind": "slices", "margin": 0.1, "by": "lang"}, "by: 'lang'", ""),
        ({"id": "r", "kind": "budget", "metric": "size_bytes"}, "max is missing", ""),
        ({**NI, "severity": "warn"}, "the gate could not fail", ""),
        ({**NI, "required": False}, "the gate could not fail", ""),
    ],
)
def test_a_wrong_rule_is_told(rule, told, hint):
    """What is wrong, where, and what was meant."""
    found = problems({"rule": [rule]})
    assert any(told in problem and hint in problem for problem in found), found


def test_all_mistakes_are_told_at_once():
    """Not only the first."""
    found = problems(
        {
            "schema": 2,
            "profle": "pr",
            "baseline": {"nmae": "prod"},
            "rule": [{"id": "a"}, {**NI, "margin": -1}, NI, NI],
            "waiver": [
                {"rule": "gone", "owner": "me", "issue": "1", "reason": "x", "expires": dt.date(2030, 1, 1)},
                {},
            ],
        }
    )
    text = "\n".join(found)
    for part in (
        "schema: 2",
        "profle",
        "nmae",
        "'a': has no kind",
        "margin: -1",
        "two rules",
        "no rule 'gone'",
        "owner is missing",
    ):
        assert part in text, part


def test_an_anchor_that_nobody_uses_is_told():
    """Somebody believes that creeping loss is watched."""
    found = problems({"baseline": {"name": "prod", "anchor": "old"}, "rule": [NI]})
    assert any("anchor" in problem for problem in found)


def test_profiles_set_level_and_open_questions():
    """release is stricter; the file and a rule may say otherwise."""
    release = make_rules({"profile": "release", "rule": [NI, {**NI, "id": "s", "confidence": 0.9}]})
    assert release.rules[0].on_inconclusive == "fail"
    assert (release.rules[0].alpha, release.rules[1].alpha) == (0.025, 0.1)
    own = make_rules({"profile": "release", "alpha": 0.05, "rule": [{**NI, "on_inconclusive": "warn"}]})
    assert (own.rules[0].alpha, own.rules[0].on_inconclusive) == (0.05, "warn")


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_every_kind_says_what_it_wants(kind):
    """What stands after *expected* comes from the field: none is without, and none repeats a name of ours."""
    keys = keys_of(KINDS[kind])
    assert list(keys)[:2] == ["id", "kind"]
    assert all(expected(field.type) for field in keys.values())
    assert not {"alpha", "minimum", "maximum", "tasks"} & set(keys)


def test_a_file_that_is_no_toml_or_not_there(tmp_path):
    """A message, no traceback."""
    (tmp_path / "bad.toml").write_text("[[rule\n")
    for name in ("bad.toml", "gone.toml"):
        with pytest.raises(ConfigError, match=r"is not TOML|cannot read"):
            read_rules(tmp_path / name)


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=6),
    st.lists(st.text(max_size=3), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=1),
)
_KEYS = st.sampled_from(
    [
        "id",
        "kind",
        "task",
        "metric",
        "margin",
        "min",
        "max",
        "use",
        "by",
        "fdr",
        "min_n",
        "severity",
        "required",
        "against",
        "parent",
        "slice",
        "split",
        "confidence",
        "x",
    ]
)
_TABLES = st.dictionaries(_KEYS, st.one_of(_VALUES, st.sampled_from(list(KINDS))), max_size=8)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(_TABLES, _VALUES), max_size=3), _VALUES, _VALUES)
def test_nothing_that_is_written_breaks_the_reader(tables, baseline, waiver):
    """Rules come out, or a ConfigError; never another error."""
    try:
        rules = make_rules({"rule": tables, "baseline": baseline, "waiver": waiver})
    except ConfigError as error:
        assert error.problems  # noqa: PT017 - it may come or not
    else:
        assert any(rule.kind == "coverage" for rule in rules.rules)
