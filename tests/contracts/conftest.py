"""What contract tests share: whether the sample plugin is installed."""

import sys
from importlib.metadata import PackageNotFoundError, version

import pytest

INSTALL = "pip install --no-deps --no-build-isolation --editable tests/sample_plugin"


@pytest.fixture
def sample_plugin():
    """The sample third-party package; a test that asks for it skips where it is not installed."""
    try:
        return version("benchwright-sample")
    except PackageNotFoundError:
        reason = f"benchwright-sample is not installed: {INSTALL}"
        print(reason, file=sys.stderr)
        pytest.skip(reason)


@pytest.fixture
def found_by():
    """Run a contract list on a broken plugin; returns what it says."""

    def check(contract, *args, **options):
        with pytest.raises(AssertionError) as caught:
            contract(*args, **options)
        return str(caught.value)

    return check
