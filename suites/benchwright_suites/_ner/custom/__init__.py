"""A task from a user's own tagged sentences: `ner/custom?path=...&columns=word,pos,tag&scheme=IOB2`."""

from __future__ import annotations

from collections.abc import Mapping

from benchwright.errors import BenchwrightError, ConfigError
from benchwright.types import Custom
from benchwright_suites._custom.files import same_file
from benchwright_suites._custom.options import with_metrics
from benchwright_suites._ner.custom.card import make_card
from benchwright_suites._ner.custom.options import read_options
from benchwright_suites._ner.custom.sentences import Sentences, read_sentences


def build(given: Mapping[str, str]) -> Custom:
    """The task that the options describe, and the folders of its files.

    Args:
        given: Options as typed; `options.OPTIONS` says what each means.

    Raises:
        ConfigError: With everything that is wrong with the options and the files: unknown options, absent or ragged
            files, tags that are none of the scheme (with their line), no entity at all.
    """
    options = read_options(given)
    problems: list[BenchwrightError] = list(same_file(options.path, options.train))
    found: dict[str, Sentences] = {}
    for split, path in options.files.items():
        try:
            found[split] = read_sentences(options, path)
        except ConfigError as error:
            problems.extend(error.problems)
        except BenchwrightError as error:
            problems.append(error)
    if problems:
        raise ConfigError(problems, where="ner/custom")
    return Custom(
        task=with_metrics(make_card(options, found), given),
        folders={split: own.file.folder for split, own in found.items()},
    )
