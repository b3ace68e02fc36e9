"""A page of HTML as a test reads it: tags, tables by their captions, texts."""

import re
from html.parser import HTMLParser

import numpy as np

VOID = {"br", "input", "meta", "link"}


class Page(HTMLParser):
    """Every element with its attributes and text; refuses what is not closed."""

    def __init__(self, html):
        super().__init__()
        self.html, self.elements, self._open = html, [], []
        # Of each table the element of its caption, and rows of those of its cells.
        self._tables = []
        self.feed(html)
        self.close()
        assert not self._open, [tag for tag, *_ in self._open]

    def handle_starttag(self, tag, attributes):
        element = (tag, dict(attributes), [])
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)
        if tag == "table":
            self._tables.append([None, []])
        elif tag == "caption":
            self._tables[-1][0] = element
        elif tag == "tr":
            self._tables[-1][1].append([])
        elif tag in ("th", "td"):
            self._tables[-1][1][-1].append(element)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), []))

    def handle_endtag(self, tag):
        assert self._open.pop()[0] == tag

    def handle_data(self, data):
        for _, _, texts in self._open:
            texts.append(data)

    def all(self, tag, **wanted):
        """Attributes of the elements of a tag that have some."""
        return [own for own, _ in self.with_text(tag, **wanted)]

    def with_text(self, tag, **wanted):
        """Attributes and text of the elements of a tag that have some attributes."""
        return [
            (element[1], text_of(element))
            for element in self.elements
            if element[0] == tag and wanted.items() <= element[1].items()
        ]

    def texts(self, tag, **wanted):
        return [text for _, text in self.with_text(tag, **wanted)]

    @property
    def sections(self):
        return [attributes["id"] for attributes in self.all("section")]

    @property
    def says(self):
        """What the pictures say, to those who do not see them."""
        return [attributes["aria-label"] for attributes in self.all("svg", role="img")]

    def table(self, caption):
        """Heads and rows of the table of a caption, as texts."""
        (rows,) = [rows for head, rows in self._tables if text_of(head) == caption]
        heads, *rest = [[text_of(cell) for cell in row] for row in rows]
        return heads, rest

    def column(self, caption, head):
        """One column of a table; numbers as numbers, NaN where empty."""
        heads, rows = self.table(caption)
        texts = [row[heads.index(head)] for row in rows]
        try:
            return np.array([float(text.rstrip(" %") or "nan") for text in texts])
        except ValueError:
            return texts


def text_of(element):
    return " ".join("".join(element[2]).split())


def check_alone(page):
    """A page loads nothing: every address is inline or a fragment that is there."""
    ids = [own["id"] for _, own, _ in page.elements if "id" in own]
    assert len(set(ids)) == len(ids)
    for _, attributes, _ in page.elements:
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            address = attributes.get(name, "#main")
            assert address == "data:," or address[1:] in ids, address
        assert not any(name.startswith("on") for name in attributes)
    for target in re.findall(r"url\((.*?)\)", page.html):
        assert target[1:] in ids
    assert "@import" not in page.html
    assert "http" not in page.html


class Cells(HTMLParser):
    """Cells of tables, bars and paragraphs; refuses what is not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes = [], [], []
        self.rows, self.paragraphs = [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        elif tag == "p":
            self.paragraphs.append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data.replace("\xa0", " ").strip(" ")
        elif "p" in self.open:
            self.paragraphs[-1] += data

    def widths(self):
        """Widths of the bars, in pixels."""
        shown = [value for name, value in self.attributes if name == "width"]
        return [float(value) for value in shown if value != "96"]

    def check_harmless(self):
        assert {"script", "style", "img", "link", "a", "iframe"}.isdisjoint(self.tags)
        names = {name for name, _ in self.attributes}
        assert not {name for name in names if name.startswith("on")}
        assert {"src", "href", "id"}.isdisjoint(names)
        values = " ".join(str(value) for _, value in self.attributes)
        assert "background" not in values
        assert "#" not in values
