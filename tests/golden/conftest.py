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


ADJECTIVES = {"good": 0.9, "bad": 0.1, "bright": 0.7, "poor": 0.2, "slow": 0.35, "fine": 0.65}
"""What the system `words` thinks of each word: P(positive)."""


def write_behaviour(folder):
    """A suite of tests in the portable format: four capabilities, the three types, a case with markup in it; and one system's answers.

    The system reads words and no negation, and takes another name for a reason.
    """
    tests = [
        {"test": "plain", "type": "MFT", "capability": "Vocabulary", "description": "One word says it."},
        {
            "test": "negated",
            "type": "MFT",
            "capability": "Negation",
            "description": "A negated word says the opposite.",
        },
        {"test": "names", "type": "INV", "capability": "NER", "description": "Another name changes nothing."},
        {
            "test": "markup",
            "type": "INV",
            "capability": "Robustness",
            "expect": {"kind": "invariant", "tolerance": 0.0},
        },
        {
            "test": "praise",
            "type": "DIR",
            "capability": "Vocabulary",
            "expect": {"kind": "shift", "direction": "up", "positive": "positive", "negative": "negative"},
        },
    ]
    cases = {test["test"]: [] for test in tests}
    for at, word in enumerate(ADJECTIVES):
        liked = ADJECTIVES[word] > 0.5
        plain, negated = f"The film is {word}.", f"The film is not {word}."
        target = ("positive", "negative") if liked else ("negative", "positive")
        cases["plain"].append({"examples": [plain], "target": target[0], "template": "The {noun} is {adj}."})
        cases["negated"].append({"examples": [negated], "target": target[1], "template": f"not {at % 2}"})
        cases["names"].append(
            {"examples": [f"Ada: {plain}", f"Bob: {plain}", f"Ida: {plain}"], "template": f"name {at % 3}"}
        )
        cases["markup"].append({"examples": [plain, f"<b>{plain}</b>", f"{plain} \x1b[1m\u202e"]})
        cases["praise"].append({"examples": [plain, f"{plain} And bright!"], "groups": {"liked": str(liked)}})
    lines = [
        {
            "schema": 1,
            "name": "small",
            "version": 1,
            "kind": "classify",
            "labels": ["negative", "positive"],
            "licence": "CC0-1.0",
            "citation": "Written for a test.",
            "n_tests": len(tests),
            "n_cases": sum(map(len, cases.values())),
        }
    ]
    texts = []
    for test in tests:
        lines.append(test)
        for at, case in enumerate(cases[test["test"]]):
            texts += case["examples"]
            examples = [{"text": text} for text in case["examples"]]
            lines.append({"test": test["test"], "case": str(at), **case, "examples": examples})
    put(folder, "small.jsonl", lines)
    put(folder, "words.jsonl", [{"index": row, **_opinion(text)} for row, text in enumerate(texts)])
    return "behaviour/small?path=small.jsonl"


def _opinion(text):
    """A label and probabilities: the mean of the known words, less for Bob, and a doubt where there is markup."""
    known = [value for word, value in ADJECTIVES.items() if word in text]
    p = round(sum(known) / len(known) - 0.3 * ("Bob" in text) + 0.2 * ("<b>" in text), 3)
    p = min(max(p, 0.05), 0.95)
    return {"label": "positive" if p > 0.5 else "negative", "scores": {"negative": round(1 - p, 3), "positive": p}}


@pytest.fixture(scope="session")
def kinds():
    """Name of a kind -> the function that writes its data and answers."""
    return KINDS


@pytest.fixture(scope="session")
def behaviour():
    """The function that writes a behavioural suite and answers to it, and gives its selector."""
    return write_behaviour
