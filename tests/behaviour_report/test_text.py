"""Behavioural tests on a terminal."""

from __future__ import annotations

import io
import sys

from benchwright import console
from benchwright.behaviour_report.text import rate_lines, worst_lines
from benchwright.render.text_change import ChangePiece


def test_rates_tell_models_matrices_and_the_weakest_tests(by_hand):
    """A constant model fails its MFT and passes its INV, in one screen."""
    cells = by_hand.judged(words=by_hand.records(), constant=by_hand.records(by_hand.constant))
    text = "\n".join(rate_lines(cells))

    assert "behavioural tests of behaviour/sentiment: failure rates, lower is better" in text
    assert "tests with the highest failure rates: 2 of 4" in text
    assert "constant: capability" in text
    assert "100.00 no interval 6/6" in text


def test_all_tests_stand_in_the_order_of_the_suite(by_hand):
    """``--task`` asks for every test."""
    lines = list(rate_lines(by_hand.judged(words=by_hand.records()), all_tests=True))

    assert [line.split()[0] for line in lines[-4:]] == ["negated", "plain", "names", "praise"]


def test_no_failing_case_is_said(by_hand):
    """A table without rows would leave the reader guessing."""
    cells = by_hand.judged(best=by_hand.records(lambda text: 0.05 if "not" in text else 0.9))

    assert "no case of 4 tests fails" in list(rate_lines(cells))
    assert "no case fails" in console_text(worst_lines(cells, 5))


def console_text(lines):
    """What lines of pieces say."""
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def test_failing_cases_say_how_many_of_how_many(by_hand):
    """Whoever sees two of seven knows it."""
    cells = by_hand.judged(words=by_hand.records(), constant=by_hand.records(by_hand.constant))

    assert "2 of 7 of words, 2 of 6 of constant" in console_text(worst_lines(cells, 2))


def test_a_failing_case_stands_once_for_all_models(by_hand):
    """Both fail the first negation, which is told once with both answers."""
    cells = by_hand.judged(words=by_hand.records(), constant=by_hand.records(by_hand.constant))
    text = console_text(worst_lines(cells, 1))

    assert text.count("negated/0 · Negation · MFT") == 1
    assert "fails      words, constant" in text


def test_what_changed_is_marked_without_colour_where_output_is_no_terminal(by_hand, capsys):
    """In a file and for those who see no colour, characters say it."""
    console.say_pieces(
        (
            ChangePiece("kept", "a "),
            ChangePiece("removed", "good"),
            ChangePiece("inserted", "bad"),
            ChangePiece("kept", " film"),
        )
    )

    assert capsys.readouterr().out == "a [-good-]{+bad+} film\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


def test_a_terminal_has_colour_beside_the_marks(monkeypatch):
    """Colour helps, and is never alone; NO_COLOR leaves the marks."""
    line = (ChangePiece("kept", "a "), ChangePiece("inserted", "bad"))
    shown = []
    for value in ("", "1"):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("NO_COLOR", value)
        monkeypatch.setattr(sys, "stdout", Terminal())
        console.say_pieces(line)
        shown.append(sys.stdout.getvalue())

    assert shown == ["a \x1b[1;32m{+bad+}\x1b[0m\n", "a {+bad+}\n"]


def test_hostile_texts_move_no_cursor_and_give_no_command(by_hand, capsys):
    """Escapes, directions and commands for a runner are marks."""
    console.say_pieces((ChangePiece("kept", "::error x"), ChangePiece("inserted", "\x1b[31m\u202e::error\n::error")))
    for line in worst_lines(by_hand.judged(words=by_hand.records(lambda text: 0.9 if "\x1b" in text else 0.2)), 20):
        console.say_pieces(line)
    printed = capsys.readouterr().out

    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert not any(line.lstrip().startswith("::") for line in printed.splitlines())
    assert "\\x1b[31m" in printed
