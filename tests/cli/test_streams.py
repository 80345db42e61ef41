"""Whoever reads the output may leave, or never have been there: the exit code is still that of the result."""

import subprocess
import sys

COMMAND = f"{sys.executable} -m benchwright list tasks glue"


def shell(text):
    """Exit code, standard output and standard error of a shell line."""
    done = subprocess.run(["bash", "-c", text], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_reader_that_leaves_changes_no_exit_code(tmp_path):
    """`| head` closes the pipe while lines are still written; a refusal stays a refusal, a success a success."""
    code, out, err = shell(f"{COMMAND} | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}")
    assert (code, out, err) == (0, "", "")
    wrong = f"{sys.executable} -m benchwright show nothing --store {tmp_path}"
    code, _, err = shell(f"{wrong} | head -1; exit ${{PIPESTATUS[0]}}")
    assert code == 2
    assert "Traceback" not in err


def test_a_closed_output_is_no_crash():
    """Standard output that was closed before the start takes nothing, and says nothing."""
    code, _, err = shell(f"{COMMAND} >&-")
    assert (code, err) == (0, "")


def test_an_encoding_without_a_minus_gets_the_nearest_sign():
    """A value that lowers a number is never printed as one that nobody can read."""
    told = "from benchwright import console; from benchwright.cli.main import _open_streams; _open_streams(); console.say(chr(0x2212) + '0.5 \\u2026 \\u4e2d')"
    code, out, _ = shell(f'PYTHONIOENCODING=cp1252 {sys.executable} -c "{told}" | iconv -f cp1252')
    assert (code, out) == (0, "-0.5 \u2026 ?\n")
    code, out, _ = shell(f'PYTHONIOENCODING=ascii {sys.executable} -c "{told}"')
    assert (code, out) == (0, "-0.5 ... ?\n")
