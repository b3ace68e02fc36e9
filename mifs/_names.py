"""Names of columns in little room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate, takewhile
from unicodedata import category, east_asian_width

# Room of a name that is shown, in letters.
NAME = 24
# What stands for a blank at an end, and for no letter at all.
BLANK, NONE = "␣", "(no name)"
# Controls, and what turns or hides the letters around it; joiners are part of letters.
HIDDEN, JOINERS = {"Cc", "Cf", "Cs"}, "\u200c\u200d"
# Letters of an end that say nothing.
LEAST = 2
# Letters of names that may stand between words.
BETWEEN = " _-.,;:/|"


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
    if letter in JOINERS or category(letter) not in HIDDEN:
        return letter
    return letter.encode("unicode_escape").decode()


def room(text: str) -> int:
    """Room that a text takes, in Latin letters; a Chinese one takes that of two."""
    return len(text) if text.isascii() else sum(map(_room, text))


def _room(letter: str) -> int:
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1


def short(name: Hashable, most: int = NAME) -> str:
    """Name of a column in one line; both ends of a long one."""
    return _cut(visible(name), most)


def _cut(text: str, most: int) -> str:
    if room(text) <= most:
        return text
    return f"{_head(text, (most - 1) // 2)}…{_tail(text, most // 2)}"


def distinct(names: Sequence[Hashable], most: int = NAME) -> list[str]:
    """Names in little room, of which no two that differ look the same.

    Where both ends of long names are the same, the part of the middle in which they
    differ is shown, or else their number.
    """
    whole = [visible(name) for name in names]
    shown = [_cut(text, most) for text in whole]
    many = Counter(zip(shown, whole, strict=True))
    looks = Counter(look for look, _ in many)
    for look in (look for look, n in looks.items() if n > 1):
        places = [place for place, text in enumerate(shown) if text == look]
        alike = [whole[place] for place in places]
        begin, end = _common(alike), _common([text[::-1] for text in alike])
        for place, text in zip(places, alike, strict=True):
            shown[place] = _middle(text, begin, len(text) - end, most)
    return _numbered(shown, list(map(str, names)))


def _middle(text: str, begin: int, end: int, most: int) -> str:
    """Give what tells a name from others, and its ends if there is room for them."""
    word = max(text.rfind(letter, 0, begin) for letter in BETWEEN) + 1
    begin = word if begin - word < most // 3 else begin
    told = _head(text[begin:end], most - 2)
    ends = min(most // 4, (most - 2 - room(told)) // 2)
    ends = ends if ends > LEAST else 0
    told = _head(text[begin:], most - 2 - 2 * ends)
    return f"{_head(text, ends)}…{told}…{_tail(text, ends)}"


def _head(text: str, most: int) -> str:
    """Return as many of the first letters as there is room for."""
    return text[:most] if text.isascii() else text[: _fitting(text, most)]


def _tail(text: str, most: int) -> str:
    """Return as many of the last letters as there is room for."""
    n = min(most, len(text)) if text.isascii() else _fitting(reversed(text), most)
    return text[len(text) - n :]


def _fitting(letters: Iterable[str], most: int) -> int:
    return sum(
        1
        for _ in takewhile(lambda taken: taken <= most, accumulate(map(_room, letters)))
    )


def listed(names: Sequence[Hashable], most: int = 8, letters: int = 40) -> str:
    """Join the first names, and say how many more there are."""
    shown = distinct(list(names)[:most], letters)
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if shown[1:] else shown)


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
