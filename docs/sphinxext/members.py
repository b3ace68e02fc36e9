"""What a page of the API reference says: the signature, and methods that mifs wrote."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def skip(
    app: Sphinx, what: str, name: str, member: object, skipped: bool, options: object
) -> bool | None:
    """Leave out what classes inherit of others, and the fields of named tuples."""
    if what != "class":
        return None
    function = inspect.unwrap(member) if callable(member) else member
    home = getattr(function, "__module__", None) or ""
    is_field = type(member).__name__ == "_tuplegetter"
    is_foreign = callable(function) and not home.startswith("mifs")
    return True if is_field or is_foreign else None


def signature(
    app: Sphinx,
    what: str,
    name: str,
    thing: object,
    options: object,
    shown: str | None,
    returned: str | None,
) -> tuple[str, None] | None:
    """Show the parameters of a class, not those of its ``__new__``."""
    if what != "class" or not shown or "*args" not in shown:
        return None
    parameters = inspect.signature(thing).parameters.values()
    bare = [each.replace(annotation=each.empty) for each in parameters]
    return str(inspect.Signature(bare)), None


def setup(app: Sphinx) -> dict[str, bool]:
    """Ask `skip` about every member, and `signature` about every class."""
    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
