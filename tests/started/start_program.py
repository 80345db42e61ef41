"""Start `benchwright` as a person would, without loading its libraries once more for each time.

One Python for each process of tests has them loaded, `server.py`, and every start is a fork of it: a process of its own with its own
arguments, environment, folder, streams and exit code. `test_start_program.py` holds it to what `python -m benchwright` does.
"""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

OF_THE_INTERPRETER = ("PYTHON", "OMP_", "LC_", "LANG")
"""Variables that are read before a program begins, or as a library is loaded: with others than ours a start is one from nothing."""


def start(*args, cwd, env=None):
    """The finished process of `benchwright ARGS` in a folder; ``env`` is the whole environment, by default ours."""
    env = dict(os.environ if env is None else env)
    args = [str(arg) for arg in args]
    differ = {name for name in {*env, *os.environ} if env.get(name) != os.environ.get(name)}
    if any(name.startswith(OF_THE_INTERPRETER) for name in differ - {"PYTHONPATH"}) or _is_customized(env):
        return start_from_nothing(*args, cwd=cwd, env=env)
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        out.touch()
        err.touch()
        request = {"args": args, "env": env, "cwd": str(cwd), "out": str(out), "err": str(err)}
        server = _server(os.getpid())
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return subprocess.CompletedProcess(
            ["benchwright", *args], code, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )


def start_from_nothing(*args, cwd, env=None, **options):
    """The same by `python -m benchwright`; ``options`` are those of `subprocess.run`."""
    command = [sys.executable, "-m", "benchwright", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, env=env, cwd=cwd, check=False, **options)


def _is_customized(env):
    """Whether a folder of ``PYTHONPATH`` has what Python imports before any program."""
    folders = env.get("PYTHONPATH", "").split(os.pathsep)
    return any(Path(folder, "sitecustomize.py").exists() for folder in folders if folder)


@cache
def _server(_pid):
    """The loaded Python of this process; it ends with its input."""
    place = Path(__file__).with_name("server.py")
    server = subprocess.Popen([sys.executable, place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)
    return server
