"""Lists of entries from the index are those of the board itself, counted and sorted by hand."""

from benchwright.cli.main import call
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.index.open import open_index
from benchwright_leaderboards.index.queries import EntryQuery, find_entries
from benchwright_leaderboards.index.ranges import keep_ranking, ranking_kept


def ids(index, **query):
    return [entry.id for entry in find_entries(index, EntryQuery(**query)).entries]


def test_entries_are_listed_as_the_pages_list_them(board_copy, opened):
    """The overview and the table of each task have the rows of the pages: ids in order, scores, ranges, statuses."""
    content = assemble_board(opened)
    with open_index(board_copy) as index:
        keep_ranking(index, content.ranking, "one")
        assert ranking_kept(index) == "one"
        for table in (content.overview, *content.tasks):
            found = find_entries(index, EntryQuery(task=table.name)).entries
            assert [(one.id, one.score, one.place, one.status, one.is_baseline) for one in found] == [
                (row.entry.entry.id, row.value, row.place, row.status, row.is_baseline) for row in table.rows
            ]


def test_rebuild_says_what_it_read(board_copy, capsys):
    """`board rebuild` makes the file and counts the submissions that it read."""
    assert call(["board", "rebuild", "--board", str(board_copy)]) == 0
    assert capsys.readouterr().out == f"{board_copy}/index.sqlite: 2 submissions\n"
