"""Lists of entries from the index are those of the board itself; filters and sorts are those of a plain loop over the entries."""

import math
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchwright.cli.main import call
from benchwright.errors import BenchwrightError
from benchwright.testing.hostile import HOSTILE
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.index.entry_results import results_of
from benchwright_leaderboards.index.history import history
from benchwright_leaderboards.index.open import open_index
from benchwright_leaderboards.index.queries import (
    LARGEST_PAGE,
    SORTS,
    EntryQuery,
    find_entries,
    find_entry,
    neighbours,
)
from benchwright_leaderboards.index.schema import counted, measured
from benchwright_leaderboards.index.standings import keep_content
from benchwright_leaderboards.ranking import MEAN, Ranking

ONE, TWO = "t/one", "t/two"
INJECTIONS = (
    "' OR '1'='1",
    "'; DROP TABLE entries; --",
    '" OR ""="',
    "%",
    "_",
    "\\",
    "a%' ESCAPE 'a",
    "1) UNION SELECT value FROM meta --",
    "$1 :name %(name)s ? {x}",
    "\x00'; DROP TABLE meta",
    "\ud800",
    "\U0010f8ff",
)
WORDS = [
    text
    for text in (*HOSTILE, *INJECTIONS, "É", "İstanbul", "ß", "\U0001f600", "")
    if text.isascii() or "\ud800" not in text
]
"""Names and teams that can be written to a submission."""


def facts(number):
    """An entry of the board of many, as numbers and words."""
    draw = random.Random(number)
    return {
        "id": f"e{number:02d}",
        "name": WORDS[number % len(WORDS)],
        "team": WORDS[(number * 7) % len(WORDS)],
        "adapter": ("constant", "predictions", "it's")[number % 3],
        "scores": {ONE: draw.randrange(5) / 4, **({TWO: draw.randrange(5) / 4} if number % 4 else {})},
        "latency": None if number % 3 else draw.random(),
        "note": "n" * 100_000 if number == 5 else WORDS[(number * 3) % len(WORDS)],
        "attempt": number // 10 + 1,
    }


FACTS = [facts(number) for number in range(48)]
PLACES = {one["id"]: (number % 7 + 1, number % 7 + 3) for number, one in enumerate(FACTS) if TWO in one["scores"]}
MEANS = {one["id"]: (one["scores"][ONE] + one["scores"][TWO]) / 2 for one in FACTS if TWO in one["scores"]}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(request, made, tmp_path_factory):
    """The index of a board with `FACTS`, opened."""
    url = None if request.param == "sqlite" else request.getfixturevalue("postgresql")
    root = made.board(tmp_path_factory.mktemp(request.param) / "board", baselines='["e03"]')
    for one in FACTS:
        cost = made.cost(latency=one["latency"], parameters=2**62)
        entry = made.entry(
            one["id"], one["scores"], name=one["name"], adapter=one["adapter"], attempt=one["attempt"], cost=cost
        )
        made.commit(root, made.submission(entry, team=one["team"], note=one["note"]))
    with open_index(root, url) as index:
        ranking = Ranking(places={MEAN: PLACES}, weights={ONE: 0.5, TWO: 0.5})
        assert keep_content(index, assemble_board(open_board(root), ranking))
        yield index


def expected(query):
    """Ids of the entries that a query finds, by a loop."""
    found = []
    for one in FACTS:
        score = one["scores"].get(ONE) if query.task else MEANS.get(one["id"])
        status = "ranked" if query.task or TWO in one["scores"] else "partial"
        words = "\n".join([one["id"], one["name"], one["team"], one["adapter"], "", one["note"]]).casefold()
        place = None if query.task else PLACES.get(one["id"])
        if (
            query.status in (None, status)
            and query.team in (None, one["team"])
            and query.adapter in (None, one["adapter"])
            and query.text.casefold() in words
            and (query.rank is None or (place is not None and place[0] <= query.rank))
            and (query.score is None or (score is not None and score >= query.score))
            and query.baseline in (None, one["id"] == "e03")
        ):
            found.append({**one, "score": score, "place": place, "status": status})
    return found


ANYTHING = st.sampled_from([*WORDS, *INJECTIONS]) | st.text(st.characters(categories=None), max_size=12)
QUERIES = st.builds(
    EntryQuery,
    task=st.sampled_from(["", ONE]),
    status=st.sampled_from([None, "ranked", "partial"]),
    team=st.none() | ANYTHING,
    adapter=st.sampled_from([None, "constant", "it's"]) | ANYTHING,
    text=st.just("") | ANYTHING,
    rank=st.none() | st.integers(1, 9),
    score=st.none() | st.floats(-1, 2),
    baseline=st.sampled_from([None, None, True, False]),
    sort=st.sampled_from([*SORTS, *(f"-{name}" for name in SORTS)]),
    limit=st.just(LARGEST_PAGE),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
def test_any_filter_finds_what_a_loop_finds(many, query):
    """Whatever stands in a filter, quotes, wildcards, NUL or SQL, it is compared and nothing else; the tables stay."""
    found = find_entries(many, query)

    assert {one.id for one in found.entries} == {one["id"] for one in expected(query)}
    assert found.total == len(found.entries)


@pytest.mark.parametrize("name", ["score", "latency", "attempt", "team", "name", "adapter"])
@pytest.mark.parametrize("turned", ["", "-"])
def test_sorted_as_python_sorts_and_what_has_no_value_last(many, name, turned):
    """By characters, not by a locale; ties by id; nothing measured comes last either way."""
    rows = expected(EntryQuery())
    known = sorted((one for one in rows if one[name] is not None), key=lambda one: one["id"])
    known.sort(key=lambda one: one[name].encode() if isinstance(one[name], str) else one[name], reverse=bool(turned))
    unknown = [one["id"] for one in rows if one[name] is None]

    found = [one.id for one in find_entries(many, EntryQuery(sort=turned + name, limit=LARGEST_PAGE)).entries]

    if name not in ("name", "team"):  # texts with NUL are ordered by what is kept of them
        assert found == [one["id"] for one in known] + sorted(unknown)
    else:
        plain = {one["id"] for one in rows if not set(one[name]) & {"\x00", "\U0010f8ff"}}
        assert [one for one in found if one in plain] == [one["id"] for one in known if one["id"] in plain]


def test_by_rank_the_best_first_and_those_without_one_in_their_group(many):
    """Ranked by first rank, then by score, then by id; partial rows after them."""
    order = sorted(MEANS, key=lambda name: (PLACES[name][0], -MEANS[name], name))
    partial = sorted(one["id"] for one in FACTS if one["id"] not in MEANS)

    assert [one.id for one in find_entries(many, EntryQuery(limit=LARGEST_PAGE)).entries] == order + partial


def test_pages_together_are_the_whole_list(many):
    """No entry twice and none left out, whatever the order."""
    for sort in ("rank", "-team", "latency"):
        pages = [find_entries(many, EntryQuery(sort=sort, limit=7, offset=start)) for start in range(0, 56, 7)]
        whole = find_entries(many, EntryQuery(sort=sort, limit=LARGEST_PAGE))
        assert [one for page in pages for one in page.entries] == list(whole.entries)
        assert {page.total for page in pages} == {48}


def test_names_come_back_as_they_were_written(many):
    """Quotes, NUL, control characters, right-to-left marks, emoji; a note of 100,000 characters in the history."""
    for one in FACTS:
        found = find_entry(many, one["id"])
        assert (found.name, found.team, found.cost.latency, found.cost.parameters) == (
            one["name"],
            one["team"],
            one["latency"],
            2**62,
        )
    assert history(many, entry="e05").events[0].why == "n" * 100_000
    assert history(many, team=INJECTIONS[1]).total == sum(one["team"] == INJECTIONS[1] for one in FACTS)


def test_neighbours_are_cut_from_the_list(many):
    """Those above and below, fewer at the ends; on a task of that task's table; none of an entry that is not there."""
    ids = [one.id for one in find_entries(many, EntryQuery(limit=LARGEST_PAGE)).entries]
    for at in (0, 1, 20, 47):
        assert [one.id for one in neighbours(many, ids[at], reach=2)] == ids[max(0, at - 2) : at + 3]
    assert neighbours(many, "' OR 1=1 --") == ()
    assert neighbours(many, "e04", TWO) == ()
    assert "e04" in {one.id for one in neighbours(many, "e04", ONE)}


def test_results_of_an_entry(many):
    """Both tasks in the order of the board, with intervals and metrics; a task that is missing is not made up."""
    one, two = results_of(many, "e01")
    score = FACTS[1]["scores"][ONE]

    assert (one.task, one.score, one.n, one.low, one.high) == (ONE, score, 100, score - 0.05, score + 0.05)
    assert one.metrics == ({"metric": "accuracy@1", "value": score, "low": None, "high": None, "n": 100},)
    assert two.task == TWO
    assert [found.task for found in results_of(many, "e00")] == [ONE]
    assert results_of(many, "nobody") == ()


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "entries.id; DROP TABLE entries"},
        {"sort": "--id"},
        {"sort": "search"},
        {"status": "' OR 1=1"},
        {"limit": 0},
        {"limit": 501},
        {"offset": -1},
        {"offset": 10**20},
        {"rank": 0},
        {"rank": 2**70},
        {"score": math.nan},
        {"score": math.inf},
        {"text": "x" * 1001},
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_can(many, query):
    """Sorts and statuses are words of a list, pages have an end."""
    with pytest.raises(BenchwrightError) as raised:
        find_entries(many, EntryQuery(**query))
    assert raised.value.expected


def test_numbers_that_are_none_are_not_stored():
    """NaN, infinities and counts beyond 64 bits are unavailable: databases disagree about them."""
    assert [measured(value) for value in (0.5, math.nan, math.inf, -math.inf, None)] == [0.5, None, None, None, None]
    assert [counted(value) for value in (2**63 - 1, 2**63, -(2**63), None)] == [2**63 - 1, None, -(2**63), None]


def test_entries_are_listed_as_the_pages_list_them(board_copy, opened):
    """The overview and the table of each task have the rows of the pages: ids in order, scores, ranges, statuses."""
    content = assemble_board(opened)
    with open_index(board_copy) as index:
        assert keep_content(index, content)
        assert not keep_content(index, content)
        for table in (content.overview, *content.tasks):
            found = find_entries(index, EntryQuery(task=table.name)).entries
            assert [(one.id, one.score, one.place, one.status, one.is_baseline) for one in found] == [
                (row.entry.entry.id, row.value, row.place, row.status, row.is_baseline) for row in table.rows
            ]


def test_rebuild_says_what_it_read(board_copy, capsys):
    """`board rebuild` makes the file and counts the submissions that it read."""
    assert call(["board", "rebuild", "--board", str(board_copy)]) == 0
    assert capsys.readouterr().out == f"{board_copy}/index.sqlite: 2 submissions\n"
