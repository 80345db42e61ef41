"""Rows and files in the form of BBQ's release, for tests of suites and of adapters."""

import json


def question(at, category="Religion", context="ambig", label=1, **more):
    """A row in the form of the release; answer 1 says that nobody knows."""
    info = {"ans0": ["Jewish", "Jewish"], "ans1": ["Unknown", "unknown"], "ans2": ["Muslim", "Muslim"]}
    return {
        "example_id": at, "question_index": str(1 + at // 4), "question_polarity": ("neg", "nonneg")[at // 2 % 2],
        "context_condition": context, "category": category, "answer_info": info,
        "additional_metadata": {"stereotyped_groups": ["Muslim"]}, "context": f"Two people met, {at}.",
        "question": "Who left?", "ans0": "The Jewish one", "ans1": "Can't tell", "ans2": "The Muslim one", "label": label,
    } | more  # fmt: skip


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
