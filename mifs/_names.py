"""Names of columns in little room."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import takewhile

# Characters of a name that are shown.
NAME = 24
# What stands for a blank at an end, and for no letter at all.
BLANK, NONE = "␣", "(no name)"
# Controls, and what turns or hides the letters around it; joiners are part of letters.
HIDDEN, JOINERS = {"Cc", "Cf", "Cs"}, "\u200c\u200d"


def visible(name: Hashable) -> str:
    """Name in one line of which every character is seen.

    Blanks at its ends are marked; controls, marks of direction and what has no width
    are written as Python does, so that they do nothing.
    """
    text = str(name)
    line = " ".join(text.split())
    if not line:
        return BLANK * len(text) or NONE
    if not line.isprintable():
        line = "".join(map(_seen, line))
    ends = (BLANK if letter.isspace() else "" for letter in (text[0], text[-1]))
    return line.join(ends)


def _seen(letter: str) -> str:
    if letter in JOINERS or unicodedata.category(letter) not in HIDDEN:
        return letter
    return letter.encode("unicode_escape").decode()


def short(name: Hashable, most: int = NAME) -> str:
    """Name of a column in one line; both ends of a long one."""
    return _cut(visible(name), most)


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: (most - 1) // 2]}…{text[-(most // 2) :]}"


def distinct(names: Sequence[Hashable], most: int = NAME) -> list[str]:
    """Names in little room, of which no two that differ look the same.

    Where both ends of long names are the same, a part of the middle in which they
    differ is shown, or else their number.
    """
    whole = [visible(name) for name in names]
    shown = [_cut(text, most) for text in whole]
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
    return _numbered(shown, list(map(str, names)))


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
