"""A bundle that is not what it says is refused with the reason, and every byte of the board is as it was."""

import hashlib
import io
import json
import math
import shutil
import stat
import struct
import warnings
import zipfile
import zlib

import msgspec
import pyarrow as pa
import pytest

import benchwright
from benchwright.errors import BenchwrightError
from benchwright.score_cache import score_cell
from benchwright.store import Store, bundle, record_table
from benchwright.store.folder import to_json
from benchwright.store.payloads import count
from benchwright_leaderboards.add import add
from benchwright_leaderboards.tables_weighed import check_tables

TOPIC = "classification/custom"


def bytes_of(root):
    """Every file of a board, the lock and drafts included, by its SHA-256."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def entrant(make, tmp_path_factory):
    """A store with a run `late` of a new model on both tasks, as an honest team would make it."""
    root = tmp_path_factory.mktemp("entrant")
    selectors = make.data(root / "data")
    place = make.predictions(root / "predictions", "second")
    rows = [json.loads(line) for line in (place / "classification" / "custom.jsonl").read_text().splitlines()]
    rows[0]["label"] = "arts"
    (place / "classification" / "custom.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    benchwright.evaluate(f"late=predictions:{place}", list(selectors), store=root / "store", name="late")
    return Store(root / "store")


@pytest.fixture(scope="module")
def honest(entrant, tmp_path_factory):
    """The bundle of that run."""
    path = tmp_path_factory.mktemp("bundle") / "late.zip"
    bundle.export(entrant, ["late"], path)
    return path


@pytest.fixture
def refused(board_copy):
    """Adds a bundle that must be refused and returns what was said; the board has the same bytes afterwards."""

    def attempt(path, **options):
        before = bytes_of(board_copy)
        with pytest.raises(BenchwrightError) as error:
            add(board_copy, [str(path)], store=Store(board_copy.parent / "none"), team="them", **options)
        assert bytes_of(board_copy) == before
        assert error.value.hint
        return str(error.value)

    return attempt


class Forgery:
    """The members of a bundle, to be changed by somebody who knows the format and makes every list fit again."""

    def __init__(self, path, scratch):
        with zipfile.ZipFile(path) as file:
            file.extractall(scratch / "forged")
        (scratch / "forged" / "bundle.json").unlink()
        self.scratch, self.root = scratch, scratch / "forged"
        self.store = Store(self.root)
        (self.name,) = self.store.run_names()

    @property
    def run(self):
        return self.store.read_run(self.name)

    def key(self, path=TOPIC):
        return next(cell.key for cell in self.run.cells if cell.task_path == path)

    def records(self, path=TOPIC):
        return list(self.store.read_records(self.key(path)))

    def put_records(self, records, path=TOPIC, *, ledger=True, scores=True, total=None):
        """Other records; with the ledgers of cell and run, and the scores that they give."""
        key, folder = self.key(path), self.root / "cells" / self.key(path)
        form = record_table.form_of(self.store.read_record_table(key))
        content = record_table.to_bytes(record_table.encode(records, form))
        (folder / "records.parquet").write_bytes(content)
        if total is not None:
            cell = self.store.read_cell(key)
            (folder / "cell.json").write_bytes(to_json(msgspec.structs.replace(cell, total=total)))
        if ledger:
            self._put_ledger(key, folder, records, content)
        if scores:
            self._put_scores(key)
        return self

    def _put_ledger(self, key, folder, records, content):
        old = self.store.read_ledger(key)
        told = msgspec.structs.replace(
            count(records, {}),
            records=hashlib.sha256(content).hexdigest(),
            cell=hashlib.sha256((folder / "cell.json").read_bytes()).hexdigest(),
            texts=old.texts,
        )
        (folder / "ledger.json").write_bytes(to_json(told))
        self.put_cells(key, ledger=told)

    def _put_scores(self, key):
        shutil.rmtree(self.root / "scores" / key)
        found = score_cell(self.store, key, self.run.tasks[self.store.read_cell(key).key.task])
        self.put_cells(key, score=found.score, scores=found.scores, alarms=())

    def put_cells(self, at, /, **fields):
        run = self.run
        cells = tuple(msgspec.structs.replace(cell, **fields) if cell.key == at else cell for cell in run.cells)
        self.put_run(cells=cells)

    def put_run(self, **fields):
        run = msgspec.structs.replace(self.run, **fields)
        (self.root / "runs" / f"{self.name}.json").write_bytes(to_json(run))
        return self

    def edit(self, place, change):
        """Change the JSON of a file."""
        path = next(self.root.glob(place))
        path.write_text(json.dumps(change(json.loads(path.read_text()))))
        return self

    def members(self):
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in self.root.rglob("*") if p.is_file()}

    def zip(self, more=()):
        return write_zip(self.scratch / "forged.zip", self.members(), more)


def write_zip(path, members, more=(), *, listed=True):
    """A bundle of members whose list fits them."""
    if listed:
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
        members = members | {"bundle.json": json.dumps({"schema": 2, "members": digests}).encode()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in [*members.items(), *more]:
            file.writestr(name, content)
    return path


@pytest.fixture
def forgery(honest, tmp_path):
    return Forgery(honest, tmp_path)


def changed(record, **fields):
    return msgspec.structs.replace(record, **fields)


def better(records):
    """The same records with one wrong answer put right."""
    at = next(at for at, record in enumerate(records) if record.output != record.target)
    return [changed(one, output=one.target) if number == at else one for number, one in enumerate(records)]


def test_the_honest_bundle_is_taken(honest, forgery, board_copy):
    """What is changed below is taken unchanged, zipped again too."""
    made = add(board_copy, [str(forgery.zip())], store=Store(board_copy.parent / "none"), team="them")
    assert [entry.id for entry in made.entries] == ["late"]


def test_a_changed_prediction(honest, forgery, tmp_path, refused):
    """Whoever changes a prediction must change the list of the bundle, the ledger of the cell, that of the run, and the told score."""
    with zipfile.ZipFile(honest) as file:
        members = {name: file.read(name) for name in file.namelist()}
    name = f"cells/{forgery.key()}/records.parquet"
    forgery.put_records(better(forgery.records()), ledger=False, scores=False)
    naive = members | {name: forgery.members()[name]}
    assert "records.parquet was changed after the export" in refused(write_zip(tmp_path / "1.zip", naive, listed=False))
    assert "not what was written" in refused(forgery.zip())
    again = Forgery(honest, tmp_path / "again")
    again.put_records(better(again.records()), scores=False)
    assert "its records say" in refused(again.zip())


def test_a_changed_gold_answer(forgery, refused):
    """Records whose every list and score fits, with gold answers that are the answers."""
    forgery.put_records([changed(one, target=one.output) for one in forgery.records()])
    assert forgery.run.cells[0].score.value == 1
    assert "texts or gold answers are not those of the data that its key names" in refused(forgery.zip())


def test_a_changed_text(forgery, refused):
    """Texts that belong to other questions, with every digest made anew."""
    key = forgery.key()
    path = forgery.store.inputs_path(forgery.store.read_cell(key).inputs)
    texts = forgery.store.read_inputs(path.stem)
    rows = {"id": list(texts), "inputs": [json.dumps({"text": "another"}) for _ in texts]}
    path.write_bytes(record_table.to_bytes(pa.table(rows)))
    told = msgspec.structs.replace(forgery.store.read_ledger(key), texts=hashlib.sha256(path.read_bytes()).hexdigest())
    (forgery.root / "cells" / key / "ledger.json").write_bytes(to_json(told))
    forgery.put_cells(key, ledger=told)
    assert "texts or gold answers are not those of the data" in refused(forgery.zip())


def test_a_changed_id(forgery, refused):
    """Of the records alone, and of the texts too, where the board's digest of items knows better."""
    records = [changed(one, id="custom/999") if at == 7 else one for at, one in enumerate(forgery.records())]
    forgery.put_records(records)
    assert "the texts are those of other examples" in refused(forgery.zip())
    path = forgery.store.inputs_path(forgery.store.read_cell(forgery.key()).inputs)
    table = forgery.store.read_input_table(path.stem)
    ids = ["custom/999" if at == 7 else one for at, one in enumerate(table.column("id").to_pylist())]
    path.write_bytes(record_table.to_bytes(table.set_column(0, "id", pa.array(ids))))
    key = forgery.key()
    told = msgspec.structs.replace(forgery.store.read_ledger(key), texts=hashlib.sha256(path.read_bytes()).hexdigest())
    (forgery.root / "cells" / key / "ledger.json").write_bytes(to_json(told))
    forgery.put_cells(key, ledger=told)
    assert "its items are not those of the board: custom/7 is missing" in refused(forgery.zip())


def test_a_doubled_id(forgery, refused):
    """An item that is answered twice, and another not at all."""
    records = forgery.records()
    forgery.put_records([changed(one, id=records[0].id) if at == 1 else one for at, one in enumerate(records)])
    assert "an example is recorded twice" in refused(forgery.zip())


def test_a_missing_item(forgery, refused):
    """Fewer records than planned, and fewer planned too."""
    records = forgery.records()
    forgery.put_records(records[:-1])
    assert "59 records, 59 in the ledger, 60 planned" in refused(forgery.zip())
    forgery.put_records(records[:-1], total=59)
    assert "texts or gold answers are not those of the data that its key names" in refused(forgery.zip())


def test_a_bundle_without_texts_is_held_against_the_items_of_the_board(entrant, board_copy, refused, tmp_path):
    """What the hash of the data cannot prove without texts, the digest of items in board.toml does."""
    path = tmp_path / "b.zip"
    bundle.export(entrant, ["late"], path, inputs=False)
    forged = Forgery(path, tmp_path)
    records = forged.records()
    forged.put_records([changed(one, target=one.output) for one in records])
    assert "its items are not those of the board: the gold answer of custom/" in refused(forged.zip())
    made = add(board_copy, [str(path)], store=entrant, team="them")
    assert made.entries[0].result(TOPIC).score.n == 60


def test_a_board_that_knows_no_items_takes_none_without_texts(entrant, board_copy, refused, tmp_path):
    """A board.toml written by hand without `items`, and no entry to tell them."""
    lines = (board_copy / "board.toml").read_text().splitlines()
    (board_copy / "board.toml").write_text("\n".join(line for line in lines if not line.startswith("items")))
    shutil.rmtree(board_copy / "submissions")
    path = tmp_path / "b.zip"
    bundle.export(entrant, ["late"], path, inputs=False)
    assert "nothing on the board tells its items: export it with its texts" in refused(path)


def test_other_data(make, board_copy, refused, tmp_path):
    """The same task of another file: another digest than the board's, and in what it differs."""
    selectors = make.data(tmp_path / "data")
    path = tmp_path / "data" / "topics.jsonl"
    path.write_text(path.read_text().replace("text 3", "text three"))
    place = make.predictions(tmp_path / "predictions", "second")
    store = Store(tmp_path / "store")
    benchwright.evaluate(f"other=predictions:{place}", selectors[0], store=store.root, name="other")
    bundle.export(store, ["other"], tmp_path / "b.zip")
    told = refused(tmp_path / "b.zip")
    assert "other on classification/custom: it answered another task than the board's: texts or gold answers" in told


def test_a_cut_table(forgery, refused):
    """Records that end in the middle, in a bundle whose list and ledgers fit."""
    path = forgery.root / "cells" / forgery.key() / "records.parquet"
    path.write_bytes(path.read_bytes()[:-400])
    assert "records.parquet is damaged" in refused(forgery.zip())


def test_archives_that_lead_elsewhere(forgery, refused, tmp_path):
    """Places outside of the archive, links and doubled names are refused by what the archive says of them."""
    link = zipfile.ZipInfo("inputs/x.parquet")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    members = forgery.members()
    name = next(iter(members))
    for number, (more, words) in enumerate(
        [
            (("cells/../../x.json", "{}"), "is what no bundle holds"),
            (("/etc/passwd", "x"), "is what no bundle holds"),
            ((link, "/etc/passwd"), "is a link or another thing that is no file"),
            ((name, members[name]), "is there twice"),
        ]
    ):
        assert words in refused(write_zip(tmp_path / f"{number}.zip", members, [more]))


def zeros(path, size, told=None):
    """A zip whose one member unfolds into ``size`` bytes of zeros, a run by its name; ``told``: what its header says instead."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block, part = 2**24, b""
    part = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    data = part * (size // block) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    name, said = b"runs/late.json", size if told is None else told
    extra = struct.pack("<HHQQ", 1, 16, said, len(data))
    fields = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 0, 0, 2**32 - 1, 2**32 - 1, len(name), len(extra))
    local = b"PK\3\4" + fields + name + extra
    central = b"PK\1\2" + struct.pack("<H", 45) + fields + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name + extra
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    path.write_bytes(local + data + central + end)
    return path


def test_ten_gigabytes_of_zeros(refused, tmp_path):
    """As a member of the archive, told or untold; the archive itself has ten megabytes."""
    path = zeros(tmp_path / "1.zip", 10 * 2**30)
    assert path.stat().st_size < 20_000_000
    assert "runs/late.json has 10,737,418,240 bytes unpacked" in refused(path)
    assert "runs/late.json cannot be unpacked" in refused(zeros(tmp_path / "2.zip", 2**24, told=1000))


def test_a_table_that_unfolds_is_known_before_it_is_read(tmp_path):
    """A hundred megabytes of one letter in a few hundred bytes of Parquet, where fifty are allowed."""
    (tmp_path / "records.parquet").write_bytes(unfolding(100))
    with pytest.raises(BenchwrightError, match=r"records.parquet unfolds into more than 50,000,000 bytes"):
        check_tables(tmp_path, "b.zip", most=50_000_000)
    check_tables(tmp_path, "b.zip", most=200_000_000)


def unfolding(megabytes):
    """A table of one text of a megabyte, again and again."""
    import pyarrow.parquet as pq

    value = pa.array(["x" * 1_000_000]).dictionary_encode()
    out = io.BytesIO()
    table = pa.table({"id": value.take(pa.array([0] * megabytes, pa.int32()))})
    pq.write_table(table, out, compression="zstd", store_schema=False)
    assert len(out.getvalue()) < 10_000
    return out.getvalue()


@pytest.mark.soak
def test_a_table_that_unfolds(forgery, refused):
    """Ten gigabytes of one letter in the records: a few hundred bytes of Parquet."""
    (forgery.root / "cells" / forgery.key() / "records.parquet").write_bytes(unfolding(10_000))
    assert "records.parquet unfolds into more than" in refused(forgery.zip())


def test_huge_json(refused, tmp_path):
    """A run of more than 134 megabytes, in an archive that does not look like a bomb."""
    told = refused(zeros(tmp_path / "b.zip", 2**30, told=2**27 + 1))
    assert "runs/late.json has 134,217,729 bytes, more than 134,217,728" in told


def test_a_wrong_cell_key(forgery, refused):
    """A cell whose folder is not the hash of its key, and a run that refers to it."""
    key = forgery.key()
    other = key[::-1]
    (forgery.root / "cells" / key).rename(forgery.root / "cells" / other)
    (forgery.root / "scores" / key).rename(forgery.root / "scores" / other)
    forgery.put_cells(key, key=other)
    assert "that of another cell" in refused(forgery.zip())


def test_slices_that_hide_where_a_model_is_weak(forgery, refused):
    """Neither the hash of the data nor the digest of items tells slices: entries on the same data do."""
    forgery.put_records([changed(one, slices={"length": "any"}) for one in forgery.records()])
    assert "the slices of custom/0 are not those that best was asked with" in refused(forgery.zip())


def test_a_model_of_less_than_nothing(forgery, refused):
    """Size and parameters are told by the bundle, and those that no model can have are not shown."""
    key = forgery.key()
    folder = forgery.root / "cells" / key
    forgery.edit(f"cells/{key}/cell.json", lambda cell: cell | {"facts": cell["facts"] | {"size_bytes": -5}})
    forgery._put_ledger(key, folder, forgery.records(), (folder / "records.parquet").read_bytes())
    assert f"late on {TOPIC}: its model has a size of -5" in refused(forgery.zip())


def test_thousands_of_models_that_share_one_cell(forgery, refused):
    """A few kilobytes that would take hours to score."""
    run = forgery.run
    (ref,) = run.spec.models
    models = tuple(changed(ref, name=f"m{number}") for number in range(501))
    cells = tuple(changed(cell, model=one.name) for one in models for cell in run.cells)
    forgery.put_run(spec=changed(run.spec, models=models), cells=cells)
    assert "it has 501 models" in refused(forgery.zip())


def test_remarks_that_no_page_can_show(forgery, refused):
    """A note of ten megabytes stands on every page of its entry; half of a character in no file."""
    path = forgery.zip()
    assert "--note has 10,000,000 characters, not at most 2,000" in refused(path, note="x" * 10_000_000)
    assert "--trained-on holds half of a character" in refused(path, trained_on="a\ud800")


def test_a_cell_under_another_task(forgery, refused):
    """The run says of the answers to the texts that they are those of another split of the task."""
    forgery.put_cells(forgery.key(), split="train")
    assert f"late on {TOPIC}: its cell is that of {TOPIC}, split test" in refused(forgery.zip())


def test_a_card_with_another_metric(forgery, refused):
    """Whoever makes a bundle of own data does not choose the metrics: not with scores that fit them either."""
    run = forgery.run
    card = msgspec.structs.replace(run.tasks[TOPIC], metrics=("macro_f1", "accuracy"), score=("macro_f1",))
    forgery.put_run(tasks=run.tasks | {TOPIC: card}).put_records(forgery.records())
    assert "its card counts otherwise than the board's (metrics here: macro_f1, accuracy)" in refused(forgery.zip())


def test_a_run_that_says_nothing_of_its_tasks(forgery, refused):
    """Valid JSON that means nothing is refused as any other, without a traceback."""
    forgery.put_run(tasks={})
    assert "it cannot be understood (KeyError" in refused(forgery.zip())


def test_a_foreign_run(small_store, board_copy, refused, tmp_path):
    """A run that has no task of the board."""
    benchwright.evaluate("majority", "starter/topic", store=tmp_path / "store", name="foreign", offline=True, limit=40)
    bundle.export(Store(tmp_path / "store"), ["foreign"], tmp_path / "b.zip")
    assert "foreign has no task of the board" in refused(tmp_path / "b.zip")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_scores_that_are_no_numbers_in_json(forgery, refused, number):
    """JSON knows neither NaN nor Infinity, and no number is as large as that."""
    path = forgery.root / "runs" / "late.json"
    text = path.read_text()
    value = json.dumps(forgery.run.cells[0].score.value)
    path.write_text(text.replace(f'"value": {value}', f'"value": {number}'))
    assert number in path.read_text()
    assert "late.json cannot be read" in refused(forgery.zip())


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_scores_that_are_no_numbers_in_records(forgery, refused, value):
    """A record holds scores that no run would have kept."""
    records = [changed(one, scores=(value, 0.5, 0.5)) for one in forgery.records()]
    forgery.put_records(records)
    assert "custom/0: its scores are not finite numbers" in refused(forgery.zip())


def test_answers_that_are_none(forgery, refused):
    """Labels that the task does not have, tags for words that are not there, an answer beside an error."""
    records = forgery.records()
    forgery.put_records([changed(one, output="politics") for one in records], scores=False)
    assert "politics" in refused(forgery.zip())
    forgery.put_records([changed(one, error="none") for one in records])
    assert "has an answer and an error" in refused(forgery.zip())
    forgery.put_records(records)
    tagged = forgery.records("ner/custom")
    forgery.put_records([changed(one, output=(*one.output, "O")) for one in tagged], "ner/custom", scores=False)
    assert "late" in refused(forgery.zip())


@pytest.mark.parametrize(("place", "words"), [("cells/*/cell.json", "format 1"), ("runs/*.json", "format 1")])
def test_another_version(forgery, refused, place, words):
    """Files that another version of the program wrote."""
    forgery.edit(place, lambda told: told | {"schema": 1})
    assert words in refused(forgery.zip())


@pytest.mark.parametrize("name", ["../x", "a b", "<b>", "b\u0435st", "x" * 121, "..", "a\x1b[31m"])
def test_names_of_models_that_are_none(forgery, refused, name):
    """Paths, markup, letters of two scripts that look alike, names too long; what is said of them moves no cursor."""
    run = forgery.run
    models = tuple(changed(ref, name=name) for ref in run.spec.models)
    forgery.put_run(spec=changed(run.spec, models=models), cells=tuple(changed(c, model=name) for c in run.cells))
    told = refused(forgery.zip())
    assert "\x1b" not in told
    assert "name" in told or "mixes Cyrillic and Latin letters" in told


def test_what_is_no_bundle(refused, tmp_path):
    """Any other file, an empty one, and one that is not there."""
    (tmp_path / "a.zip").write_bytes(b"hello")
    (tmp_path / "b.zip").write_bytes(b"")
    assert "is not a bundle" in refused(tmp_path / "a.zip")
    assert "is not a bundle" in refused(tmp_path / "b.zip")
    assert "is not there" in refused(tmp_path / "c.zip")
    assert "is a folder" in refused(tmp_path)
