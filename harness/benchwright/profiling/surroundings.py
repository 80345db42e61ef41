"""What the process of a model finds in its environment: as many threads as it may use, in the words of each library."""

from __future__ import annotations

import os
from collections.abc import Mapping

from benchwright.environment import threads

_BY_LIBRARY = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
"""OpenMP and torch, three libraries of matrices, tables, tokenizers: each counts the processors of the machine unless it is told."""


def surroundings(*, processes: int = 1, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a process that measures.

    Threads are those of `environment.threads`: never more than the affinity mask and the container allow, shared out where several
    processes work at the same time. What the user set for one of the libraries stands. ``CUDA_VISIBLE_DEVICES`` is passed on.

    Args:
        processes: How many work at the same time.
        environ: In place of this process's own.
    """
    given = dict(os.environ if environ is None else environ)
    share = str(max(1, threads(given) // processes))
    told = {name: share for name in _BY_LIBRARY if processes > 1 or not given.get(name)}
    told.setdefault("OMP_NUM_THREADS", given.get("OMP_NUM_THREADS", share))
    told["OMP_WAIT_POLICY"] = (
        given.get("OMP_WAIT_POLICY") or "passive"
    )  # as under the command line: who waits takes no processor
    told["TOKENIZERS_PARALLELISM"] = given.get("TOKENIZERS_PARALLELISM") or "true"
    told["PYTHONUNBUFFERED"] = "1"
    return {**given, **told}
