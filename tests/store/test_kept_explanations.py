"""Explanations travel with the run that tells of them, are checked, and go when nothing tells of them any more."""

import hashlib
import json
import shutil
import zipfile

import msgspec
import pytest

import benchwright
from benchwright.errors import StoreError
from benchwright.explain_recheck import recheck_explanations
from benchwright.store import Store, attachments, bundle, integrity, removal
from benchwright.store.record_table import from_bytes, to_bytes
from benchwright.store.untold_targets import without_text
from benchwright.testing.fixtures import build_task
from benchwright.types import Kind, Target

BASE = "starter/sentiment"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with a run that explains twelve items by two methods, and its bundle."""
    root = tmp_path_factory.mktemp("kept")
    explained(root / "store", "first", "random", "leave_one_out")
    bundle.export(Store(root / "store"), ["first"], root / "b.zip")
    return root / "store", root / "b.zip"


def explained(root, name, *methods, examples=12, **more):
    """A run that explains."""
    suites = [f"explain/{one}?examples={examples}&faithfulness=no" for one in methods]
    return benchwright.evaluate("tfidf", suites, on=BASE, store=root, name=name, offline=True, limit=40, **more)


@pytest.fixture
def store(made, tmp_path):
    """A copy of it."""
    return Store(shutil.copytree(made[0], tmp_path / "copy"))


def members(path):
    """Name -> content."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(path, content):
    """A bundle of these members, whose list fits them."""
    listed = {name: hashlib.sha256(data).hexdigest() for name, data in content.items() if name != "bundle.json"}
    told = json.loads(content["bundle.json"]) | {"members": listed}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in (content | {"bundle.json": json.dumps(told).encode()}).items():
            file.writestr(name, data)
    return path


def test_a_bundle_carries_explanations_whole_and_equal_stores_give_equal_bundles(made, tmp_path):
    """Read in the other store they are the same; the second import changes nothing."""
    other = Store(tmp_path / "other")
    assert bundle.import_(other, made[1]) == ["first"]
    assert bundle.import_(other, made[1]) == ["first"]

    for told in other.read_run("first").explanations:
        found = attachments.read(other, told.key, told.attachment)
        assert found == attachments.read(Store(made[0]), told.key, told.attachment)
        assert set(found) == set(told.ids)
    assert integrity.check(other) == []
    bundle.export(other, ["first"], tmp_path / "again.zip")
    assert members(tmp_path / "again.zip") == members(made[1])


def test_a_bundle_holds_only_explanations_of_its_runs(store, tmp_path):
    """Those that another run made of the same answers stay behind."""
    explained(store.root, "second", "random", examples=14)
    explained(store.root, "third", "leave_one_out", examples=3)
    bundle.export(store, ["second"], tmp_path / "b.zip")

    folders = {name.split("/")[3] for name in members(tmp_path / "b.zip") if "attachments" in name}
    assert {one.partition("-")[0] for one in folders} == {"random"}


def test_hostile_attachments_in_a_bundle_are_refused_and_nothing_is_imported(made, tmp_path):
    """Places that lead elsewhere, names that are none, parts that are damaged, foreign or of other answers, what no run tells of."""
    content = members(made[1])
    part = next(name for name in content if "/random-" in name and name.endswith(".parquet"))
    about = next(name for name in content if "/random-" in name and name.endswith("attachment.json"))
    other = next(name for name in content if "/leave_one_out-" in name and name.endswith(".parquet"))
    folder, _, file = part.rpartition("/")
    key = part.split("/")[1]
    table = attachments.read_part(content[part], file[:64], _place(part), _answers(content, key))
    strange = to_bytes(table.slice(0, 3))
    unfit = to_bytes(table.drop_columns(["values"]))
    foreign = content[other]

    def named(data):
        return f"{folder}/{hashlib.sha256(data).hexdigest()}.parquet"

    without = {name: data for name, data in content.items() if name != part}
    cases = {
        "is what no bundle holds": [
            content | {f"cells/{key}/attachments/../../../../evil.json": b"{}"},
            content | {f"{folder}/../{file}": content[part]},
            content | {f"{folder}/{file.upper()}": content[part]},
            content | {f"{folder}/notes.txt": b"x"},
            content | {f"cells/{key}/attachments/random/attachment.json": content[about]},
        ],
        "its bytes are not those": [content | {part: content[part] + b"\0"}, content | {part: foreign}],
        "it belongs to": [content | {named(foreign): foreign}],
        "no column values": [content | {named(unfit): unfit}],
        "lacks 'sentiment/": [without, without | {named(strange): strange}],
        "is missing, and a run refers to it": [{name: data for name, data in content.items() if name != about}],
        "it is that of": [content | {about: content[about].replace(b'"seed": 0', b'"seed": 1')}],
        "cannot be read|cannot be used": [content | {about: b"{}"}, content | {named(b"PAR1"): b"PAR1"}],
        "belongs to no run of the bundle": [
            content | {about.replace("random-", "shap-"): content[about]},
            content | {part.replace(key, "0" * 40): content[part]},
        ],
    }
    for why, bundles in cases.items():
        for number, one in enumerate(bundles):
            root = tmp_path / "empty"
            with pytest.raises(StoreError, match=why):
                bundle.import_(Store(root), packed(tmp_path / f"{number}.zip", one))
            assert not root.exists()


def _place(member):
    parts = member.split("/")
    return f"{parts[1]}/{parts[3]}"


def _answers(content, key):
    return json.loads(content[f"cells/{key}/ledger.json"])["records"]


def test_explanations_of_other_answers_are_refused_with_their_bundle(made, tmp_path):
    """The ledger names other records than the parts were made from."""
    content = members(made[1])
    name = next(name for name in content if name.endswith("ledger.json"))
    with pytest.raises(StoreError, match="it explains other answers than the cell holds"):
        bundle.import_(
            Store(tmp_path / "empty"),
            packed(
                tmp_path / "b.zip",
                content | {name: content[name].replace(_answers(content, name[6:46]).encode(), b"0" * 64)},
            ),
        )


def test_a_check_tells_damaged_and_missing_explanations(store):
    """Of the attachment, and of the run that tells of it."""
    random, drops = sorted(store.read_run("first").explanations, key=lambda one: one.method, reverse=True)
    assert integrity.check(store) == []
    (path,) = attachments.parts(store, random.key, random.attachment)
    path.write_bytes(path.read_bytes()[:-1])
    shutil.rmtree(attachments.folder(store, drops.key, drops.attachment))

    found = {(one.what, one.damaged): one.problem for one in integrity.check(store)}
    assert "its bytes are not those that were written" in found["attachment", True]
    assert f"{drops.attachment} does not explain" in found["run", True]
    explained(store.root, "first", "random", "leave_one_out")
    assert integrity.check(store) == []


def test_pruning_takes_what_no_run_tells_of_and_nothing_of_a_run_that_goes_on(store):
    """An attachment of a cell that stays goes with the last run that tells of it."""
    explained(store.root, "second", "random", examples=14)
    assert removal.prune(store).paths == ()
    drops = next(one for one in store.read_run("first").explanations if one.method == "leave_one_out")
    removed = removal.remove_runs(store, ["first"])

    assert f"cells/{drops.key}/attachments/{drops.attachment}" in removed.paths
    assert len(attachments.names(store, drops.key)) == 1
    second = store.read_run("second")
    store.write_run(msgspec.structs.replace(second, explanations=(), complete=False))
    assert removal.prune(store).paths == (), "an unfinished run goes on with what it has explained"
    store.write_run(msgspec.structs.replace(second, explanations=()))
    assert len(removal.prune(store).paths) == 1
    assert attachments.names(store, drops.key) == []


def test_a_cell_that_is_computed_anew_loses_its_explanations(store):
    """They explain other answers: damaged records, and `--rerun always`."""
    told = store.read_run("first").explanations[0]
    before = attachments.read(store, told.key, told.attachment)
    path = store.cell_folder(told.key) / "records.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    benchwright.evaluate("tfidf", BASE, store=store.root, name="anew", offline=True, limit=40)
    assert attachments.names(store, told.key) == []

    explained(store.root, "first", "random", "leave_one_out")
    assert attachments.read(store, told.key, told.attachment) == before
    (first,) = attachments.parts(store, told.key, told.attachment)
    explained(store.root, "first", "random", "leave_one_out", rerun="always")
    (second,) = attachments.parts(store, told.key, told.attachment)
    assert first.name != second.name, "its seconds are others"
    assert attachments.read(store, told.key, told.attachment) == before


def tag(sentences):
    """Finds Ada."""
    return [["B-PER" if word.startswith("ADALOVELACE") else "O" for word in words] for words in sentences]


def test_a_bundle_without_inputs_names_entities_and_options_by_their_places(tmp_path):
    """Their names in explanations are words of the texts, which stay at home; read in another store they are those of places."""
    content = "\n".join(f"I O\nmet O\nADALOVELACE{at} B-PER\n" for at in range(6))
    (tmp_path / "x.conll").write_text(content)
    store = Store(tmp_path / "store")
    path = f"ner/custom?path={tmp_path / 'x.conll'}"
    run = benchwright.evaluate(tag, "explain/leave_one_out", on=path, store=store.root, name="r", offline=True)
    (told,) = run.explanations
    bundle.export(store, ["r"], tmp_path / "b.zip", inputs=False)

    assert not any(b"ADALOVELACE" in content for content in members(tmp_path / "b.zip").values())
    assert not any(b"ADALOVELACE" in str(rows).encode() for rows in tables(members(tmp_path / "b.zip")))
    other = Store(tmp_path / "other")
    bundle.import_(other, tmp_path / "b.zip")
    found = attachments.read(other, told.key, told.attachment)
    names = {each.target.name for one in found.values() for each in one.attributions}
    assert names == {"PER: word 3"}
    assert recheck_explanations(other, other.read_run("r")) == []
    assert integrity.check(other) == []
    assert recheck_explanations(store, run) == []
    option = Target(name="a secret option", label="2")
    assert (
        without_text(option, build_task(kind=Kind.CHOOSE, inputs={"premise": ("p",), "options": ("o",)})).name
        == "option 2"
    )


def tables(content):
    """Rows of all tables of a bundle."""
    return [from_bytes(data).to_pylist() for name, data in content.items() if name.endswith(".parquet")]
