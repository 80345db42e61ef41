"""Published scores of named entities and chunks that `benchwright verify` recomputes from published outputs."""

from __future__ import annotations

from benchwright.types import Published

_WNUT = (
    "Derczynski et al. 2017, overview of the WNUT-17 shared task, https://aclanthology.org/W17-4418/ (figures as "
    "quoted, the paper was not read again); outputs: https://github.com/leondz/emerging_entities_17 (commit e52a2d2)"
)
_SAMPLE = "report of the conlleval script on its sample, result.txt of https://github.com/sighsmile/conlleval (commit 423ac49)"
_SAMPLE_FILE = "reference_outputs/conlleval/output.txt"


def _submission(team: str, value: str, file: str) -> Published:
    return Published(
        what=f"WNUT-17, {team}, entity F1",
        source=_WNUT,
        value=value,
        predictions=f"ner/WNUT17/submissions/{file}",
        selector="ner/wnut17",
        metric="entity_f1",
    )


def _sample(what: str, value: str, metric: str) -> Published:
    return Published(
        what=f"conlleval sample, {what}",
        source=_SAMPLE,
        value=value,
        predictions=_SAMPLE_FILE,
        selector=f"ner/custom?path={_SAMPLE_FILE}&columns=word,pos,tag,_",
        metric=metric,
    )


published = (
    _submission("UH-RiTUAL", "41.86", "uh_ritual"),
    _submission("SpinningBytes", "40.78", "spinningbytes.txt"),
    _submission("Arcada", "39.98", "arcada"),
    _sample("precision", "68.83", "entity_precision"),
    _sample("recall", "80.83", "entity_recall"),
    _sample("FB1", "74.35", "entity_f1"),
    _sample("accuracy", "84.08", "token_accuracy"),
)
