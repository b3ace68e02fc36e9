"""Pages of the repository outside ``docs`` are pages of the site, too.

Texts link to files, as a reader of the repository follows them. Here such links become
those between pages of the site: of a text to a text, and of a text to an example.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[2]
# Files of the repository, and their pages in the site.
OUTSIDE = {
    "README.md": "docs/index.md",
    "CONTRIBUTING.md": "docs/generated/contributing.md",
    "CHANGELOG.md": "docs/generated/changelog.md",
    "benchmarks/README.md": "docs/generated/benchmarks.md",
    "examples": "docs/generated/gallery/index.rst",
    "docs/theory": "docs/generated/theory/index.rst",
}
LINK = re.compile(r"(?<=\]\()(?!https?:)([^)\s#]+)")


def page_of(file: str) -> str:
    """Path of the page that shows a file; both relative to the repository."""
    folder, _, name = file.rpartition("/")
    if name.endswith(".py") and folder.startswith(("examples", "docs/theory")):
        gallery = folder.replace("examples", "docs/generated/gallery")
        gallery = gallery.replace("docs/theory", "docs/generated/theory")
        return f"{gallery}/{name[:-3]}.rst"
    return OUTSIDE.get(file, file)


def in_site(text: str, file: str) -> str:
    """Turn the links of a file into links between pages of the site."""
    here = posixpath.dirname(page_of(file))

    def lead(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), link[1]))
        return posixpath.relpath(page_of(target), here)

    return LINK.sub(lead, text)


def write(app: Sphinx) -> None:
    """Write pages of files outside ``docs``, where they changed."""
    for file, name in OUTSIDE.items():
        page = ROOT / name
        if name.startswith("docs/generated/") and page.suffix == ".md":
            text = in_site((ROOT / file).read_text(encoding="utf-8"), file)
            page.parent.mkdir(exist_ok=True)
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                page.write_text(text, encoding="utf-8")


def read(app: Sphinx, name: str, source: list[str]) -> None:
    """Turn the links of a page of ``docs`` when it is read."""
    file = os.path.relpath(app.env.doc2path(name), ROOT).replace(os.sep, "/")
    if file.endswith(".md") and not file.startswith("docs/generated/"):
        source[0] = in_site(source[0], file)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write pages before Sphinx looks for them, and read with links that lead on."""
    app.connect("builder-inited", write)
    app.connect("source-read", read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
