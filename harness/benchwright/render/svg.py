"""Matplotlib figures as inline SVG: small, equal bytes for equal input, in the colours and fonts of the page."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markupsafe import Markup

from benchwright.inert import inert

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#000001"
"""Becomes the colour of the text around it. Not plain black, which matplotlib leaves out where SVG fills black anyway."""
MUTED = "#808080"
"""Becomes ``var(--muted)``."""
RULE = "#c0c0c0"
"""Becomes ``var(--rule)``."""
ACCENT = "#0000ff"
"""Becomes ``var(--accent)``."""
PAPER = "#fffffe"
"""Becomes ``var(--paper)``."""

_COLOURS = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    ACCENT: "var(--accent)",
    PAPER: "var(--paper)",
}
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "benchwright", "axes.unicode_minus": True, "path.snap": False}
_DROPPED_STYLES = {"font-family", "stroke-linejoin", "stroke-linecap"}
_INVISIBLE = {"fill: none", ""}
_NUMBER = re.compile(r"-?\d+\.\d+")
_BLANK = re.compile(r"(?<=[A-Za-z]) | (?=[A-Za-z])")
"""Blanks beside the letters of a path, which need none."""
_NAMESPACE = re.compile(r"^\{[^}]*\}")
_REFERENCE = re.compile(r"#([\w.-]+)")


@contextmanager
def figure(width: float, height: float) -> Iterator[Figure]:
    """An empty transparent figure of that many CSS pixels, free of pyplot's global state."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_SETTINGS):  # type: ignore[arg-type]
        drawing = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor="none")
        FigureCanvasSVG(drawing)
        yield drawing


def to_svg(drawing: Figure, *, name: str, title: str, description: str, texts: Mapping[str, str]) -> Markup:
    """The figure as one ``<svg>`` element for an HTML page; call it inside ``figure``.

    Args:
        drawing: What was drawn.
        name: Unique on the page; every id in the element starts with it.
        title: What the figure shows, for those who hear it.
        description: The finding, or where the same numbers stand as a table.
        texts: Placeholder drawn -> text that takes its place. Text of others never goes through matplotlib, which would
            read ``$`` as mathematics and warn about glyphs its font lacks.
    """
    root = _written(drawing)
    view = (root.get("viewBox") or "0 0 0 0").split()
    return _element(root, _used(root), name=name, title=title, description=description, view=view, texts=texts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """The part of a figure that one of its axes lies in.

    Attributes:
        title: What it shows, for those who hear it.
        description: The finding, or where the same numbers stand as a table.
        top: Where it begins, in pixels from the top of the figure.
        height: In pixels.
    """

    title: str
    description: str
    top: float
    height: float


def add_panel_axes(
    drawing: Figure, at: int, *, panels: int, size: tuple[float, float], margins: tuple[float, float, float, float]
) -> Axes:
    """Axes of one of the panels that `to_panels` takes apart, the first on top.

    Args:
        drawing: As high as all panels together.
        at: The panel, from 0.
        panels: How many there are.
        size: Width and height of a panel in CSS pixels.
        margins: Left, top, right and bottom of it, for what stands beside the axes, in CSS pixels.
    """
    (width, height), (left, top, right, bottom) = size, margins
    whole = height * panels
    low = (whole - height * (at + 1) + bottom) / whole
    return drawing.add_axes((left / width, low, (width - left - right) / width, (height - top - bottom) / whole))


def to_panels(drawing: Figure, panels: Sequence[Panel], *, name: str, texts: Mapping[str, str]) -> Markup:
    """A figure whose axes lie one below the other, as one ``<svg>`` for each of them, which the page sets side by side where it is wide.

    Args:
        drawing: With as many axes as there are panels, in the order in which they were added.
        panels: Of each axes.
        name: Unique on the page; every id begins with it.
        texts: As in `to_svg`.
    """
    root = _written(drawing)
    used = _used(root)
    width = (root.get("viewBox") or "0 0 0 0").split()[2]
    found = {element.get("id"): element for element in root.iter("g")}
    drawn = []
    for number, panel in enumerate(panels, start=1):
        part = ET.Element("svg")
        part.append(found[f"axes_{number}"])
        drawn.append(
            _element(
                part,
                used,
                name=f"{name}-{number}",
                title=panel.title,
                description=panel.description,
                view=("0", f"{panel.top:g}", width, f"{panel.height:g}"),
                texts=texts,
                ids=name,
            )
        )
    return Markup('<div class="multiples">{}</div>').format(Markup("").join(drawn))


def _written(drawing: Figure) -> ET.Element:
    buffer = io.StringIO()
    drawing.savefig(
        buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
    )
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - matplotlib wrote it a line above
    _strip_namespaces(root)
    return root


def _used(root: ET.Element) -> set[str]:
    return {match for element in root.iter() for value in element.attrib.values() for match in _references(value)}


def _element(
    root: ET.Element,
    used: set[str],
    *,
    name: str,
    title: str,
    description: str,
    view: Sequence[str],
    texts: Mapping[str, str],
    ids: str = "",
) -> Markup:
    """The element trimmed, in the colours of the page; ids that are referred to begin with ``ids``, by itself ``name``."""
    _trim(root, used)
    for element in root.iter():
        _restyle(element, ids or name)
        if element.tag == "text":
            element.text = inert(texts.get(element.text or "", element.text or ""))
    _gather(root)
    _describe(root, name, title, description, view)
    return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=True))  # noqa: S704 - ElementTree escapes


def _references(value: str) -> list[str]:
    return _REFERENCE.findall(value) if value.startswith("#") or "url(#" in value else []


def _strip_namespaces(root: ET.Element) -> None:
    for element in root.iter():
        element.tag = _NAMESPACE.sub("", element.tag)
        element.attrib = {_NAMESPACE.sub("", key): value for key, value in element.attrib.items()}
        element.text = (element.text or "").strip() or None
        element.tail = None


def _trim(parent: ET.Element, used: set[str]) -> None:
    """Drop metadata, the page-wide style sheet, clipping, ids nobody refers to, and elements that then say nothing."""
    kept: list[ET.Element] = []
    for child in list(parent):
        if child.tag in {"metadata", "style", "clipPath"} or _draws_nothing(child):
            continue
        child.attrib.pop("clip-path", None)
        _trim(child, used)
        if child.get("id") not in used:
            child.attrib.pop("id", None)
        if child.tag in {"g", "defs"} and not len(child):
            continue
        if child.tag == "g" and not child.attrib:
            kept.extend(child)
        else:
            kept.append(child)
    parent[:] = kept


def _gather(parent: ET.Element) -> None:
    """Join lines of one style into one path, and neighbours of one style into a group that says it once: a third of the size."""
    for child in parent:
        _gather(child)
    lines: dict[str, ET.Element] = {}
    kept: list[ET.Element] = []
    for child in parent:
        style = child.get("style", "")
        if child.tag == "path" and child.attrib.keys() == {"d", "style"} and "fill:none" in style.split(";"):
            if style in lines:
                lines[style].set("d", lines[style].get("d", "") + child.get("d", ""))
                continue
            lines[style] = child
        kept.append(child)
    parent[:] = [one for some in _neighbours(kept) for one in _grouped(some)]


def _neighbours(elements: list[ET.Element]) -> list[list[ET.Element]]:
    """Marks that follow one another in one style; texts of one style wherever they stand, as nothing is drawn over them."""
    found: list[list[ET.Element]] = []
    texts: dict[str, list[ET.Element]] = {}
    for element in elements:
        style = element.get("style", "")
        if element.tag == "text" and style in texts:
            texts[style].append(element)
        elif element.tag == "use" and found and found[-1][0].tag == "use" and found[-1][0].get("style", "") == style:
            found[-1].append(element)
        else:
            found.append([element])
            if element.tag == "text":
                texts[style] = found[-1]
    return found


def _grouped(elements: list[ET.Element]) -> list[ET.Element]:
    style = elements[0].get("style", "")
    if len(elements) < 2 or not style:
        return elements
    group = ET.Element("g", {"style": style})
    for element in elements:
        del element.attrib["style"]
        group.append(element)
    return [group]


def _draws_nothing(element: ET.Element) -> bool:
    return element.tag == "path" and element.get("id") is None and element.get("style", "").strip() in _INVISIBLE


def _restyle(element: ET.Element, name: str) -> None:
    for key, value in list(element.attrib.items()):
        if key == "style":
            element.set(key, _colour(value))
        elif key == "d":
            element.set(key, _BLANK.sub("", " ".join(_NUMBER.sub(_short, value).split())))
        elif key in {"x", "y", "transform"}:
            element.set(key, " ".join(_NUMBER.sub(_short, value).split()))
        elif key == "id":
            element.set(key, f"{name}-{value}")
        elif _references(value):
            element.set(key, value.replace("#", f"#{name}-"))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    if not element.get("style", "-"):
        del element.attrib["style"]


def _colour(style: str) -> str:
    kept = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key and key not in _DROPPED_STYLES:
            kept.append(f"{key}:{_COLOURS.get(value, _NUMBER.sub(_short, value))}")
    return ";".join(kept)


def _short(match: re.Match[str]) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _describe(root: ET.Element, name: str, title: str, description: str, view: Sequence[str]) -> None:
    left, top, width, height = (f"{float(number):g}" for number in view)
    root.attrib = {
        "class": "figure",
        "viewBox": f"{left} {top} {width} {height}",
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": f"{name}-title {name}-desc",
    }
    for at, (tag, text) in enumerate((("title", title), ("desc", description))):
        child = ET.Element(tag, {"id": f"{name}-{tag}"})
        child.text = inert(text)
        root.insert(at, child)
