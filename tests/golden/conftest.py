"""Small data of every kind of task and answers of two systems to them, the same on every machine.

Everything is made by arithmetic on row numbers: no random numbers, no files from elsewhere.
"""

import json

import pytest

ROWS = 60
WORDS = ("good", "fine", "bad", "poor", "slow", "bright", "late", "calm")
NAMES = ("Ada", "Bob", "Cid", "Dee")
PLACES = ("Rome", "Oslo", "Bern")


def put(folder, name, content):
    """Write text, or rows as JSON lines, below the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, str):
        content = "".join(json.dumps(row) + "\n" for row in content)
    path.write_text(content, encoding="utf-8", newline="")


def wrong(row, one_of):
    """Whether a system that errs on about one row of `one_of` errs on this one."""
    return (row * 7919 + 31 * one_of) % one_of == 0


def sentence(row):
    """A short text, another for each row."""
    return f"{WORDS[row % 8]} film number {row}, {WORDS[(row * 3 + 1) % 8]} and {WORDS[(row * 5 + 2) % 8]}"


SYSTEMS = {"a": 7, "b": 4}
"""System -> it errs on about one row of so many."""


def classify(folder):
    """Three labels, two slices, clusters of an author."""
    labels = ("bad", "fair", "good")
    gold = [labels[(row * 2 + row // 5) % 3] for row in range(ROWS)]
    table = ["review,stars,lang,channel,author"]
    table += [
        f'"{sentence(row)}",{gold[row]},{("en", "de")[row % 2]},{("web", "shop", "")[row % 3]},author{row // 3}'
        for row in range(ROWS)
    ]
    put(folder, "reviews.csv", "\n".join(table) + "\n")
    train = [f'"{sentence(row + 100)}",{labels[row % 3]}' for row in range(30)]
    put(folder, "train.csv", "\n".join(["review,stars", *train]) + "\n")
    for system, one_of in SYSTEMS.items():
        answers = []
        for row in range(ROWS):
            best = (labels.index(gold[row]) + wrong(row, one_of)) % 3
            scores = {name: 0.6 + row / 400 if at == best else (0.4 - row / 400) / 2 for at, name in enumerate(labels)}
            answers.append({"index": row, "label": labels[best], "scores": scores})
        put(folder, f"{system}.jsonl", answers)
    return (
        "classification/custom?path=reviews.csv&train=train.csv&text=review&label=stars&labels=bad,fair,good"
        "&slice=lang,channel&cluster=author&positive=good&name=stars"
    ), "majority"


def multilabel(folder):
    """Any number of three labels."""
    labels = ("price", "service", "taste")
    gold = [[name for at, name in enumerate(labels) if (row + at * 3) % (at + 2) == 0] for row in range(ROWS)]
    put(folder, "topics.jsonl", [{"text": sentence(row), "label": gold[row]} for row in range(ROWS)])
    for system, one_of in SYSTEMS.items():
        answers = []
        for row in range(ROWS):
            said = set(gold[row]) ^ ({labels[row % 3]} if wrong(row, one_of) else set())
            scores = {name: 0.9 - row / 600 if name in said else 0.1 + row / 600 for name in labels}
            answers.append({"index": row, "label": sorted(said), "scores": scores})
        put(folder, f"{system}.jsonl", answers)
    return "classification/custom?path=topics.jsonl&multilabel=true&labels=price,service,taste&name=topics", (
        "constant:price|taste"
    )


def regress(folder):
    """Likeness of two sentences, from 0 to 5."""
    gold = [round((row * 37 % 51) / 10, 3) for row in range(ROWS)]
    columns = [
        "index",
        "genre",
        "filename",
        "year",
        "old_index",
        "source1",
        "source2",
        "sentence1",
        "sentence2",
        "score",
    ]
    table = ["\t".join(columns)]
    table += [
        "\t".join(
            (
                str(row),
                "g",
                "f",
                "2012",
                str(row),
                "s",
                "s",
                sentence(2 * row),
                sentence(2 * row + 1),
                f"{gold[row]:.3f}",
            )
        )
        for row in range(ROWS)
    ]
    put(folder, "data/STS-B/dev.tsv", "\n".join(table) + "\n")
    for system, one_of in SYSTEMS.items():
        near = [round(gold[row] + (row % 5 - 2) / 20 - wrong(row, one_of) * 0.75, 4) for row in range(ROWS)]
        put(folder, f"{system}.jsonl", [{"index": row, "value": min(max(near[row], 0), 5)} for row in range(ROWS)])
    return "glue/stsb", "constant:2.5"


def tag(folder):
    """Persons and places in sentences of three documents."""
    sentences = []
    for row in range(ROWS):
        words = [(NAMES[row % 4], "B-PER")]
        words += [("Lane", "I-PER")] if row % 3 == 0 else []
        words += [("writes", "O"), ("from", "O"), (PLACES[row % 3], "B-LOC")]
        words += [("today", "O")] if row % 2 else []
        sentences.append(words)
    lines = []
    for row, words in enumerate(sentences):
        lines += ["-DOCSTART- O", ""] if row % 20 == 0 else []
        lines += [f"{word} {name}" for word, name in words] + [""]
    put(folder, "test.conll", "\n".join(lines) + "\n")
    for system, one_of in SYSTEMS.items():
        answers = []
        for row, words in enumerate(sentences):
            said = [name for _, name in words]
            if wrong(row, one_of):
                said[0 if row % 2 else -2] = ("O", "B-LOC", "I-PER")[row % 3]
            answers.append({"index": row, "tags": said})
        put(folder, f"{system}.jsonl", answers)
    return "ner/custom?path=test.conll&name=people", "constant:O"


def span(folder):
    """Questions about paragraphs; every fifth has no answer there."""
    paragraphs, answers = [], {system: [] for system in SYSTEMS}
    for paragraph in range(ROWS // 3):
        name, place = NAMES[paragraph % 4], PLACES[paragraph % 3]
        context = f"{name} of house {paragraph} lives in the old town of {place}. It was {WORDS[paragraph % 8]} there."
        questions = []
        for part in range(3):
            row = paragraph * 3 + part
            text = (name, f"the old town of {place}", WORDS[paragraph % 8])[part]
            absent = row % 5 == 4
            found = [] if absent else [{"text": text, "answer_start": context.index(text)}]
            if part == 1 and found:
                found.append({"text": place, "answer_start": context.index(place)})
            questions.append(
                {"id": f"q{row}", "question": f"what {part} of {paragraph}?", "answers": found, "is_impossible": absent}
            )
            for system, one_of in SYSTEMS.items():
                said = "" if absent else text
                if wrong(row, one_of):
                    said = (f"{name} of house", "", "lives in the")[row % 3]
                answers[system].append({"id": f"q{row}", "text": said, "no_answer_score": round((row % 10) / 10, 2)})
        paragraphs.append({"context": context, "qas": questions})
    put(folder, "dev.json", json.dumps({"version": "2", "data": [{"title": "t", "paragraphs": paragraphs}]}))
    for system, rows in answers.items():
        put(folder, f"{system}.jsonl", rows)
    return "squad/custom?path=dev.json&name=questions", "majority"


def choose(folder):
    """Two endings, one of which follows."""
    gold = [(row * 3 + row // 7) % 2 for row in range(ROWS)]
    rows = [
        {
            "premise": sentence(row),
            "choice1": f"it was {WORDS[row % 8]}",
            "choice2": f"it was {WORDS[(row + 3) % 8]}",
            "question": ("cause", "effect")[row % 2],
            "label": gold[row],
            "idx": row,
        }
        for row in range(ROWS)
    ]
    put(folder, "data/COPA/val.jsonl", rows)
    for system, one_of in SYSTEMS.items():
        put(
            folder,
            f"{system}.jsonl",
            [{"index": row, "label": (gold[row] + wrong(row, one_of)) % 2} for row in range(ROWS)],
        )
    return "superglue/copa", "constant:1"


KINDS = {
    "classify": classify,
    "multilabel": multilabel,
    "regress": regress,
    "tag": tag,
    "span": span,
    "choose": choose,
}
"""Name -> function that writes the data and the answers of both systems; returns the selector and a reference model."""


@pytest.fixture(scope="session")
def kinds():
    """Name of a kind -> the function that writes its data and answers."""
    return KINDS
