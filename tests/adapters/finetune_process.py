"""A training in a process of its own, forked from a Python that has the libraries loaded: loading them takes longer than the training."""

import contextlib
import multiprocessing
from pathlib import Path

import finetune_bench as bench

WAYS = multiprocessing.get_context("forkserver")
WAYS.set_forkserver_preload(
    [
        "benchwright.cli.main",  # says what torch must be told before it is loaded
        "benchwright.testing.fixtures",
        "benchwright_adapters.finetune",
        "benchwright_adapters._finetune.job",
        "benchwright_adapters._finetune.loop",
        "transformers.models.auto.modeling_auto",
        "transformers.models.auto.tokenization_auto",
        "transformers.models.bert.modeling_bert",
    ]
)
"""Named as they are found without this folder, which the server does not look into."""


def train(told, heard, folder, options, kind):
    """In the process: make a checkpoint and tell of each step, and of the folder at last."""

    def tell(what, done, total):
        told.send((what.split()[0], done))
        if heard is not None:
            heard.recv()

    tone = (bench.make_kind if kind in bench.HARD else bench.make_bench)(Path(folder), kind, 144)
    made = tone.resolve(options, tell=tell)
    told.send(("made", made))


class Training:
    """A training that began; iterating tells until it ends, and whoever leaves the block waits for that.

    ``ahead``: steps that it may take before it was heard of the first of them; None: any number, so that a signal may come when it is over.
    """

    def __init__(self, folder, options, kind="single", *, ahead=None):
        self._told, told = WAYS.Pipe(duplex=False)
        heard, self._heard = WAYS.Pipe(duplex=False)
        self._hears = ahead is not None
        for _ in range(ahead or 0):
            self._heard.send(None)
        self.process = WAYS.Process(target=train, args=(told, heard if self._hears else None, folder, options, kind))
        self.process.start()
        told.close()
        heard.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.join()

    def __iter__(self):
        """What it tells, until its end: ``("training", 3)`` after the third step, ``("made", folder)`` at last."""
        while True:
            try:
                one = self._told.recv()
            except EOFError:
                return
            if self._hears:
                with contextlib.suppress(OSError):  # it has ended, and its last words are still to be read
                    self._heard.send(None)
            yield one
