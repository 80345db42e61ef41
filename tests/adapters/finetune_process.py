"""A training in a process of its own, forked from a Python that has the libraries loaded: loading them takes longer than the training."""

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


def train(told, folder, options, kind):
    """In the process: make a checkpoint and tell of each step, and of the folder at last."""

    def tell(what, done, total):
        told.send((what.split()[0], done))

    tone = (bench.make_kind if kind in bench.HARD else bench.make_bench)(Path(folder), kind, 144)
    made = tone.resolve(options, tell=tell)
    told.send(("made", made))


class Training:
    """A training that began; `steps` tells until it ends, and whoever leaves the block waits for that."""

    def __init__(self, folder, options, kind="single"):
        self._heard, told = WAYS.Pipe(duplex=False)
        self.process = WAYS.Process(target=train, args=(told, folder, options, kind))
        self.process.start()
        told.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.join()

    def __iter__(self):
        """What it tells, until its end: ``("training", 3)`` after the third step, ``("made", folder)`` at last."""
        while True:
            try:
                yield self._heard.recv()
            except EOFError:
                return
