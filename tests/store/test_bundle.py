"""A bundle is taken whole or refused with the name of the member that is wrong; the store is then as it was."""

import json
import stat
import struct
import warnings
import zipfile

import pytest

import benchwright
from benchwright.errors import StoreError
from benchwright.store import Store, bundle, integrity


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A store with one small run, its bundle, and the members of that."""
    root = tmp_path_factory.mktemp("made")
    benchwright.evaluate("majority", "starter/topic", store=root / "store", name="first", offline=True, limit=40)
    bundle.export(Store(root / "store"), ["first"], root / "b.zip")
    with zipfile.ZipFile(root / "b.zip") as file:
        return root / "store", (root / "b.zip").read_bytes(), {name: file.read(name) for name in file.namelist()}


def packed(path, members, *, more=(), compression=zipfile.ZIP_DEFLATED):
    """A zip of these members."""
    with zipfile.ZipFile(path, "w", compression) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in [*members.items(), *more]:
            file.writestr(name, content)
    return path


def refused(path, tmp_path):
    """The message of the refusal; the store was there before, with something in it, and is the same."""
    root = tmp_path / "other"
    (root / "runs").mkdir(parents=True)
    (root / "runs" / "x.json").write_text("{}")
    with pytest.raises(StoreError) as error:
        bundle.import_(Store(root), path)
    assert [p.name for p in root.rglob("*") if p.is_file()] == ["x.json"]
    assert error.value.hint
    return error.value.problem


def outcome(store, path):
    """The refusal of a bundle; None where it was imported."""
    try:
        bundle.import_(store, path)
    except StoreError as error:
        return error
    return None


def member(members, ending):
    """The first member whose name ends so."""
    return next(name for name in members if name.endswith(ending))


@pytest.mark.parametrize(
    "ending",
    [
        "cell.json",
        "ledger.json",
        "timing.json",
        "records.parquet",
        "first.json",
        ".parquet",
        "bundle.json",
        "alarms.json",
    ],
)
def test_a_member_that_is_missing_or_changed(made, tmp_path, ending):
    """Every member is covered by the digests of the bundle's own list."""
    members, name = made[2], member(made[2], ending)
    without = {key: content for key, content in members.items() if key != name}
    assert f"{name} is missing" in refused(packed(tmp_path / "1.zip", without), tmp_path / "1")
    changed = packed(tmp_path / "2.zip", members | {name: members[name] + b" "})
    if name != "bundle.json":
        assert f"{name} was changed" in refused(changed, tmp_path / "2")


def test_members_that_no_bundle_holds(made, tmp_path):
    """Doubled names, links, folders, foreign places, cells and texts of no run, names that are too long."""
    members = made[2]
    ledger, run = member(members, "ledger.json"), member(members, "first.json")
    link = zipfile.ZipInfo("inputs/x.parquet")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    cases = {
        "twice": [(ledger, members[ledger])],
        "a link": [(link, "/etc/passwd")],
        "no bundle holds": [("/etc/passwd", "x")],
        "does not stand in its bundle.json": [("scores/" + "0" * 40 + "/x@1.json", "{}")],
    }
    for number, (words, more) in enumerate(cases.items()):
        told = refused(packed(tmp_path / f"{number}.zip", members, more=more), tmp_path / str(number))
        assert words in told
    for number, name in enumerate(["runs/../x.json", "runs/" + "a" * 121 + ".json", "runs/.x.json", "cells/", "a\0b"]):
        assert refused(
            packed(tmp_path / f"n{number}.zip", members, more=[(name, members[run])]), tmp_path / f"n{number}"
        )


def rewritten(members, **changed):
    """Members after somebody changed some and made the list fit again."""
    found = {name: changed.get(name.rpartition("/")[2].partition(".")[0], content) for name, content in members.items()}
    told = json.loads(found.pop("bundle.json"))
    import hashlib

    told["members"] = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    return found | {"bundle.json": json.dumps(told).encode()}


def edited(members, ending, **fields):
    return json.dumps(json.loads(members[member(members, ending)]) | fields).encode()


@pytest.mark.parametrize("field", ["origin", "shard", "environment", "schema", "inputs"])
def test_a_cell_that_was_changed_with_the_list(made, tmp_path, field):
    """What the key does not cover, the ledger's digest of the cell does."""
    members = made[2]
    before = json.loads(members[member(members, "cell.json")])[field]
    after = before + 1 if isinstance(before, int) else {**before, "x": 1} if isinstance(before, dict) else f"{before}x"
    path = packed(tmp_path / "b.zip", rewritten(members, cell=edited(members, "cell.json", **{field: after})))
    store = Store(tmp_path / "other")
    told = outcome(store, path)
    assert told is None or {"inputs": "inputs", "schema": "was written in format"}.get(field, "-") in told.problem
    assert told or any(
        "cell.json: not what was written" in found.problem for found in integrity.check(store) if found.damaged
    )


@pytest.mark.parametrize("field", ["scored", "errored", "skipped", "truncated", "notes", "records", "cell", "texts"])
def test_a_ledger_that_was_changed_with_the_list(made, tmp_path, field):
    """Its counts are counted again, its digests looked at, and the run holds the same ledger."""
    members = made[2]
    before = json.loads(members[member(members, "ledger.json")])[field]
    after = before + 1 if isinstance(before, int) else {"x": 1} if isinstance(before, dict) else "0" * 64
    path = packed(tmp_path / "b.zip", rewritten(members, ledger=edited(members, "ledger.json", **{field: after})))
    store = Store(tmp_path / "other")
    bundle.import_(store, path)
    assert any(found.damaged for found in integrity.check(store))


def patched(content, flag=None, method=None):
    """The same archive whose headers claim other flags or another compression."""
    data = bytearray(content)
    for mark, at_flag, at_method in ((b"PK\3\4", 6, 8), (b"PK\1\2", 8, 10)):
        at = data.find(mark)
        while at >= 0:
            if flag is not None:
                struct.pack_into("<H", data, at + at_flag, flag)
            if method is not None:
                struct.pack_into("<H", data, at + at_method, method)
            at = data.find(mark, at + 4)
    return bytes(data)


def test_archives_that_cannot_be_unpacked(made, tmp_path):
    """Encrypted members, other compressions, damaged data, bombs and no archive at all: each by the member's name."""
    content, members = made[1], made[2]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("x", "")
    damaged = bytearray(content)
    info = zipfile.ZipFile(packed(tmp_path / "z.zip", members)).infolist()[0]
    damaged[info.header_offset + 32 + len(info.filename) : info.header_offset + 52 + len(info.filename)] = b"\xff" * 20
    cases = {
        "is encrypted": patched(content, flag=1),
        "packed in a way that no bundle is (99)": patched(content, method=99),
        "packed in a way that no bundle is (14)": patched(content, method=14),
        "cannot be unpacked": bytes(damaged),
        "the file is not a bundle": content[:-30],
    }
    for number, (words, data) in enumerate(cases.items()):
        (tmp_path / f"{number}.zip").write_bytes(data)
        assert words in refused(tmp_path / f"{number}.zip", tmp_path / str(number))
    bomb = packed(tmp_path / "bomb.zip", members | {"inputs/b.parquet": b"\0" * 20_000_000})
    assert "inputs/b.parquet has 20,000,000 bytes unpacked" in refused(bomb, tmp_path / "bomb")


def test_a_run_that_is_not_utf8_or_called_otherwise(made, tmp_path):
    """With the list made to fit, the run is refused by its own content."""
    members = made[2]
    for number, (words, content) in enumerate(
        {
            "not UTF-8": b"\xff" + members["runs/first.json"],
            "calls itself 'second'": edited(members, "first.json", name="second"),
            "deeply": b"[" * 100_000,
        }.items()
    ):
        path = packed(tmp_path / f"{number}.zip", rewritten(members, first=content))
        told = refused(path, tmp_path / str(number))
        assert "runs/first.json" in told
        assert words in told


def test_any_damage_is_one_message(made, tmp_path):
    """A few hundred archives with bytes turned over: each is imported as it was or refused, never a traceback."""
    import random

    content, draw = made[1], random.Random(7)
    for number in range(200):
        data = bytearray(content)
        for _ in range(draw.choice([1, 3, 30])):
            data[draw.randrange(len(data))] = draw.randrange(256)
        (tmp_path / "b.zip").write_bytes(data[: draw.choice([len(data), draw.randrange(len(data))])])
        store = Store(tmp_path / f"s{number}")
        told = outcome(store, tmp_path / "b.zip")
        assert (told is not None and told.hint and not store.root.exists()) or integrity.check(store) == []


@pytest.mark.parametrize("name", ["../../x", "a/b", "..", ".", "", "a\0b", "x" * 300])
def test_no_name_leads_out_of_the_store(tmp_path, name):
    """Keys and addresses come from files that others wrote; those that would lead elsewhere are refused."""
    store = Store(tmp_path / "store")
    for ask in (store.cell_folder, store.is_complete, store.read_alarms):
        with pytest.raises(StoreError):
            ask(name)
    with pytest.raises(StoreError):
        store.read_inputs(f"../{name}")
