"""The GLUE validator: every reason of the reject list, each told with file and first place."""

import pytest

from benchwright.submit.glue import check_glue
from benchwright.submit.official_zip import check_zip, published_sizes


@pytest.fixture
def faults(glue_files, tools):
    """Spoil one file and return what the validator says."""

    def check(name=None, content=None, *, sizes=None):
        files = {**glue_files, **({name: content} if name else {})}
        return check_glue(tools.zipped(files), sizes or tools.glue_sizes)

    return check


def test_a_good_bundle(faults):
    """A bundle that keeps every rule has no fault."""
    assert faults() == ()


def test_published_sizes():
    """Row counts come from the task cards and are those of the official table."""
    assert published_sizes("glue") == {
        "cola": 1063, "sst2": 1821, "mrpc": 1725, "stsb": 1379, "qqp": 390965, "mnli": 9796, "mnli_mm": 9847,
        "qnli": 5463, "rte": 3000, "wnli": 146, "ax": 1104,
    }  # fmt: skip


def test_rows_may_come_in_any_order(faults):
    """What counts is that each index is there once."""
    assert faults("WNLI.tsv", "index\tprediction\n1\t0\n0\t1\n") == ()


@pytest.mark.parametrize("name", ["AX.tsv", "STS-B.tsv", "MNLI-mm.tsv"])
def test_a_missing_file(glue_files, tools, name):
    """Each of the eleven files must be there, the diagnostics too."""
    del glue_files[name]

    assert check_glue(tools.zipped(glue_files), tools.glue_sizes) == (f"{name}: is missing from the zip",)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("notes.txt", "notes.txt: is no file of the submission"),
        ("__MACOSX/._CoLA.tsv", "__MACOSX/._CoLA.tsv: lies in a folder; files lie at the root of the zip"),
        ("empty/", "empty/: is a folder; files lie at the root of the zip"),
        ("cola.tsv", "cola.tsv: is misnamed: CoLA.tsv"),
    ],
)
def test_an_extra_file(faults, name, said):
    """Nothing else may be in the zip."""
    assert faults(name, "") == (said,)


def test_files_in_a_folder(glue_files, tools):
    """Files in a folder are refused, and their contents are still read: every reason is told at once."""
    glue_files["WNLI.tsv"] = tools.tsv(0, 2)
    inside = {f"submission/{name}": text for name, text in glue_files.items()}

    said = check_glue(tools.zipped(inside), tools.glue_sizes)

    assert len(said) == 12
    assert sum("lies in a folder" in line for line in said) == 11
    assert "WNLI.tsv: has a prediction that is not one of 0, 1 (line 3: '2')" in said


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_twice(glue_files, tools):
    """A name may be in the zip once."""
    said = check_glue(tools.zipped([*glue_files.items(), ("RTE.tsv", "")]), tools.glue_sizes)

    assert said == ("RTE.tsv: is in the zip more than once",)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_no_zip(tools, content):
    """Anything that is no zip is told as such, with every missing file."""
    said = check_glue(content, tools.glue_sizes)

    assert said[0].startswith("the bundle: is no zip archive")


SPOILT = [
    ("index,prediction\n0,0\n1,1\n", "has not the header index<TAB>prediction (line 1: 'index,prediction')"),
    ("Index\tprediction\n0\t0\n1\t1\n", "has not the header index<TAB>prediction (line 1: 'Index\\tprediction')"),
    ("0\t0\n1\t1\n", "has not the header"),
    ("", "has not the header"),
    ("index\tprediction\n0\t0\t0\n1\t1\n", "has a row without exactly two columns (line 2: '0\\t0\\t0')"),
    ("index\tprediction\n0 0\n1\t1\n", "has a row without exactly two columns (line 2: '0 0')"),
    ("index\tprediction\n0\t0\n\n1\t1\n", "has a row without exactly two columns (line 3: '')"),
    ("\ufeffindex\tprediction\n0\t0\n1\t1\n", "begins with a byte-order mark"),
    ("index\tprediction\r\n0\t0\r\n1\t1\r\n", "has CRLF (or CR) line ends; lines end with LF alone (line 1)"),
    ('index\tprediction\n0\t"0"\n1\t1\n', "has a quote around a field (line 2: '\"0\"')"),
    ('"index"\t"prediction"\n0\t0\n1\t1\n', "has not the header"),
    (b"index\tprediction\n0\t0\n1\t\xff\n", "is not UTF-8 (line 3)"),
    ("index\tprediction\n0.0\t0\n1\t1\n", "has an index that is no whole number (line 2: '0.0')"),
    ("index\tprediction\n-1\t0\n1\t1\n", "has an index that is no whole number (line 2: '-1')"),
    ("index\tprediction\n00\t0\n1\t1\n", "has an index that is no whole number (line 2: '00')"),
    ("index\tprediction\n0\t0\n0\t1\n", "has 1 repeated index values (0)"),
    ("index\tprediction\n0\t0\n7\t1\n", "has 1 index values beyond 1 (7)"),
    ("index\tprediction\n1\t0\n2\t1\n", "has an index that begins at 1; it begins at 0 in every file"),
    ("index\tprediction\n0\t0\n", "has 1 rows, the test split has 2"),
    ("index\tprediction\n0\t0\n1\t1\n2\t1\n", "has 3 rows, the test split has 2"),
    ("index\tprediction\n0\t\n1\t1\n", "has an empty prediction (line 2)"),
    ("index\tprediction\n0\tentailment\n1\t1\n", "has a prediction that is not one of 0, 1 (line 2: 'entailment')"),
    ("index\tprediction\n0\t0.0\n1\t1\n", "has a prediction that is not one of 0, 1 (line 2: '0.0')"),
]


@pytest.mark.parametrize(("content", "said"), SPOILT)
def test_a_spoilt_file(faults, content, said):
    """Each rule of the reject list is a fault that names the file and the first line."""
    found = faults("WNLI.tsv", content)

    assert any(line.startswith(f"WNLI.tsv: {said}") for line in found), found


def test_one_fault_is_one_reason(faults):
    """CRLF, a byte-order mark and quotes are not told again as strange predictions."""
    assert len(faults("WNLI.tsv", "index\tprediction\r\n0\t0\r\n1\t1\r\n")) == 1
    assert len(faults("WNLI.tsv", "\ufeffindex\tprediction\n0\t0\n1\t1\n")) == 1
    assert len(faults("WNLI.tsv", 'index\tprediction\n0\t"0"\n1\t1\n')) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("5.01", "has a prediction outside [0, 5] (line 5: '5.01')"),
        ("-0.001", "has a prediction outside [0, 5] (line 5: '-0.001')"),
        ("nan", "has a prediction that is not finite (line 5: 'nan')"),
        ("inf", "has a prediction that is not finite (line 5: 'inf')"),
        ("high", "has a prediction that is no number (line 5: 'high')"),
        ("", "has an empty prediction (line 5)"),
        ("2.5", "has a prediction that is not written with 3 decimals (line 5: '2.5')"),
        ("1e0", "has a prediction that is not written with 3 decimals (line 5: '1e0')"),
    ],
)
def test_similarity_values(faults, tools, value, said):
    """STS-B holds finite numbers from 0 to 5 with three decimals."""
    assert faults("STS-B.tsv", tools.tsv("0.000", "1.000", "2.000", value)) == (f"STS-B.tsv: {said}",)


@pytest.mark.parametrize(("name", "start"), [("MNLI-mm.tsv", 9796), ("AX.tsv", 19643)])
def test_the_index_restarts(faults, glue_files, tools, name, start):
    """Mismatched MNLI and AX begin at 0 too, not where the file before them ended (jiant-v1 issue 257)."""
    rows = glue_files[name].split("\n")[1:-1]
    moved = "".join(f"{start + number}\t{row.split(chr(9))[1]}\n" for number, row in enumerate(rows))

    said = faults(name, "index\tprediction\n" + moved)

    assert said == (f"{name}: has an index that begins at {start}; it begins at 0 in every file",)


@pytest.mark.parametrize(
    ("name", "labels", "said"),
    [
        ("AX.tsv", ["0", "1", "2", "0", "1", "2"], "is not one of contradiction, entailment, neutral (line 2: '0'; 6 times)"),
        ("RTE.tsv", ["Entailment", "entailment", "entailment"], "wrongly cased prediction"),
        ("RTE.tsv", ["neutral", "entailment", "entailment"], "is not one of entailment, not_entailment"),
        ("QNLI.tsv", ["not-entailment", "entailment", "entailment"], "is not one of entailment, not_entailment"),
        ("QNLI.tsv", [" entailment", "entailment", "entailment"], "is not one of entailment, not_entailment"),
    ],
)  # fmt: skip
def test_vocabulary(faults, tools, name, labels, said):
    """Inference files hold the official strings, in their letter case."""
    (found,) = faults(name, tools.tsv(*labels))

    assert said in found


def test_old_release_of_qnli(faults, tools):
    """A wrong number of QNLI rows says that it may be the superseded release."""
    (said, _) = faults("QNLI.tsv", tools.tsv("entailment"))

    assert "has 1 rows, the test split has 3; another count may be the superseded first release" in said


def test_every_reason_is_told(glue_files, tools):
    """Several faults in several files are all told, each once with how often it occurs."""
    glue_files["STS-B.tsv"] = tools.tsv("5.010", "6.000", "1", "0.000")
    glue_files["CoLA.tsv"] = "index\tprediction\r\n0\t1\r\n"
    del glue_files["AX.tsv"]

    said = check_glue(tools.zipped(glue_files), tools.glue_sizes)

    assert "STS-B.tsv: has a prediction outside [0, 5] (line 2: '5.010'; 2 times)" in said
    assert "STS-B.tsv: has a prediction that is not written with 3 decimals (line 4: '1')" in said
    assert "CoLA.tsv: has 1 rows, the test split has 4" in said
    assert "AX.tsv: is missing from the zip" in said
    assert len(said) == 6


def test_any_zip_can_be_checked(glue_files, tools):
    """The validator needs no run: it takes the bytes of a zip, whoever made it."""
    problems, unchecked = check_zip(tools.zipped(glue_files), "glue", sizes=tools.glue_sizes)

    assert (problems, unchecked) == ((), ())
