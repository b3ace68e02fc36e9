"""The built site: links lead on, nothing is loaded, pages show what they say.

``make docs`` runs this when it has built the site.
"""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

SITE = Path(__file__).parent / "_build" / "html"
PAGES = sorted(path for path in SITE.rglob("*.html") if "_static" not in path.parts)
EXAMPLES = sorted(
    path.relative_to(SITE).as_posix()
    for folder in ("gallery", "theory")
    for path in (SITE / "generated" / folder).rglob("*.html")
    if path.name != "index.html"
)


class Page(HTMLParser):
    """Anchors, links, what is loaded, and pictures of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.pictures: list[dict[str, str | None]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        """Keep what a tag names."""
        values = dict(found)
        self.anchors |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "a" and values.get("href"):
            self.links.add(values["href"])
        if tag == "link" and values.get("rel") in {"stylesheet", "preload", "icon"}:
            self.loaded.add(values["href"])
        if values.get("src"):
            self.loaded.add(values["src"])
        if tag == "img":
            self.pictures.append(values)


@pytest.fixture(scope="module")
def pages() -> dict[Path, Page]:
    """All pages, parsed once."""
    return {path: Page(path) for path in PAGES}


def name_of(path: Path) -> str:
    """Name of a page in the site."""
    return path.relative_to(SITE).as_posix()


def test_the_site_is_built() -> None:
    """There is something to look at."""
    assert SITE / "index.html" in PAGES
    assert EXAMPLES


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_lead_on(path: Path, pages: dict[Path, Page]) -> None:
    """Links within the site lead to files and anchors that are there."""
    for link in pages[path].links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = path
        if parts.path:
            target = (path.parent / unquote(parts.path)).resolve()
        target = target / "index.html" if target.is_dir() else target
        assert target.is_file(), link
        if parts.fragment and target in pages:
            assert unquote(parts.fragment) in pages[target].anchors, link


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_nothing_comes_from_elsewhere(path: Path, pages: dict[Path, Page]) -> None:
    """Scripts, styles and pictures are files of the site."""
    for source in pages[path].loaded:
        parts = urlsplit(source)
        assert not parts.netloc, source
        assert parts.scheme == "data" or (path.parent / parts.path).is_file(), source


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_shows_pictures_or_numbers(
    name: str, pages: dict[Path, Page]
) -> None:
    """It ran, and there is something to see; pictures have a text."""
    text = (SITE / name).read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" not in text
    pictures = pages[SITE / name].pictures
    assert pictures or "sphx-glr-script-out" in text
    assert all(picture.get("alt") for picture in pictures)
