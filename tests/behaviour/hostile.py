"""Pickles written by hand, opcode by opcode, as a hostile file would hold them: nothing here pickles or unpickles."""

import gzip
import io
import struct
import tarfile

HEAD, STOP = b"\x80\x03", b"."
REDUCE, NEWOBJ, BUILD = b"R", b"\x81", b"b"
EMPTY_TUPLE, TUPLE1, TUPLE2 = b")", b"\x85", b"\x86"


def text(value):
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def named(module, name):
    return b"c" + f"{module}\n{name}\n".encode()


def listed(*values):
    return b"](" + b"".join(values) + b"e"


def mapped(**values):
    return b"}(" + b"".join(text(key) + value for key, value in values.items()) + b"u"


def whole(value):
    return b"J" + struct.pack("<i", value)


def record(module, name, **fields):
    """An object of a class, with fields."""
    return named(module, name) + EMPTY_TUPLE + NEWOBJ + mapped(**fields) + BUILD


def mft(name, *texts, labels=2, **fields):
    """A pickle of a suite with one MFT of these texts."""
    test = record(
        "checklist.test_types",
        "MFT",
        **{"data": listed(*map(text, texts)), "labels": whole(labels), "agg_fn": text("all"), **fields},
    )
    info = b"}" + text(name) + mapped(capability=text("Vocabulary"), type=text("MFT")) + b"s"
    tests = b"}" + text(name) + test + b"s"
    return pickled(record("checklist.test_suite", "TestSuite", tests=tests, info=info, test_ranges=b"}"))


def pickled(body):
    return HEAD + body + STOP


def archived(content, member="suite.pkl"):
    """A `.tar.gz` of one file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        header = tarfile.TarInfo(member)
        header.size = len(content)
        archive.addfile(header, io.BytesIO(content))
    return packed.getvalue()


def bomb(start, filler=b"a", times=1024):
    """A gzip file of some bytes and then a MiB of filler so many times; small on disk, quickly made."""
    return gzip.compress(start) + gzip.compress(filler * 1024**2, 9) * times


FOREIGN_GLOBAL = pickled(named("sklearn.svm", "SVC") + EMPTY_TUPLE + NEWOBJ)
OS_SYSTEM = pickled(named("os", "system") + text("touch EXECUTED") + TUPLE1 + REDUCE)
EVAL = pickled(named("builtins", "eval") + text("open('EXECUTED', 'w')") + TUPLE1 + REDUCE)
BY_ATTRIBUTE = pickled(
    named("dill._dill", "_get_attr")
    + (named("dill._dill", "_import_module") + text("os") + TUPLE1 + REDUCE)
    + text("system")
    + TUPLE2
    + REDUCE
    + text("touch EXECUTED")
    + TUPLE1
    + REDUCE
)
BY_TYPE = pickled(
    named("dill._dill", "_load_type") + text("FunctionType") + TUPLE1 + REDUCE + text("code") + TUPLE1 + REDUCE
)
RECURSION = pickled(b"]q\x00h\x00a")
LONG_LINE = HEAD + b"c"
UNKNOWN_EXPECTATION = mft("a test that nobody released", "fine")
NO_FILLER = mft("Sentiment-laden words in context", "The {air_noun} is fine.")
