"""Behavioural tests on a terminal: rates, matrix, tests with the highest rates, and failing cases as pairs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchwright.behaviour_report.cases import CaseAnswer, CaseExample, CaseView, view_cases
from benchwright.behaviour_report.judged import JudgedCell
from benchwright.behaviour_report.rates import Rate, matrix_of, system_rates, test_rows
from benchwright.formatting import clip, count
from benchwright.render.text_change import ChangePiece
from benchwright.tables import text_table

MOST_TESTS = 10
"""Tests of the short table, those with the highest failure rates."""

Line = tuple[ChangePiece, ...]
"""A line of output; pieces that were removed or inserted are marked."""


def rate_lines(cells: Sequence[JudgedCell], *, all_tests: bool = False) -> Iterator[str]:
    """The rates of a task: of each model over all cases, its matrix, and tests.

    Args:
        cells: The models on one task.
        all_tests: Every test in the order of the suite, in place of those with the highest rates.
    """
    heads = ("model", "failure rate", "failing cases", "left out", "flip rate of INV")
    rows = [system_rates(cell) for cell in cells]
    yield f"behavioural tests of {cells[0].cell.task_path}: failure rates, lower is better"
    yield from text_table(
        heads,
        [
            (row.system, f"{row.rate.text} {row.rate.between}", row.rate.counted, row.rate.left_out, row.flips)
            for row in rows
        ],
        right=(1, 2, 4),
    )
    for cell in cells:
        yield ""
        yield from _matrix_lines(cell)
    yield ""
    yield from _test_lines(cells, all_tests=all_tests)


def _matrix_lines(cell: JudgedCell) -> Iterator[str]:
    matrix = matrix_of(cell)
    heads = (f"{cell.system}: capability", *matrix.types, "all types")
    rows = [(name, *map(_in_matrix, rates), _in_matrix(total)) for name, rates, total in matrix.rows]
    rows.append(("all capabilities", *map(_in_matrix, matrix.last[0]), _in_matrix(matrix.last[1])))
    yield from text_table(heads, rows, right=range(1, len(heads)))


def _in_matrix(rate: Rate) -> str:
    counted = rate.counted.replace(" of ", "/")
    return " ".join(part for part in (rate.text, rate.between, counted) if part)


def _test_lines(cells: Sequence[JudgedCell], *, all_tests: bool) -> Iterator[str]:
    rows = test_rows(cells)
    if not all_tests:
        # Failures of a model that always says the same are those of its answer: they put no test first.
        telling = [at for at, cell in enumerate(cells) if not cell.is_constant] or range(len(cells))
        highest = sorted(rows, key=lambda row: -max(row.rates[at].share or 0.0 for at in telling))
        shown = [row for row in highest if any(rate.share for rate in row.rates)][:MOST_TESTS]
        if not shown:
            yield f"no case of {count(len(rows))} tests fails"
            return
        yield f"tests with the highest failure rates: {len(shown)} of {count(len(rows))}"
        rows = tuple(shown)
    heads = ("test", "type", "capability", *(cell.system for cell in cells))
    yield from text_table(heads, [(row.name, row.type, row.capability, *map(_in_tests, row.rates)) for row in rows])


def _in_tests(rate: Rate) -> str:
    return ", ".join(part for part in (rate.line, rate.left_out, rate.flips) if part)


def worst_lines(cells: Sequence[JudgedCell], number: int, slice: str | None = None) -> Iterator[Line]:
    """Failing cases: ``number`` of each model, each with what all models answered."""
    failing = {cell.system: cell.failing(slice) for cell in cells}
    path, where = cells[0].cell.task_path, f" in the slice {slice}" if slice else ""
    if not any(failing.values()):
        yield _line(f"{path}{where}: no case fails")
        return
    counts = ", ".join(
        f"{min(number, len(names))} of {count(len(names))} of {system}" for system, names in failing.items()
    )
    yield _line(f"failing cases of {path}{where}: {counts}; of each test in turn the largest failure")
    for view in view_cases(cells, (name for names in failing.values() for name in names[:number])):
        yield ()
        yield from _case_lines(view)


def _line(text: str) -> Line:
    return (ChangePiece("kept", text),)


def _case_lines(view: CaseView) -> Iterator[Line]:
    yield _line(f"{view.name} · {view.capability} · {view.type}")
    yield _line(f"  expected   {view.expected}")
    yield _line(f"  fails      {', '.join(view.fails) or 'no model'}")
    systems = [answer.system for example in view.examples for answer in example.answers]
    width = min(max(map(len, systems), default=0), 30)
    for example in view.examples:
        yield from _example_lines(example, width)
    if view.hidden:
        yield _line(f"  and {count(view.hidden)} more examples of this case")


def _example_lines(example: CaseExample, width: int) -> Iterator[Line]:
    several = len(example.texts) > 1
    for at, (name, pieces) in enumerate(example.texts):
        role = example.role if not at else ""
        shown = pieces or (ChangePiece("kept", "(as in the original)"),)
        yield (ChangePiece("kept", f"  {role:<10} {name + ': ' if several else ''}"), *shown)
    if not example.texts:
        yield _line(f"  {example.role:<10} (its texts are not kept)")
    if example.gold:
        yield _line(f"  {'':<10} target {example.gold}")
    for answer in example.answers:
        yield _line(_answer_line(answer, width))


def _answer_line(answer: CaseAnswer, width: int) -> str:
    outcome = {"fails": "FAILS", "not judged": ""}.get(answer.outcome, answer.outcome)
    scores = f"  ({answer.scores})" if answer.scores else ""
    said = f"    {clip(answer.system, width):<{width}}  {outcome:<14}  {answer.answer}{scores}"
    return said.rstrip()
