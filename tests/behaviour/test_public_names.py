"""The public names of `benchwright.behaviour`: all there, and light."""

import subprocess
import sys

import benchwright.behaviour


def test_every_public_name_can_be_imported():
    assert [name for name in benchwright.behaviour.__all__ if not hasattr(benchwright.behaviour, name)] == []
    assert dir(benchwright.behaviour) == sorted(benchwright.behaviour.__all__)


def test_templates_load_no_heavy_library():
    heavy = ("numpy", "pandas", "scipy", "torch", "inflect", "pyarrow", "matplotlib")
    code = (
        "import sys; from benchwright.behaviour import Editor, perturb, mft, make_suite; Editor().template('{city}');"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
