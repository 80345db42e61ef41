"""A Python in which the libraries of `benchwright` are loaded and nothing else has happened; each request is a fork of it.

Reads requests as lines of JSON: ``{"args", "env", "cwd", "out", "err"}``; answers each with a line: the exit code. Ends with its input.
"""

import importlib
import json
import os
import pkgutil
import sys

LIBRARIES = (
    "scipy.special",
    "scipy.stats",
    "scipy.optimize",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "pyarrow.parquet",
    "jinja2",
    "markdown_it",
)
"""What most commands load sooner or later. Not torch: loading it takes two seconds, and few tests ask for it."""


def load():
    """Everything that the program could import without doing anything; a module that is not there or has an extra stays out."""
    os.fsync = lambda _descriptor: None  # as in the tests themselves
    from benchwright.cli import main  # says what torch must be told before it is loaded

    packages = [main.__name__.partition(".")[0], "benchwright_reports"]
    names = [
        found.name
        for package in packages
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        if not found.name.endswith("__main__")
    ]
    for name in (*names, *LIBRARIES):
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def become(request):
    """In the fork: the program, as if it had been started there and so; never returns."""
    for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        stream = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY)
        os.dup2(stream, number)
        os.close(stream)
    before = _folders(os.environ)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    more = [folder for folder in _folders(os.environ) if folder not in before]
    sys.path[:1] = [request["cwd"], *more]  # as of `python -m`
    sys.argv = ["benchwright", *request["args"]]
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)

    from benchwright.cli.main import main

    main()


def _folders(env):
    """Those of ``PYTHONPATH``."""
    return list(filter(None, env.get("PYTHONPATH", "").split(os.pathsep)))


def serve():
    """Answer until nobody asks any more."""
    load()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that is printed can be taken for an answer
    for line in sys.stdin:
        child = os.fork()
        if not child:
            answers.close()
            try:
                become(json.loads(line))
            finally:
                os._exit(70)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    serve()
