"""A strict reader of HTML pages: every tag closed, ids unique, text and attributes at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr", "input", "wbr", "col"}
BLOCKS = {"div", "p", "ul", "table", "section", "h2", "h3", "pre", "dl", "figure", "details"}


@dataclass
class Element:
    tag: str
    attributes: dict
    parent: Element | None
    children: list = field(default_factory=list)

    @property
    def text(self):
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, tag, **attributes):
        """Descendants of that tag with those attributes; ``class_`` matches one of the classes."""
        wanted = attributes.pop("class_", None)
        found = []
        for child in self.children:
            if isinstance(child, str):
                continue
            same = all(child.attributes.get(key) == value for key, value in attributes.items())
            if child.tag == tag and same and (wanted is None or wanted in child.attributes.get("class", "").split()):
                found.append(child)
            found += child.all(tag, **attributes, **({"class_": wanted} if wanted else {}))
        return found


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = Element("", {}, None)
        self.here = self.root
        self.ids = []
        self.links = []

    def handle_starttag(self, tag, attrs):
        self._start(tag, attrs)
        if tag not in VOID:
            self.here = self.here.children[-1]

    def handle_startendtag(self, tag, attrs):
        assert tag in {"path", "use", "rect", "circle", "line"}, f"<{tag}/> closes itself only in SVG"
        self._start(tag, attrs)

    def handle_endtag(self, tag):
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}> at {self.getpos()}"
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)

    def _start(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"an attribute twice in <{tag}>"
        assert not (self.here.tag == "p" and tag in BLOCKS), f"<{tag}> inside <p>"
        attributes = dict(attrs)
        self.here.children.append(Element(tag, attributes, self.here))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.links += [
            (tag, name, value) for name, value in attrs if name in {"href", "src", "srcset", "action", "data"}
        ]


def read(text):
    """The root element, after checking that the page is well formed and its ids are unique and found."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.here is reader.root, f"<{reader.here.tag}> is never closed"
    assert len(reader.ids) == len(set(reader.ids)), "an id twice"
    for _, _, address in reader.links:
        if address.startswith("#"):
            assert address[1:] in reader.ids, f"{address} leads nowhere"
    reader.root.links = reader.links
    return reader.root
