"""What explanations cost through the shared prediction path, against the libraries' own way over a pipeline of `transformers`.

    python benchmarks/explanations.py --checkpoint FOLDER --data ../shared/data [SECTION ...] [--sentences 100] [--threads 2] [--write]

``shap``: SHAP of the first sentences of SST-2 (GLUE, dev) with the same number of evaluations: `shap.Explainer(pipeline)` as its documentation
has it, the same with large batches, and ours, with words left out (the default) and masked (as the library does). All in one process, in
blocks of 25 sentences, in turns. Rows, padded tokens and forward passes are counted at the model.
``lime``: LIME likewise, at 300 samples, against `lime.lime_text.LimeTextExplainer` over the pipeline.
``values``: whether values are the same where the masking is: the libraries are given our words and our variants as texts. Additivity.
``whole``: 200 items of SST-2 with SHAP at 100 evaluations each, judged, as a user types it: one process, everything counted.

The libraries explain every label of the model, ours the one that was predicted: the rows are the same. Faithfulness is measured in ``whole`` alone.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.remove(str(Path(__file__).parent))  # coverage.py beside this file is not the package that numba asks for

from benchwright import environment, registry
from benchwright.explanations.explain import explain_items, rng_of
from benchwright.explanations.libraries import library
from benchwright.explanations.methods.shap import BATCH
from benchwright.explanations.variants import variant
from benchwright.explanations.word_tree import tree_of
from benchwright.types import Context, Example, ExplainSpec, ModelRef

SECTIONS = ("shap", "lime", "values", "whole")
BLOCK = 25
LARGE = 64
"""Texts to a batch of a pipeline that is told to make batches."""


def read_sentences(data, number):
    """The first sentences of the validation split of SST-2, as examples."""
    path = next(data.rglob("SST-2/dev.tsv"))
    rows = path.read_text(encoding="utf-8").splitlines()[1 : number + 1]
    return [Example(id=f"sst2/{at}", index=at, inputs={"text": row.split("\t")[0]}) for at, row in enumerate(rows)]


class Passes:
    """Rows, padded tokens and forward passes of a model of torch."""

    def __init__(self, model):
        self.rows = self.tokens = self.passes = 0
        model.register_forward_pre_hook(self._count, with_kwargs=True)

    def _count(self, module, args, kwargs):
        ids = kwargs["input_ids"] if "input_ids" in kwargs else args[0]
        self.rows += int(ids.shape[0])
        self.tokens += int(ids.numel())
        self.passes += 1

    def now(self):
        return np.array([self.rows, self.tokens, self.passes])


class Ours:
    """The checkpoint opened by the adapter."""

    def __init__(self, checkpoint):
        from benchwright_adapters.transformers import adapter

        self.task = next(task for task in registry.get("suites", "glue").tasks if task.name == "sst2")
        work = Path(tempfile.mkdtemp())
        context = Context(suite="glue", train=None, items=tuple, workdir=work, offline=True)
        self.session = adapter.open(
            ModelRef(name="m", adapter="transformers", path=str(checkpoint)), self.task, context
        )
        self.counts = Passes(self.session.forward.model)

    def explain(self, examples, **options):
        items = list(zip(examples, self.session.predict(examples), strict=True))
        spec = ExplainSpec(faithfulness=False, **options)
        return list(explain_items(self.session, self.task, items, spec, seed=0))

    def way(self, **options):
        return lambda examples: self.explain(examples, **options)


class Pipeline:
    """The checkpoint in a pipeline of `transformers`, as the libraries' documentation makes one."""

    def __init__(self, checkpoint, batch=None):
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        more = {} if batch is None else {"batch_size": batch}
        self.pipe = transformers.pipeline(
            "text-classification", model=str(checkpoint), tokenizer=str(checkpoint), top_k=None, device="cpu", **more
        )
        self.labels = [self.pipe.model.config.id2label[at] for at in range(self.pipe.model.config.num_labels)]
        self.counts = Passes(self.pipe.model)

    def probabilities(self, texts):
        found = [{one["label"]: one["score"] for one in row} for row in self.pipe(list(map(str, texts)))]
        return np.array([[row[label] for label in self.labels] for row in found])


def shap_of(pipeline, evaluations, **options):
    explainer = library("shap").Explainer(pipeline.pipe)

    def explain(examples):
        for example in examples:
            explainer([example.inputs["text"]], max_evals=evaluations, silent=True, **options)

    return explain


def lime_of(pipeline, samples):
    explainer = library("lime.lime_text").LimeTextExplainer(class_names=pipeline.labels, random_state=0)

    def explain(examples):
        for example in examples:
            explainer.explain_instance(
                example.inputs["text"], pipeline.probabilities, labels=(0, 1), num_features=50, num_samples=samples
            )

    return explain


def in_turns(ways, examples):
    """Seconds by the clock and on the processor of each way, block by block, and what the model computed."""
    for compute, _ in ways.values():
        compute(examples[:2])  # what is compiled or made at the first call is not timed
    clock, processor = {way: [] for way in ways}, {way: [] for way in ways}
    counted = {way: np.zeros(3, dtype=int) for way in ways}
    order = list(ways)
    for begin in range(0, len(examples), BLOCK):
        order = order[1:] + order[:1]
        for way in order:
            compute, counts = ways[way]
            before, started, used = counts.now(), time.perf_counter(), time.process_time()
            compute(examples[begin : begin + BLOCK])
            clock[way].append(time.perf_counter() - started)
            processor[way].append(time.process_time() - used)
            counted[way] += counts.now() - before
    return clock, processor, counted


def told(ways, examples):
    """A table of ways, each against the first."""
    clock, processor, counted = in_turns(ways, examples)
    first = next(iter(ways))
    found = {}
    for way in ways:
        rows, tokens, passes = counted[way].tolist()
        ratios = [theirs / mine for theirs, mine in zip(clock[first], clock[way], strict=True)]
        on_processor = [theirs / mine for theirs, mine in zip(processor[first], processor[way], strict=True)]
        found[way] = {
            "seconds": round(sum(clock[way]), 2),
            "processor_seconds": round(sum(processor[way]), 2),
            "rows": rows,
            "padded_tokens": tokens,
            "forward_passes": passes,
            "times_faster": round(sum(clock[first]) / sum(clock[way]), 2),
            "times_faster_median_of_blocks": round(statistics.median(ratios), 2),
            "times_faster_on_the_processor": round(statistics.median(on_processor), 2),
        }
        print(f"  {way}: {json.dumps(found[way])}", flush=True)
    return found


def section_shap(given, examples):
    plain, large, ours = Pipeline(given.checkpoint), Pipeline(given.checkpoint, LARGE), Ours(given.checkpoint)
    options = {"method": "shap", "evaluations": given.evaluations}
    ways = {
        "shap.Explainer(pipeline)": (shap_of(plain, given.evaluations), plain.counts),
        f"the same, batches of {LARGE}": (shap_of(large, given.evaluations, batch_size=LARGE), large.counts),
        "ours, words left out": (ours.way(**options), ours.counts),
        "ours, words masked": (ours.way(removal="mask", **options), ours.counts),
    }
    return told(ways, examples)


def section_lime(given, examples):
    plain, large, ours = Pipeline(given.checkpoint), Pipeline(given.checkpoint, LARGE), Ours(given.checkpoint)
    options = {"method": "lime", "evaluations": given.samples}
    ways = {
        "LimeTextExplainer over the pipeline": (lime_of(plain, given.samples), plain.counts),
        f"the same, batches of {LARGE}": (lime_of(large, given.samples), large.counts),
        "ours, words left out": (ours.way(**options), ours.counts),
        "ours, words masked": (ours.way(removal="mask", **options), ours.counts),
    }
    return told(ways, examples)


class OurMasker:
    """Our words and our variants for the library: masks of words in, texts out."""

    immutable_outputs = True

    def __init__(self, example, words):
        self.example, self.words = example, words
        self.shape, self.clustering = (1, len(words)), tree_of(example, words)

    def text(self, kept):
        return variant(self.example, self.words, np.asarray(kept, dtype=bool), mask=None).inputs["text"]

    def __call__(self, kept, _):
        return (np.array([self.text(kept)]),)


def section_values(given, examples):
    """Largest differences from the libraries, given our words and variants; and how far values are from adding up."""
    pipeline, ours = Pipeline(given.checkpoint, LARGE), Ours(given.checkpoint)
    examples = examples[: given.compared]
    shapley = ours.explain(examples, method="shap", evaluations=given.evaluations)
    fives = []
    apart = {"shap": 0.0, "lime": 0.0}
    for example, one in zip(examples, shapley, strict=True):
        place = pipeline.labels.index(one.attributions[0].target.label)
        theirs = library_shap(pipeline, example, one.words, given.evaluations, BATCH)[:, place]
        apart["shap"] = max(apart["shap"], float(np.abs(theirs - one.attributions[0].values).max()))
        other = library_shap(pipeline, example, one.words, given.evaluations, 5)[:, place]
        fives.append(float(np.abs(theirs - other).max()))
    for example, one in zip(examples, ours.explain(examples, method="lime", evaluations=given.samples), strict=True):
        place = pipeline.labels.index(one.attributions[0].target.label)
        theirs = library_lime(pipeline, example, one.words, given.samples, place)
        apart["lime"] = max(apart["lime"], float(np.abs(theirs - one.attributions[0].values).max()))
    gaps = [
        abs(sum(one.attributions[0].values) - (one.attributions[0].full - one.attributions[0].base)) for one in shapley
    ]
    found = {
        "sentences": len(examples),
        "largest_difference": {name: float(f"{value:.2g}") for name, value in apart.items()},
        "furthest_from_adding_up": float(f"{max(gaps):.2g}"),
        "library_batches_of_5_against_its_batches_of_ours": float(f"{max(fives):.2g}"),
    }
    print(f"  {json.dumps(found)}", flush=True)
    return found


def library_shap(pipeline, example, words, evaluations, batch):
    """Values by `shap.PartitionExplainer` over the pipeline, words x labels."""
    explainer = library("shap").PartitionExplainer(pipeline.probabilities, OurMasker(example, words))
    row = np.ones((1, len(words)))
    return explainer(row, max_evals=evaluations, batch_size=batch, silent=True).values[0]


def library_lime(pipeline, example, words, samples, label):
    """Weights by `LimeTextExplainer` over the pipeline, whose words are the numbers of ours."""
    masker, count = OurMasker(example, words), len(words)
    state = np.random.RandomState(int(rng_of(example.id, 0).integers(2**32)))
    explainer = library("lime.lime_text").LimeTextExplainer(
        split_expression=str.split, bow=False, mask_string="", random_state=state, feature_selection="none"
    )

    def probabilities(texts):
        kept = [{int(word) for word in text.split()} for text in texts]
        return pipeline.probabilities([masker.text([at in here for at in range(count)]) for here in kept])

    numbered = " ".join(map(str, range(count)))
    found = explainer.explain_instance(
        numbered, probabilities, labels=(label,), num_features=count, num_samples=samples
    )
    return np.array([weight for _, weight in sorted(found.local_exp[label])])


def section_whole(given, _):
    """The command, in a process of its own, into an empty store: answers to all of the split, and 200 of them explained."""
    with tempfile.TemporaryDirectory() as store:
        command = [
            *(
                sys.executable,
                "-m",
                "benchwright",
                "explain",
                f"transformers:{given.checkpoint}",
                "--suite",
                "glue/sst2",
            ),
            *(
                "--method",
                "shap",
                "--evaluations",
                "100",
                "--examples",
                str(given.whole),
                "--show",
                "0",
                "--format",
                "json",
            ),
            *("--data", str(given.data), "--store", store),
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": str(given.threads)},
        )
        seconds = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode:
            raise SystemExit(done.stderr)
        summary = find_summary(json.loads(done.stdout))
    found = {
        "items": given.whole,
        "seconds": round(seconds, 1),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "explaining_seconds": round(summary["seconds"], 1),
        "queries": summary["queries"],
        "largest_memory_mb": round(after.ru_maxrss / 1024),
    }
    print(f"  {json.dumps(found)}", flush=True)
    return found


def find_summary(document):
    """The summary of the explanation, wherever it stands in what is printed."""
    if isinstance(document, dict):
        if "attachment" in document and "queries" in document:
            return document
        document = list(document.values())
    if isinstance(document, list):
        for one in document:
            if (found := find_summary(one)) is not None:
                return found
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all of them without")
    parser.add_argument("--checkpoint", type=Path, required=True, help="a fine-tuned MiniLM for SST-2")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--evaluations", type=int, default=100)
    parser.add_argument("--samples", type=int, default=300)
    parser.add_argument("--compared", type=int, default=20, help="sentences of the section values")
    parser.add_argument("--whole", type=int, default=200, help="items of the section whole")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--write", action="store_true", help="keep what was measured in benchmarks/results")
    given = parser.parse_args()
    import torch

    torch.set_num_threads(given.threads)
    examples = read_sentences(given.data, given.sentences)
    sections = given.sections or SECTIONS
    result = {
        "machine": {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2)},
        "libraries": environment.versions("shap", "lime", "transformers", "torch"),
        "what": {"task": "glue/sst2", "sentences": given.sentences, "evaluations": given.evaluations}
        | {"samples": given.samples, "threads": given.threads, "model": "MiniLM, fine-tuned"},
    }
    print(json.dumps(result["what"] | result["libraries"]))
    for name in sections:
        print(name, flush=True)
        with contextlib.redirect_stderr(io.StringIO()):
            result[name] = globals()[f"section_{name}"](given, examples)
    result["machine"]["load_1min_at_the_end"] = round(os.getloadavg()[0], 2)
    if given.write:
        out = Path(__file__).parent / "results" / f"{datetime.now(UTC).date().isoformat()}-explanations.json"
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(f"written to {out.name}")


if __name__ == "__main__":
    main()
