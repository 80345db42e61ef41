"""NumPy's global generator, begun anew for a library that draws from it and takes no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from benchwright.explanations.ask import Ask, Floats
from benchwright.explanations.variants import Kept


@contextmanager
def own_draws() -> Iterator[Callable[[Ask], Ask]]:
    """Begin the global generator anew, the same for every item, and leave it as it was found.

    Gives a wrapper of `Ask`, in which that generator goes on as it was before: other items are at it meanwhile, and models that draw.
    """
    outer = np.random.get_state()  # noqa: NPY002 - the library has no other
    np.random.seed(0)  # noqa: NPY002

    def outside(ask: Ask) -> Ask:
        def asked(kept: Kept) -> Floats:
            nonlocal outer
            mine = np.random.get_state()  # noqa: NPY002
            np.random.set_state(outer)  # noqa: NPY002
            try:
                return ask(kept)
            finally:
                outer = np.random.get_state()  # noqa: NPY002
                np.random.set_state(mine)  # noqa: NPY002

        return asked

    try:
        yield outside
    finally:
        np.random.set_state(outer)  # noqa: NPY002
