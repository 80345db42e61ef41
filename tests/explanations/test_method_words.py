"""What is said of methods before any of them runs is what they are."""

import pytest

from benchwright import registry
from benchwright.errors import ConfigError
from benchwright.explain_options import METHOD_PRICES, METHOD_TEXTS, explain_views, takes
from benchwright.explain_run import explain_selectors
from benchwright.explanations.methods import method_named
from benchwright.types import METHODS


@pytest.mark.parametrize("name", METHODS)
def test_prices_and_options_are_those_of_the_method(name):
    method = method_named(name)
    assert name in METHOD_TEXTS
    assert takes("evaluations", name) == bool(method.evaluations)
    assert takes("seeds", name) == bool(getattr(method, "draws", False))
    assert takes("steps", name) == bool(getattr(method, "gradients", False))
    if method.evaluations:
        assert f"{method.evaluations:,}" in METHOD_PRICES[name]


def test_an_option_goes_to_the_methods_that_take_it():
    asked = explain_selectors(("shap", "leave-one-out"), {"evaluations": "100", "examples": "5"})
    assert asked == ("explain/shap?evaluations=100&examples=5", "explain/leave_one_out?examples=5")


def test_an_option_that_no_method_takes_is_refused():
    with pytest.raises(ConfigError, match=r"steps=9 says nothing to shap and lime"):
        explain_views(registry.get("suites", "explain"), ("shap", "lime"), {"steps": "9"})
