"""What rules about behaviour and robustness can tell at all: `--plan`, and what open questions say."""

import msgspec
import pytest
from tests.gating.test_robustness_rule import VIEW, variants

from benchwright.errors import ConfigError
from benchwright.gating.gate import as_rules, find_locations, make_context
from benchwright.gating.power import plan, refuse_impossible
from benchwright.testing.patterns import case_records, case_task, pattern_records, pattern_task


def planned(bench, *rules):
    """The estimates of rules on the runs ``base`` and ``new``."""
    asked = as_rules({"rule": list(rules)})
    where = find_locations(asked, bench.store, bench.root / "baselines.lock")
    return plan(asked, make_context(asked, where, "new", baseline="base", resamples=500))


def test_the_plan_says_what_a_faultless_model_would_show(bench):
    """Of a hundred independent cases 2.63 %, of five templates 47.6 %: less cannot be asked for, and is refused."""
    for name in ("base", "new"):
        alone, shared = (
            case_records({"Names/a": "+" * 90 + "-" * 10}),
            case_records({"Names/b": "+" * 100}, templates=5),
        )
        records = [msgspec.structs.replace(record, id=f"t/{at}") for at, record in enumerate((*alone, *shared))]
        bench.write(name, {"b/t": records}, {"b/t": case_task()})
    found = planned(bench, {"id": "r", "kind": "behaviour", "max_failure_rate": 0.3})
    by_slice = {one.slice: one for one in found}
    z, t = 1.6448536269514722, 2.13184678
    assert by_slice["test=a"].least == pytest.approx(z * z / (100 + z * z))
    assert by_slice["test=b"].least == pytest.approx(t * t / (5 + t * t))
    assert by_slice["test=b"].reason == "without a failure the bound is 47.62"
    with pytest.raises(ConfigError) as caught:
        refuse_impossible(found, where="gate.toml")
    assert "100 cases of 5 templates cannot show a failure rate of at most 30.00" in str(caught.value)
    assert "test=a" not in str(caught.value)


def test_equal_models_pass_a_limit_on_the_extra_loss_as_planned(bench):
    """The smallest limit with 80 % power is larger where more answers move, and an open question names it."""
    for name, seen in (("base", "+" * 80 + "-" * 20), ("new", "-" * 20 + "+" * 80)):
        tasks = {"s/t": pattern_task(), VIEW: pattern_task("typo@s/t", view_of="s/t")}
        bench.write(name, {"s/t": pattern_records("+" * 100), VIEW: variants(seen)}, tasks)
    rule = {"id": "r", "kind": "robustness", "max_extra_loss": 0.05}
    (one,) = planned(bench, rule)
    se = (0.4 / 100) ** 0.5
    assert one.mde == pytest.approx((1.66 + 0.842) * se, abs=0.02)
    assert 0 < one.power < 0.5
    result = bench.gate(rule)
    open_ = next(found for found in result.findings if found.rule == "r")
    assert open_.verdict == "INCONCLUSIVE"
    assert "equal models pass from" in open_.message
    assert open_.needed == pytest.approx(100 * ((1.645 + 0.842) * se / 0.05) ** 2, rel=0.1)


def test_a_limit_on_the_extra_loss_that_equal_answers_could_not_keep_is_refused(bench):
    """t^2 of 99 degrees of freedom: 2 t^2 / (100 + t^2) = 5.37 points, since two losses may differ by 200."""
    for name in ("base", "new"):
        tasks = {"s/t": pattern_task(), VIEW: pattern_task("typo@s/t", view_of="s/t")}
        bench.write(name, {"s/t": pattern_records("+" * 100), VIEW: variants("+" * 80 + "-" * 20)}, tasks)
    low, high = ({"id": "r", "kind": "robustness", "max_extra_loss": limit} for limit in (0.05, 0.06))
    t = 1.6603911560169928
    (one,), (wide,) = planned(bench, low), planned(bench, high)
    assert one.least == one.mde == pytest.approx(2 * t * t / (100 + t * t))
    assert (one.power, wide.power) == (0.0, 1.0)
    refuse_impossible([wide], where="gate.toml")
    with pytest.raises(ConfigError) as caught:
        refuse_impossible([one], where="gate.toml")
    assert "max_extra_loss = 0.0537 has 80 % power" in str(caught.value)
