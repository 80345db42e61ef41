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
