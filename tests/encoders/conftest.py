"""What tests of encoders share."""

import pytest

from benchwright.testing.fixtures import build_task


@pytest.fixture
def make_task():
    """A task of labels for one text."""

    def make(labels):
        return build_task(labels=labels)

    return make
