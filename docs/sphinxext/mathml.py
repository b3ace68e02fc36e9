"""Formulas as MathML, which browsers draw themselves: no script, nothing to load."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)


def formula(node: nodes.Element, as_block: bool) -> str:
    """Return the MathML of a node, or a warning and its LaTeX."""
    latex = node.astext().replace(r"\dots", r"\ldots")
    try:
        return tex2mathml(latex, as_block=as_block)
    except MathError as error:
        LOGGER.warning("%s in %s", error, latex, location=node)
        return f"<code>{html.escape(latex)}</code>"


def inline(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula in a line."""
    self.body.append(formula(node, False))
    raise nodes.SkipNode


def block(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a formula that stands alone."""
    self.body.append(f'<div class="formula">{formula(node, True)}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Name the renderer for ``html_math_renderer``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
