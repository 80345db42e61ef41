"""`check_report` finds what it is for: each test breaks a small report in one way and reads what is found."""

from html import escape

import msgspec
import pytest

from benchwright.testing import check_report


class Page:
    """A report to break: names and reasons, escaped."""

    name = "html"
    suffix = ".html"

    def render(self, runs, records, options=None):
        cells = [cell for run in runs for cell in run.cells]
        texts = [f"{c.model} {c.task} {c.reason} {c.alarms} {records(c.key) if c.key else ''}" for c in cells]
        return "".join(f"<p>{escape(text)}</p>" for text in texts)


class Raw(Page):
    def render(self, runs, records, options=None):
        return "".join(
            f"{cell.model} {cell.task} {cell.alarms[0].sentence}" for run in runs for cell in run.cells if cell.alarms
        )


class Counts(Page):
    calls = 0

    def render(self, runs, records, options=None):
        Counts.calls += 1
        return super().render(runs, records) + str(Counts.calls)


class Fetches(Page):
    def render(self, runs, records, options=None):
        return super().render(runs, records) + '<script src="https://cdn.example/plot.js"></script>'


class NeedsRuns(Page):
    def render(self, runs, records, options=None):
        return super().render(runs, records) + runs[0].name


class Silent(Page):
    def render(self, runs, records, options=None):
        return "<p>done</p>"


class Untroubled(Page):
    def render(self, runs, records, options=None):
        calm = [
            msgspec.structs.replace(run, cells=tuple(msgspec.structs.replace(c, alarms=()) for c in run.cells))
            for run in runs
        ]
        return super().render(calm, records)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (Raw, "from a text reaches the page as it is"),
        (Counts, "two renderings differ"),
        (Fetches, "the page asks for something from elsewhere: src="),
        (NeedsRuns, "no run: renders, twice the same: IndexError"),
        (Untroubled, "the report does not say it"),
        (Silent, "nowhere in the report: fair-model, polarity"),
    ],
)
def test_broken_report(broken, found, monkeypatch, found_by):
    """Each way of being wrong is found."""
    monkeypatch.setattr("benchwright.testing.report._digest_elsewhere", lambda name, seed: "")

    assert found in found_by(check_report, broken())
