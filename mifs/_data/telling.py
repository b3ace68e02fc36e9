"""Who works, and to whom it tells how far it is: known far below, where the work is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol


class Advance(Protocol):
    """Shows that so many steps of all are done."""

    def __call__(self, step: int, total: int, what: str = ...) -> None: ...


class Teller(NamedTuple):
    """What works now.

    Attributes
    ----------
    name : str
        As of a selector.
    advance : Advance or None
    """

    name: str
    advance: Advance | None

    def tell(self, step: int, total: int, what: str) -> None:
        """Say how far it is."""
        if self.advance is not None:
            self.advance(step, total, what)


_NOW: ContextVar[Teller | None] = ContextVar("mifs_now", default=None)


def now_working() -> Teller | None:
    """Give what works now; None: nothing that has a name."""
    return _NOW.get()


@contextmanager
def working(name: str, advance: Advance | None) -> Iterator[None]:
    """Let it be known what works."""
    token = _NOW.set(Teller(name, advance))
    try:
        yield
    finally:
        _NOW.reset(token)
