"""Names of metrics are known without numpy, and scoring never loads the heavy statistics packages."""

import subprocess
import sys

from benchwright.metrics import INDEX

FORBIDDEN = ("scipy.stats", "sklearn", "pandas", "matplotlib", "torch", "transformers", "pyarrow")


def loaded_after(code):
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_index_loads_no_numpy():
    """Importing the index of metrics does not import numpy."""
    assert "numpy" not in loaded_after("import benchwright.metrics")


def test_scoring_loads_no_heavy_package():
    """Scoring needs numpy and scipy.special only: where all modules together load no more, none of them does."""
    modules = ["score", *(f"metrics.{name}" for name in sorted(set(INDEX.values())))]
    loaded = loaded_after("\n".join(f"import benchwright.{module}" for module in modules))

    assert {f"benchwright.{module}" for module in modules} <= loaded
    assert not loaded & set(FORBIDDEN)
