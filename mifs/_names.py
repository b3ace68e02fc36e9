"""Names of columns in little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import takewhile

# Characters of a name that are shown.
NAME = 24


def short(name: Hashable, most: int = NAME) -> str:
    """Name of a column in one line; both ends of a long one."""
    text = _in_one_line(name)
    if len(text) <= most:
        return text
    return f"{text[: (most - 1) // 2]}…{text[-(most // 2) :]}"


def distinct(names: Sequence[Hashable], most: int = NAME) -> list[str]:
    """Names in little room, of which no two that differ look the same.

    Where both ends of long names are the same, a part of the middle in which they
    differ is shown, or else their number.
    """
    whole = [_in_one_line(name) for name in names]
    shown = [short(text, most) for text in whole]
    many = Counter(zip(shown, whole, strict=True))
    looks = Counter(look for look, _ in many)
    for look in (look for look, n in looks.items() if n > 1):
        places = [place for place, text in enumerate(shown) if text == look]
        begin = _common([whole[place] for place in places])
        end = most // 4
        for place in places:
            text = whole[place]
            middle = text[begin : begin + most - 2 * end - 2]
            shown[place] = f"{text[:end]}…{middle}…{text[-end:]}"
    return _numbered(shown, whole)


def _common(texts: list[str]) -> int:
    """Count the letters with which all texts begin."""
    letters = zip(*texts, strict=False)
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, letters))


def _numbered(shown: list[str], whole: list[str]) -> list[str]:
    """Tell names apart that still look the same, by a number."""
    owners: dict[str, list[str]] = {}
    for look, text in zip(shown, whole, strict=True):
        others = owners.setdefault(look, [])
        if text not in others:
            others.append(text)
    return [
        f"{look} ({1 + owners[look].index(text)})" if len(owners[look]) > 1 else look
        for look, text in zip(shown, whole, strict=True)
    ]


def _in_one_line(name: Hashable) -> str:
    return " ".join(str(name).split())
