"""How fast start and end scores become answers on SQuAD 1.1 dev: against a plain loop that gives the same answers.

    python benchmarks/squad_postprocess.py --data ../shared/data --tokenizer FOLDER [--rounds 3] [--out FILE]

The windows are real (10,570 questions, 384 tokens, stride 128), the scores random numbers with a share of likely places, seeded.
The plain loop does what the question-answering example of `transformers` does for each question: the 20 highest starts
and ends of each window, all pairs one by one, a sorted list of candidates, the texts, a softmax over them. It is written
here from that description, in double precision, and must give the same text, score and null score for every question.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchwright import environment
from benchwright.checkpoints.tokenizer import open_tokenizer, quiet
from benchwright.encoders.contexts import encode_contexts
from benchwright.encoders.spans import find_spans

MAX_LENGTH, STRIDE, N_BEST, LONGEST = 384, 128, 20, 30


def read_questions(data):
    """Questions and contexts of SQuAD 1.1 dev."""
    path = next(path for path in data.rglob("dev-v1.1.json"))
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    pairs = [
        (question["question"], paragraph["context"])
        for article in articles
        for paragraph in article["paragraphs"]
        for question in paragraph["qas"]
    ]
    return [question for question, _ in pairs], [context for _, context in pairs]


def make_scores(inputs):
    """Random scores for each window, 2 x tokens; a few tokens of the context stand out, as in a trained model."""
    draw = np.random.default_rng(0)
    rows = []
    for size, (first, last) in zip(inputs.encoded.lengths.tolist(), inputs.context.tolist(), strict=True):
        row = draw.normal(-6, 2, size=(2, size)).astype(np.float32)
        for side in row:
            side[draw.integers(first, last + 1, size=3)] += 8
        rows.append(row)
    return rows


def by_loop(inputs, rows, contexts):
    """Text, score and null score of each question, pair by pair."""
    windows = [[] for _ in contexts]
    for at, owner in enumerate(inputs.owner.tolist()):
        windows[owner].append(at)
    found = []
    for at, context in enumerate(contexts):
        candidates, null = [], None
        for window in windows[at]:
            starts, ends = rows[window].astype(np.float64)
            first, last = inputs.context[window].tolist()
            offsets = inputs.offsets[window].tolist()
            here = starts[0] + ends[0]
            null = here if null is None else min(null, here)
            for start in np.argsort(starts)[-1 : -N_BEST - 1 : -1].tolist():
                for end in np.argsort(ends)[-1 : -N_BEST - 1 : -1].tolist():
                    if start < first or end < first or start > last or end > last:
                        continue
                    if end < start or end - start + 1 > LONGEST:
                        continue
                    span = (offsets[start - first][0], offsets[end - first][1])
                    candidates.append({"score": starts[start] + ends[end], "offsets": span})
        best = sorted(candidates, key=lambda one: one["score"], reverse=True)[:N_BEST]
        for one in best:
            one["text"] = context[one["offsets"][0] : one["offsets"][1]]
        powers = np.exp([one["score"] - best[0]["score"] for one in best]) if best else ()
        for one, power in zip(best, powers, strict=True):
            one["probability"] = power / np.sum(powers)
        found.append((best[0]["text"], best[0]["score"], null) if best else ("", -np.inf, null))
    return found


def by_adapter(inputs, rows, contexts):
    """The same from the adapter's code."""
    spans = find_spans(inputs, rows, len(contexts), n_best=N_BEST, max_answer_length=LONGEST)
    places = zip(contexts, spans.start.tolist(), spans.end.tolist(), strict=True)
    texts = ["" if start < 0 else context[start:end] for context, start, end in places]
    return list(zip(texts, spans.score.tolist(), spans.null.tolist(), strict=True))


def count_unequal(found, expected):
    """Questions on which the two differ in text, score or null score, those without a candidate in the n-best left out."""
    pairs = [(a, b) for a, b in zip(found, expected, strict=True) if b[1] > -np.inf]
    unequal = sum(bool(a[0] != b[0] or abs(a[1] - b[1]) > 1e-9 or abs(a[2] - b[2]) > 1e-9) for a, b in pairs)
    return unequal, len(expected) - len(pairs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    questions, contexts = read_questions(given.data)
    started = time.perf_counter()
    with quiet():
        tokenizer = open_tokenizer(given.tokenizer)
        inputs = encode_contexts(tokenizer, questions, contexts, max_length=MAX_LENGTH, stride=STRIDE)
    encoding = time.perf_counter() - started
    rows = make_scores(inputs)
    print(f"{len(questions)} questions, {len(rows)} windows, encoded in {encoding:.2f} s", flush=True)
    ways = {"plain loop": by_loop, "adapter": by_adapter}
    seconds, answers = {way: [] for way in ways}, {}
    for _ in range(given.rounds):
        for way, compute in ways.items():
            started = time.perf_counter()
            answers[way] = compute(inputs, rows, contexts)
            seconds[way].append(time.perf_counter() - started)
    unequal, outside = count_unequal(answers["adapter"], answers["plain loop"])
    result = {
        "machine": {**environment.describe(), "load_1min": round(os.getloadavg()[0], 2)},
        "what": {
            "questions": len(questions),
            "windows": len(rows),
            "max_length": MAX_LENGTH,
            "stride": STRIDE,
            "n_best": N_BEST,
            "max_answer_length": LONGEST,
            "scores": "random, seeded",
        },
        "encoding_s": round(encoding, 2),
        "rows": [
            {"way": way, "median_s": round(statistics.median(times), 3), "min_s": round(min(times), 3)}
            for way, times in seconds.items()
        ],
        "unequal_answers": unequal,
        "without_a_candidate_in_the_n_best": outside,
    }
    now = datetime.now(UTC).date().isoformat()
    out = given.out or Path(__file__).parent / "results" / f"{now}-squad-postprocess.json"
    out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
