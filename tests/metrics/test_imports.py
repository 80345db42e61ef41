"""Names of metrics are known without numpy, and scoring never loads the heavy statistics packages."""

import subprocess
import sys

import pytest

from benchwright.metrics import INDEX

FORBIDDEN = ("scipy.stats", "sklearn", "pandas", "matplotlib", "torch", "transformers", "pyarrow")


def loaded_after(code):
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_index_loads_no_numpy():
    """Importing the index of metrics does not import numpy."""
    assert "numpy" not in loaded_after("import benchwright.metrics")


@pytest.mark.parametrize("module", ["score", *(f"metrics.{name}" for name in sorted(set(INDEX.values())))])
def test_scoring_loads_no_heavy_package(module):
    """Scoring needs numpy and scipy.special only."""
    assert not loaded_after(f"import benchwright.{module}") & set(FORBIDDEN)
