"""Long names in little room, and no two of them the same."""

import pytest

from mifs._names import distinct, room, short

LONG = ["a" * 20 + middle + "z" * 20 for middle in ("one", "two", "b" * 30)]


@pytest.mark.parametrize(
    ("name", "most", "expected"),
    [
        ("abc", 24, "abc"),
        ("a\n b\tc", 24, "a b c"),
        ("a" * 24, 24, "a" * 24),
        ("a" * 13 + "z" * 12, 24, "a" * 11 + "…" + "z" * 12),
        ("abcdefgh", 5, "ab…gh"),
        (("of", 1), 24, "('of', 1)"),
        ("a\u202eb\x07", 24, "a\\u202eb\\x07"),
        ("\u200b", 24, "\\u200b"),
        ("\ud800", 24, "\\ud800"),
        ("نام\u200cها 👩\u200d🔬 größe", 24, "نام\u200cها 👩\u200d🔬 größe"),
        ("\u00a0 a\u2003", 24, "␣a␣"),
        ("細胞核の測定値", 14, "細胞核の測定値"),
        ("細胞核の測定値の最大値", 14, "細胞核…最大値"),
        ("e\u0301" * 10, 10, "e\u0301" * 10),
    ],
)
def test_short(name, most, expected):
    assert short(name, most) == expected
    assert room(short(name, most)) <= most


def test_distinct():
    assert distinct(["a", "b", "a"]) == ["a", "b", "a"]
    assert distinct(LONG) == [
        "aaaaaa…onezzzzzzz…zzzzzz",
        "aaaaaa…twozzzzzzz…zzzzzz",
        "…" + "b" * 22 + "…",
    ]
    assert distinct([*LONG, LONG[0]])[3] == distinct(LONG)[0]
    assert distinct(["a b", "a\nb", "a b"]) == ["a b (1)", "a b (2)", "a b (1)"]
    assert distinct(["a", "a ", " a", "", " "]) == ["a", "a␣", "␣a", "(no name)", "␣"]
    alike = [
        "a" * 30 + middle + "z" * 30 for middle in ("m" * 40 + "1", "m" * 40 + "2")
    ]
    more = [*alike, "a" * 30 + "q" + "z" * 30]
    shown = distinct(more)
    assert len(set(shown)) == 3
    assert max(map(len, shown)) <= 24 + 4


def test_what_differs_is_shown_as_a_whole_if_it_can_be():
    whole = [
        f"measurement of the nuclei, {name}, of the specimen"
        for name in ("worst concave points", "worst concavity", "mean area")
    ]
    assert distinct(whole) == [
        "…worst concave points, …",
        "mea…worst concavity,…men",
        "measur…mean area,…ecimen",
    ]
    # A word is not cut at its beginning.
    ends = ["the concentration in the ", " of the specimen taken"]
    names = [f"{ends[0]}concav{own}{ends[1]}" for own in ("ity", "e")]
    assert distinct(names) == ["the co…concavity … taken", "the co…concave of… taken"]
