"""``.eval_results``: only what the hub may show, with the board's own value."""

import msgspec
import pytest
import yaml

from benchwright.errors import BenchwrightError
from benchwright.store import Store
from benchwright.testing.fixtures import make_suite
from benchwright.testing.write_run import write_run
from benchwright.types import Hub, Record, Source
from benchwright_leaderboards.add import add
from benchwright_leaderboards.board import open_board
from benchwright_leaderboards.content import assemble_board
from benchwright_leaderboards.exports.formats import export_board
from benchwright_leaderboards.new import new_board

HUB = Hub(repo="example/reviews", split="validation", revision="a" * 40, config="en")
GOLD = ["positive" if at % 2 else "negative" for at in range(20)]


def board_of(folder, origin, *, silent=False, swapped=False):
    """A board with one entry on a task of the hub, of which 15 items of 20 are right, or none."""
    card = msgspec.structs.replace(
        make_suite().task("polarity"), splits={"validation": Source(hub=HUB)}, sizes={"validation": 20}
    )
    rows = [Record(id=str(at), target=gold, output=gold if at % 4 else "positive") for at, gold in enumerate(GOLD)]
    if swapped:
        other = {"positive": "negative", "negative": "positive"}
        rows = [Record(id=str(at), target=gold, output=other[gold]) for at, gold in enumerate(GOLD)]
    if silent:
        rows[1] = msgspec.structs.replace(rows[1], output=None, error="timed out")
    store = Store(folder / "store")
    write_run(store, "r", {"mine": {"s/t": rows}}, {"s/t": card}, scored=True, origin=origin)
    run = store.read_run("r")
    cells = tuple(msgspec.structs.replace(cell, alarms=()) for cell in run.cells)
    store.write_run(msgspec.structs.replace(run, name="quiet", cells=cells))
    new_board(folder / "board", run, store, title="Hub")
    add(folder / "board", ["quiet"], store=store, team="us")
    return assemble_board(open_board(folder / "board"))


def test_a_whole_split_read_from_the_hub_is_written_as_the_hub_reads_it(tmp_path):
    hub = pytest.importorskip("huggingface_hub")
    content = board_of(tmp_path, f"hub:{HUB.repo}@{HUB.revision}/{HUB.config}")

    ((path, text),) = export_board(content, "eval-results", "mine").items()
    (entry,) = hub.parse_eval_result_entries(yaml.safe_load(text))
    assert path == "mine/.eval_results/benchwright-example-reviews-en-validation.yaml"
    assert (entry.dataset_id, entry.task_id, entry.dataset_revision) == ("example/reviews", "en", "a" * 40)
    assert entry.value == pytest.approx(15 / 20)


@pytest.mark.parametrize(
    ("origin", "silent", "why"),
    [
        ("files:dev.tsv", False, "read from dev.tsv, not from the hub"),
        (f"hub:{HUB.repo}@{HUB.revision}/{HUB.config}", True, "1 examples have no answer"),
    ],
)
def test_nothing_else_is_written_and_why_is_told(tmp_path, origin, silent, why):
    pytest.importorskip("huggingface_hub")
    content = board_of(tmp_path, origin, silent=silent)

    with pytest.raises(BenchwrightError, match=why):
        export_board(content, "eval-results", "mine")


def test_an_alarm_of_the_board_keeps_a_result_out_whatever_its_run_says(tmp_path):
    pytest.importorskip("huggingface_hub")
    content = board_of(tmp_path, f"hub:{HUB.repo}@{HUB.revision}/{HUB.config}", swapped=True)
    (one,) = content.board.entries
    (cell,) = one.store().read_run("quiet").cells

    assert cell.alarms == ()
    assert [told.code for told in one.entry.results[0].alarms] == ["permuted"]
    with pytest.raises(BenchwrightError, match="the board found an alarm"):
        export_board(content, "eval-results", "mine")
