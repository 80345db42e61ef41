"""An encoding is one of text: what decodes bytes to anything else is refused in one message, wherever an encoding is given."""

import pytest

import benchwright
from benchwright.errors import ConfigError

NONE_OF_TEXT = (
    "hex", "rot13", "zlib", "bz2", "base64", "uu", "quopri", "undefined", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "mbcs",
    "oem", "utf-99", "no such\x00encoding", "a" * 400,
)  # fmt: skip
FILES = {"classification": "own.csv", "ner": "own.conll", "squad": "own.json"}


@pytest.mark.parametrize("encoding", NONE_OF_TEXT)
@pytest.mark.parametrize("suite", FILES)
def test_encodings_of_anything_but_text_are_refused(suite, encoding, tmp_path):
    """One message that names an encoding to type, never a LookupError or UnicodeError."""
    path = tmp_path / FILES[suite]
    path.write_text("text,label\nfine,good\ndull,bad\n")
    with pytest.raises(ConfigError) as told:
        benchwright.evaluate(
            "constant:good", f"{suite}/custom?path={path}&encoding={encoding}", store=tmp_path / "store"
        )

    assert "is no encoding of text" in str(told.value)
    assert "encoding=cp1252" in str(told.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1", "cp1252", "shift_jis", "gb18030"]
)
def test_encodings_of_text_are_read(encoding, tmp_path):
    """The same rows in any encoding of text give the same score."""
    path = tmp_path / "own.csv"
    path.write_bytes("text,label\nfine,good\ndull,bad\ngood,good\n".encode(encoding))
    suite = f"classification/custom?path={path}&encoding={encoding}"
    run = benchwright.evaluate("constant:good", suite, store=tmp_path / "store")

    assert run.cells[0].score.value == pytest.approx(2 / 3)
