"""HTML pages: templates, style and script as one self-contained file."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from benchwright import formatting
from benchwright.inert import html_text
from benchwright.render import example_link, glossary, heat_map

_OURS = "benchwright.render"


def render_page(template: str, *, package: str = _OURS, **context: Any) -> str:
    """The page made from ``templates/<template>`` of a package, which may use those of ours; same context, same bytes.

    Every value is escaped, every character that cannot be seen is a mark, what is written from right to left is isolated, and a number that is not finite is printed as a dash.
    """
    with glossary.collecting():
        return _environment(package).get_template(template).render(**context) + "\n"


@cache
def _environment(package: str) -> Environment:
    packages = tuple(dict.fromkeys((package, _OURS)))
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(name) for name in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.globals.update(
        asset=lambda name: Markup(asset_text(name, packages)),  # noqa: S704 - a file of ours
        script_digest=lambda name: _script_digest(name, packages),
        term=glossary.term,
        metric_term=glossary.metric_term,
        list_used=glossary.list_used,
        example_attributes=example_link.attributes,
        lines=_lines,
        heat_map=heat_map.heat_map,
    )
    for function in (
        formatting.clip,
        formatting.clip_middle,
        formatting.clip_words,
        formatting.unbroken,
        formatting.plain,
        formatting.count,
        formatting.value,
        formatting.fixed,
        formatting.plain_value,
        formatting.plain_change,
        step,
    ):
        environment.filters[function.__name__] = function
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    if value is None or isinstance(value, float):
        return formatting.UNDEFINED if formatting.finite(value) is None else value
    return Markup(html_text(value)) if isinstance(value, str) else value  # noqa: S704 - html_text escapes


def _lines(text: str) -> Markup:
    """Text whose line breaks stay, for inside of ``<pre>``."""
    return Markup("\n").join(Markup(html_text(line)) for line in text.split("\n"))  # noqa: S704 - html_text escapes


def step(share: float) -> str:
    """The class of a shaded cell: ``s0`` to ``s20`` for shares from 0 to 1, in steps of 5 %; a share above 0 is one step at least.

    A class of a fixed list, since a page takes no style from data.
    """
    return f"s{max(round(share * 20), 1 if share > 0 else 0)}"


def asset_text(name: str, packages: Sequence[str] = (_OURS,)) -> str:
    """A style sheet or script from ``templates`` of the first of some packages of ours that has it, without blanks and comments that begin a line."""
    places = [files(package) / "templates" / name for package in packages]
    text = next((place for place in places if place.is_file()), places[-1]).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _script_digest(name: str, packages: Sequence[str]) -> str:
    """What a content security policy names so that no other script runs."""
    return "sha256-" + base64.b64encode(hashlib.sha256(asset_text(name, packages).encode()).digest()).decode()
