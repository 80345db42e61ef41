"""Perturbations in tables: what each does and promises, and all of them at three severities on five sentences.

python benchmarks/perturbation_table.py            # every perturbation on every sentence, to read
python benchmarks/perturbation_table.py --page     # the two tables of docs/perturbations.md, in Markdown
"""

import sys

from benchwright.perturbations import DEFAULT, INDEX, Item, Perturbation, changed_inputs, named, perturb
from benchwright.types import Kind

SENTENCES = (
    "The film wasn't bad at all, but John Smith is not the best actor of 2004.",
    "it 's a charming and often affecting journey .",
    "In 1999, 25 workers from Ohio founded the company; it had 1,200 employees by 2003.",
    "I can't believe they will never release it on DVD!",
    "Sarah told 3 friends at https://example.com that she'd arrive at 10:30 on May 15, 2010.",
)
SHOWN = {"number_words": 4, "number": 2, "whitespace": 1}
"""Name -> the sentence that the page shows of it, where that is not the first."""

WORDS = {"kept": "yes", "apart": "apart", "declared": "declared", "no": "no"}


def variant(perturbation: Perturbation, at: int, severity: int) -> str:
    item = Item(f"t/{at}", Kind.CLASSIFY, {"text": SENTENCES[at]}, {}, (), "text")
    changes = perturb(perturbation, item, severity=severity)  # type: ignore[arg-type]
    return str(changed_inputs(item.inputs, changes)["text"]) if changes else ""


def cell(text: str) -> str:
    return text.replace("\n", "⏎").replace("\t", "⇥").replace("|", "\\|")


def shares(perturbation: Perturbation) -> str:
    if perturbation.name in ("irrelevant_sentence", "url", "handle", "tautology"):
        return ", ".join(f"{share:g}" for share in perturbation.shares) + " added"
    return ", ".join(f"{share:.0%}" for share in perturbation.shares) + f" of {perturbation.share_of}"


def cards() -> list[str]:
    rows = ["| perturbation | what it does | severities 1, 2, 3 | never touches |", "|---|---|---|---|"]
    for name in INDEX:
        card = named(name)
        mark = f"**`{name}`**" if name in DEFAULT else f"`{name}`"
        rows.append(f"| {mark} | {card.description} | {shares(card)} | {card.untouched.sentence or '-'} |")
    return rows


def labels() -> list[str]:
    kinds = (Kind.CLASSIFY, Kind.REGRESS, Kind.TAG, Kind.SPAN, Kind.CHOOSE)
    rows = [f"| perturbation | {' | '.join(map(str, kinds))} |", "|---|" + "---|" * len(kinds)]
    found: dict[tuple[str, ...], list[str]] = {}
    for name in INDEX:
        found.setdefault(tuple(WORDS[named(name).label_for(kind)] for kind in kinds), []).append(f"`{name}`")
    return [*rows, *(f"| {', '.join(names)} | {' | '.join(answers)} |" for answers, names in found.items())]


def samples() -> list[str]:
    rows = ["| perturbation | severity 1 | severity 3 |", "|---|---|---|"]
    for name in INDEX:
        card, at = named(name), SHOWN.get(name, 0)
        rows.append(f"| `{name}` | {cell(variant(card, at, 1))} | {cell(variant(card, at, 3))} |")
    return rows


def main() -> None:
    if "--page" in sys.argv:
        print("\n".join([*cards(), "", *labels(), "", *samples()]))
        return
    for name in INDEX:
        print(f"## {name}")
        for at, sentence in enumerate(SENTENCES):
            print(f"  {sentence}")
            for severity in (1, 2, 3):
                print(f"    {severity}: {cell(variant(named(name), at, severity)) or '(nothing to change)'}")


if __name__ == "__main__":
    main()
