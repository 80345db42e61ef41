"""The safe reader: good archives by Python 3.7 and dill are read as data, hostile ones refused, and nothing in either runs."""

import gzip
import json
import os
import struct
import subprocess
import sys
import tarfile
import textwrap
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchwright.behaviour.checklist_archive import _gunzipped, read_archive
from benchwright.behaviour.inert_pickle import read_pickle
from benchwright.behaviour.inert_values import Array, Instance, Placeholder
from benchwright.errors import DataError, DataMissing

sys.path.insert(0, str(Path(__file__).parent))
import hostile

sys.path.pop(0)

RELEASED = Path(__file__).with_name("released_like")


def put(tmp_path, content, name="suite.tar.gz"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def test_an_archive_by_python_37_and_dill_is_read():
    """Written by the real package under Python 3.7 (`released_like/make_archives.py`): tests, labels, results, order of runs."""
    archive = read_archive(RELEASED / "sentiment_suite.tar.gz")

    assert [(test.name, test.type, test.capability, test.aggregate) for test in archive.tests] == [
        ("single positive words", "MFT", "Vocabulary", "all"),
        ("Sentiment-laden words in context", "MFT", "Vocabulary", "all"),
        ("intensifiers", "DIR", "Vocabulary", "all_but_first"),
        ("add positive phrases", "DIR", "Vocabulary", "all_but_first"),
        ("punctuation", "INV", "Robustness", "all_but_first"),
        ("simple negations: not negative", "MFT", "Negation", "all"),
        ("Q & A: no", "MFT", "SRL", "all"),
    ]
    words, context, intensifiers, *_, answers = archive.tests
    assert words.cases == (("fine",), ("lovely",), ("kind",))
    assert words.labels == 2
    assert words.run == (0, 2)  # np.random.seed(1), two of three
    assert context.labels == [2, 0, 2]
    assert context.meta[1] == {"adj": "bitter"}
    assert intensifiers.cases[0] == ("I like tea.", "I really like tea.")
    assert intensifiers.passed == (False, None)  # an array of objects: not applicable where the original is neutral
    assert answers.labels == [1, 0]  # an array of integers
    assert archive.rows["intensifiers"] == (4, 8)


def test_pairs_and_answers_that_are_texts_are_read():
    """A tuple is one example of several fields, and predictions of SQuAD are arrays of texts."""
    squad = read_archive(RELEASED / "squad_suite.tar.gz").tests
    qqp = read_archive(RELEASED / "qqp_suite.tar.gz").tests

    assert squad[0].cases[0] == (
        ("Ann is taller than Bo.", "Who is shorter?"),
        ("Ann is taller than Bo.", "Who is taller?"),
    )
    assert squad[0].labels == [["Bo", "Ann"], ["Bo", "Cy"]]
    assert squad[0].predictions == (["Ann", "Ann"], ["Bo", "Cy"])
    assert squad[0].passed == (False, True)
    assert squad[1].meta == [[None, ("Ann", "Eve")]]
    assert qqp[2].aggregate == "all"


def test_the_pickle_alone_and_its_archive_hold_the_same():
    """The bare pickle is read as well as the archive that it came in."""
    path = RELEASED / "squad_suite.tar.gz"
    with tarfile.open(path) as packed:
        content = packed.extractfile(packed.next()).read()

    suite = read_pickle(content, "squad_suite.pkl")

    assert list(suite.fields["tests"]) == [test.name for test in read_archive(path).tests]


def test_functions_and_code_become_placeholders_without_parts():
    """An expectation is its name and nothing else: no code, no globals, no cell is kept."""
    with tarfile.open(RELEASED / "sentiment_suite.tar.gz") as packed:
        suite = read_pickle(packed.extractfile(packed.next()).read(), "suite")

    expectations = [test.fields["expect"] for test in suite.fields["tests"].values()]
    assert {type(one) for one in expectations} == {Placeholder}
    assert {one.name for one in expectations} == {"a function"}
    assert suite.fields["format_example_fn"].name == "a function"


HOSTILE = {
    "foreign global": (hostile.FOREIGN_GLOBAL, "sklearn.svm.SVC"),
    "os.system": (hostile.OS_SYSTEM, "os.system"),
    "eval by REDUCE": (hostile.EVAL, "builtins.eval"),
    "os.system by dill's attribute": (hostile.BY_ATTRIBUTE, "call os.system"),
    "a function made of code": (hostile.BY_TYPE, "call type FunctionType"),
    "recursion": (hostile.RECURSION, "recursion"),
    "unknown expectation": (hostile.UNKNOWN_EXPECTATION, "nobody knows what the test"),
    "template without filler": (hostile.NO_FILLER, "{air_noun} was not filled in"),
    "a line of 1 GB": (hostile.bomb(hostile.LONG_LINE), "more than 256 MiB"),
}

WATCHED = """
import json, sys
from pathlib import Path
from benchwright.behaviour.checklist_suites import read_released
from benchwright.errors import DataError

folder, good = Path(sys.argv[1]), Path(sys.argv[2])
read_released(good)
events, watching = [], False
def note(event, given):
    if event != "builtins.id":  # our own walk over what was read
        events.append([event, str(given[:1])[:2000]])
sys.addaudithook(lambda event, given: watching and note(event, given))
found = {}
for path in sorted(folder.iterdir()):
    events.clear()
    watching, told = True, ""
    try:
        read_released(path)
    except DataError as error:
        told = error.problem
    watching = False
    found[path.name] = [told, [event for event in events if event[0] != "open" or path.name not in event[1]]]
events.clear()
watching = True
read_released(good)
watching = False
found["good"] = ["", [event for event in events if event[0] != "open" or good.name not in event[1]]]
print(json.dumps(found))
"""


def test_hostile_archives_are_refused_and_nothing_is_executed(tmp_path):
    """An audit hook sees each file opened and no import, compile, exec, process or further file; the reason is named."""
    folder = tmp_path / "archives"
    folder.mkdir()
    for name, (content, _) in HOSTILE.items():
        put(folder, content if content[:2] == b"\x1f\x8b" else hostile.archived(content), f"{name}.tar.gz")

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(WATCHED), folder, RELEASED / "sentiment_suite.tar.gz"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
        env=dict(os.environ),
    )

    found = json.loads(done.stdout)
    for name, (_, reason) in HOSTILE.items():
        told, events = found[f"{name}.tar.gz"]
        assert reason in told, name
        assert events == [], name
    assert found["good"][1] == []
    assert not list(tmp_path.glob("**/EXECUTED"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "pickle"),
        (hostile.HEAD, "ends in the middle"),
        (b"\x80\x04\x95.", "protocol 4"),
        (hostile.pickled(b"S'text'\n"), "opcode STRING"),
        (hostile.pickled(b"\x93"), "opcode STACK_GLOBAL"),
        (hostile.pickled(b"\xff"), "0xff is no opcode"),
        (hostile.HEAD + b"c" + b"a" * 300, "a line of more than 200 bytes"),
        (hostile.pickled(b"X\xff\xff\xff\x7f"), "a text of 2,147,483,647 bytes"),
        (hostile.pickled(b"B\xff\xff\xff\xff"), "a value of 4,294,967,295 bytes"),
        (hostile.pickled(b"\x8a\xff"), "an integer of 255 bytes"),
        (hostile.pickled(b"h\x07"), "the value 7 is used before"),
        (hostile.pickled(b"0"), "a value is used that is not there"),
        (hostile.pickled(b"N(0"), "a value is used that is not there"),
        (hostile.pickled(b"e"), "a mark is used that is not there"),
        (hostile.pickled(b"NN"), "does not end with one value"),
        (hostile.pickled(b"N") + b"N", "1 bytes follow the end"),
        (hostile.pickled(b"NNa"), "no list"),
        (hostile.pickled(b"}]Ns"), "a key of a mapping"),
        (hostile.pickled(b"}" + b")" + b"\x85" * 100_000 + b"Ns"), "a key of a mapping"),
        (hostile.pickled(b")" + b"\x85" * 100_000), "nested deeper than 40"),
        (hostile.pickled(b"](Ne" + b"q\x000](h\x00h\x00e" * 60), "nested deeper than 40"),
        (hostile.pickled(b"](Ne" + (b"q\x000](" + b"h\x00" * 100 + b"e") * 6), "more than"),
        (hostile.pickled(hostile.text("f") + b")R"), "called that is no function"),
        (hostile.pickled(hostile.named("munch", "Munch") + b"]\x81"), "none of CheckList's"),
        (hostile.pickled(hostile.named("numpy", "ndarray") + b")\x81"), "numpy.ndarray"),
        (hostile.pickled(b"X\x01\x00\x00\x00\xff"), "not UTF-8"),
    ],
)
def test_damaged_and_foreign_bytes_are_refused_by_name(content, reason):
    """Every limit and every foreign opcode has its sentence; the byte where it was found is named."""
    with pytest.raises(DataError) as caught:
        read_pickle(content, "suite.pkl")

    assert reason in caught.value.problem
    assert caught.value.expected
    assert caught.value.hint


def test_a_shared_value_is_no_recursion():
    """The same list twice is data; only a list within itself is refused."""
    assert read_pickle(hostile.pickled(b"](](Ne" + b"q\x00h\x00e"), "suite") == [[None], [None]]


def test_an_archive_with_another_path_or_several_files_is_refused(tmp_path):
    """One regular file, inside the archive: no link, no path out of it, no second file; a folder and macOS's shadow do not count."""
    good = hostile.mft("single positive words", "fine")
    cases = {
        "../suite.pkl": "lies outside",
        "/suite.pkl": "lies outside",
    }
    for member, reason in cases.items():
        with pytest.raises(DataError, match=reason):
            read_archive(put(tmp_path, hostile.archived(good, member)))
    with pytest.raises(DataError, match="2 files"):
        read_archive(put(tmp_path, tar_of(("a.pkl", good), ("b.pkl", good))))
    with pytest.raises(DataError, match="0 files"):
        read_archive(put(tmp_path, tar_of(("._a.pkl", good))))
    with pytest.raises(DataError, match="no regular file"):
        read_archive(put(tmp_path, tar_of(("link", None))))
    read_archive(put(tmp_path, tar_of(("._a.pkl", b"x"), ("a.pkl", good))))


def tar_of(*members):
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members:
            header = tarfile.TarInfo(name)
            if content is None:
                header.type, header.linkname = tarfile.SYMTYPE, "/etc/passwd"
            header.size = len(content or b"")
            archive.addfile(header, BytesIO(content or b""))
    return packed.getvalue()


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 3 * 2**20 + 17])
@pytest.mark.parametrize("filler", [b"a", b"abcdefg"])
def test_gzip_is_unpacked_whole(size, filler):
    """Whatever the blocks in which it is done, and in several parts."""
    content = (filler * size)[:size]

    assert _gunzipped(gzip.compress(content) + gzip.compress(b"tail"), "suite") == content + b"tail"


def test_a_damaged_archive_is_refused(tmp_path):
    """Gzip that ends early, garbage behind its head, no pickle at all, no file."""
    whole = (RELEASED / "squad_suite.tar.gz").read_bytes()
    for content in (whole[:500], whole[:20] + b"\0" * 300, b"PK\x03\x04", b"just text"):
        with pytest.raises(DataError):
            read_archive(put(tmp_path, content))
    with pytest.raises(DataMissing, match="No such file"):
        read_archive(tmp_path / "absent.tar.gz")


def test_a_pickle_that_is_no_suite_is_refused(tmp_path):
    """A list, a suite without tests, a test without cases: each is told apart."""
    for content, reason in (
        (hostile.pickled(b"]"), "no suite of tests"),
        (
            hostile.pickled(hostile.record("checklist.test_suite", "TestSuite", tests=b"}", info=b"}")),
            "no suite of tests",
        ),
        (hostile.mft("single positive words"), "no cases"),
        (hostile.mft("single positive words", "fine", run_idxs=hostile.listed(hostile.whole(1))), "run_idxs"),
        (hostile.mft("single positive words", "fine", labels=2, data=hostile.listed(b"N")), "neither a text nor texts"),
    ):
        with pytest.raises(DataError, match=reason):
            read_archive(put(tmp_path, hostile.archived(content)))


ARRAY = hostile.named("numpy.core.multiarray", "_reconstruct") + b")R"


def array_of(dtype, shape, content, order="<", size=-1):
    kind = hostile.named("numpy", "dtype") + hostile.text(dtype) + hostile.whole(0) + hostile.whole(1) + b"\x87R"
    state = (
        b"("
        + hostile.whole(3)
        + hostile.text(order)
        + b"NNN"
        + hostile.whole(size)
        + hostile.whole(-1)
        + hostile.whole(0)
        + b"tb"
    )
    axes = b"(" + b"".join(map(hostile.whole, shape)) + b"t"
    return hostile.pickled(ARRAY + b"(" + hostile.whole(1) + axes + kind + state + b"\x89" + content + b"tb")


def raw(content):
    return b"B" + struct.pack("<I", len(content)) + content


def test_arrays_are_read_from_their_bytes():
    """Numbers of either byte order, tables, texts and empty arrays; no NumPy is asked."""
    assert read_pickle(array_of("i8", (2,), raw(struct.pack("<2q", 1, -2))), "a").values == [1, -2]
    assert read_pickle(array_of("i4", (2,), raw(struct.pack(">2i", 1, -2)), ">"), "a").values == [1, -2]
    assert read_pickle(array_of("f8", (2, 2), raw(struct.pack("<4d", 1, 2, 3, 4))), "a").values == [[1, 2], [3, 4]]
    assert read_pickle(array_of("b1", (2,), raw(b"\1\0"), "|"), "a").values == [True, False]
    assert read_pickle(array_of("U3", (2,), raw("ab\0äöü".encode("utf-32-le")), size=12), "a").values == ["ab", "äöü"]
    assert read_pickle(array_of("f8", (0,), raw(b"")), "a").values == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (array_of("i8", (3,), raw(b"\0" * 16)), "does not hold as many"),
        (array_of("i8", (10**9, 0), raw(b"")), "of the shape"),
        (array_of("i8", (-1,), raw(b"")), "whole numbers"),
        (array_of("V8", (1,), raw(b"\0" * 8)), "an array of 'V8'"),
        (array_of("O8", (2,), b"]"), "does not hold as many"),
        (array_of("i3", (1,), raw(b"\0" * 3)), "an array of 'i3'"),
    ],
)
def test_an_array_that_does_not_hold_what_it_says_is_refused(content, reason):
    with pytest.raises(DataError, match=reason):
        read_pickle(content, "suite")


PLAIN = (dict, list, tuple, str, bytes, int, float, bool, type(None), Array, Instance, Placeholder)


def is_value_or_refused(content):
    """Whether bytes are refused with a reason, or give a value of ours and nothing that could be called."""
    try:
        return isinstance(read_pickle(content, "suite"), PLAIN)
    except DataError as error:
        return bool(error.problem)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_reason(noise):
    """No byte string makes anything but a value or a DataError."""
    assert is_value_or_refused(hostile.HEAD + noise)


@given(st.data())
def test_a_changed_byte_of_a_good_archive_gives_a_value_or_a_reason(data):
    with tarfile.open(RELEASED / "qqp_suite.tar.gz") as packed:
        content = bytearray(packed.extractfile(packed.next()).read())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] = data.draw(st.integers(0, 255))

    assert is_value_or_refused(bytes(content))
