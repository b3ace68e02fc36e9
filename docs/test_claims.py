"""What an example prints is what its words say; ``make docs`` has run them.

Numbers are those of the pages, so that nothing is run a second time.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest

PAGES = Path(__file__).parent / "_build" / "html" / "generated"
OUTPUT = re.compile(r"sphx-glr-script-out.*?<pre>(.*?)</pre>", re.DOTALL)
CLAIMS: dict[str, Callable[[str], None]] = {}


def claim(name: str) -> Callable[[Callable[[str], None]], Callable[[str], None]]:
    """Mark a function that checks what an example printed."""

    def register(check: Callable[[str], None]) -> Callable[[str], None]:
        CLAIMS[name] = check
        return check

    return register


def printed(name: str) -> str:
    """All that a page printed."""
    text = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    return "\n".join(
        html.unescape(re.sub(r"<[^>]+>", "", found)) for found in OUTPUT.findall(text)
    )


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that a pattern captures, once."""
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in:\n{text}"
    return [float(group) for group in found.groups()]


def row(name: str, text: str) -> list[float]:
    """Return the numbers of a row of a printed table."""
    found = re.search(rf"^{name} +(.*)$", text, re.MULTILINE)
    assert found, f"no row {name!r} in:\n{text}"
    return [float(cell) for cell in found[1].split()]


def row_of_means(name: str, text: str) -> list[str]:
    """Return the means of a row whose cells are mean and deviation."""
    found = re.search(rf"^{name} +(.*)$", text, re.MULTILINE)
    assert found, f"no row {name!r} in:\n{text}"
    return re.findall(r"(-?[\d.]+) ±", found[1])


@claim("gallery/tables/genes")
def both_pathways_and_nothing_else(out: str) -> None:
    found = re.search(r"more than chance: (\w+), (\w+)$", out, re.MULTILINE)
    assert found
    assert {name.rstrip("0123456789") for name in found.groups()} == {"heat", "growth"}
    assert numbers(r"^(\d+) genes with q", out)[0] >= 16


@claim("gallery/tables/census")
def only_one_kind_of_gap_tells(out: str) -> None:
    assert numbers(r"gaps of the occupation tell (-?[\d.]+)", out)[0] > 0.01
    assert abs(numbers(r"gaps of the country tell (-?[\d.]+)", out)[0]) < 0.002


@claim("gallery/tables/text")
def jmi_does_not_repeat_itself(out: str) -> None:
    mim, jmi = (numbers(rf"words of {n}: ([\d.]+)", out)[0] for n in ("MIM", "JMI"))
    assert jmi > mim > numbers(r"commonest: ([\d.]+)", out)[0]
    assert numbers(r"(\d+) % of the cells", out)[0] < 10


@claim("gallery/tables/weather")
def the_wind_tells_and_does_not_correlate(out: str) -> None:
    told = {lag: row(str(lag), out) for lag in range(8)}
    assert max(told, key=lambda lag: told[lag][0]) == 1
    assert told[1][0] > 0.5
    assert abs(told[1][1]) < 0.1
    law = numbers(r"the law: ([\d.]+) nats", out)[0]
    assert abs(told[1][0] - law) < 0.1
    assert "first: wind, 1 d before" in out


@claim("gallery/tables/xor")
def each_criterion_fails_somewhere(out: str) -> None:
    names = ["mim", "mifs", "mrmr", "cife", "jmi", "cmim", "icap", "disr"]
    names += ["tested", "pair"]
    table = {
        name: dict(zip(names, row(name, out), strict=True))
        for name in (
            "one column a factor",
            "factors with copies",
            "spouse of a child",
            "xor, one visible",
            "xor, none visible",
        )
    }
    copies, xor = table["factors with copies"], table["xor, one visible"]
    assert max(copies[name] for name in ("mim", "jmi", "disr")) < 50
    assert {name for name in names[:8] if xor[name] == 100} == {"cife", "jmi", "disr"}
    assert max(table["spouse of a child"][name] for name in names[:8]) < 100
    assert table["xor, none visible"] == dict.fromkeys(names, 0) | {"pair": 100}
    assert all(table[name]["pair"] == 100 for name in table)


@claim("gallery/tables/how_many")
def chance_stops_the_path(out: str) -> None:
    stop = numbers(r"stopped at (\d+):", out)[0]
    best, smallest = numbers(r"best: (\d+); within one standard error: (\d+)", out)
    assert 3 < stop < 12
    assert smallest <= best
    assert "stable: " in out


@claim("gallery/tables/stability")
def groups_are_more_stable(out: str) -> None:
    alone, grouped = numbers(r"one by one: ([\d.]+)\s+stability, by groups: (.+)", out)
    assert grouped > alone
    table = {name: row(name, out) for name in ("MIM", "MIRMR", "JMI")}
    assert max(table, key=lambda name: table[name][0]) == "MIM"


@claim("gallery/tables/csv_larger_than_memory")
def memory_is_less_than_half_of_the_table(out: str) -> None:
    table = numbers(r"would take (\d+) MB", out)[0]
    peak = re.search(r"Peak: (\d+|nan) MB", out)
    assert peak
    assert peak[1] == "nan" or float(peak[1]) < table / 2
    chosen = re.search(r"^x0.*, .*$", out, re.MULTILINE)
    assert chosen
    assert set(chosen[0].split(", ")) == {"x0", "x1", "x2", "x3", "x4"}


@claim("gallery/tables/grid_search")
def mim_is_last_where_pixels_are_few(out: str) -> None:
    _, _, mim, _ = four = row("4", out)
    assert mim == min(four)
    many = row("32", out)
    assert max(many) - min(many) < 0.02


@claim("gallery/tables/comparing_criteria")
def criteria_agree_mostly(out: str) -> None:
    mean, least = numbers(r"agreement: ([\d.]+) on average, from ([\d.]+)", out)
    assert 0.5 < least <= mean < 1
    assert numbers(r"by (-?[\d.]+) nats", out)[0] < 0.02


@claim("gallery/tables/survival")
def a_pair_is_found_by_pairs(out: str) -> None:
    steps, pair = re.findall(
        r"^(?:step by step|from a pair): +(.*)$", out, re.MULTILINE
    )
    assert steps.split(", ") == ["marker", "old"]
    assert sorted(pair.split(", ")) == ["gene", "marker", "old", "treated"]


@claim("gallery/tables/infomax")
def chosen_pixels_beat_random_ones(out: str) -> None:
    chosen, drawn = numbers(r"InfoMax: ([\d.]+) .* random: ([\d.]+)", out)
    assert chosen > drawn + 0.1


@claim("gallery/learned/deep_infomax")
def chosen_latents_beat_others(out: str) -> None:
    deep, pca, drawn = (
        row(name, out) for name in ("Deep InfoMax", "PCA", "random projection")
    )
    assert all(ours > theirs for ours, theirs in zip(deep, drawn, strict=True))
    assert deep[2] > pca[2] - 0.01
    jmi, first, random = (
        row(name, out)[0]
        for name in ("eight by JMI", "the first eight", "eight at random")
    )
    assert jmi > max(first, random)


@claim("gallery/learned/amdim")
def moved_views_make_latents_stay(out: str) -> None:
    plain, off = row("moved, noise", out[out.index("as it is") :])
    blind, lost = row("PCA", out)
    assert plain > off
    assert off > lost
    assert plain > blind - 0.03


@claim("gallery/learned/beta_vae")
def dearer_nats_are_fewer(out: str) -> None:
    closed = re.findall(r"^β = \d: ([\d.]+) nats, .*, (\d) active$", out, re.MULTILINE)
    assert [int(active) for _, active in closed] == [3, 2, 1]
    assert [float(rate) for rate, _ in closed] == pytest.approx(
        [2.0794, 1.0397, 0.3466], rel=0.03
    )
    digits = [row(f" *{beta}", out) for beta in ("0.5", "2", "8", "32", "128")]
    rates, distortions, _, told = zip(*digits, strict=True)
    assert list(rates) == sorted(rates, reverse=True)
    assert list(distortions) == sorted(distortions)
    assert rates[-1] < 0.1
    assert told[-1] < 0.1 < max(told)


@claim("gallery/learned/bottleneck")
def no_point_is_above_the_curve(out: str) -> None:
    pattern = r"^(.*?) +keeps ([\d.]+), knows (-?[\d.]+), at best ([\d.]+)$"
    points = re.findall(pattern, out, re.MULTILINE)
    assert len(points) == 7
    assert all(float(known) <= float(best) + 0.005 for *_, known, best in points)


@claim("gallery/learned/bounds")
def bounds_have_ceilings_and_neighbours_fail(out: str) -> None:
    _, near, told, _ = row(" *20", out)
    assert abs(told - 2) < abs(near - 2)
    infonce = [float(cell) for cell in row_of_means("infonce", out)]
    assert max(infonce) <= 4.16
    assert infonce == sorted(infonce)
    assert float(row_of_means("dv", out)[-1]) > 4.16
    ceilings = re.findall(r"batches of +(\d+): ([\d.]+) of 4 nats", out)
    assert [float(nats) for _, nats in ceilings] == sorted(
        float(nats) for _, nats in ceilings
    )


@claim("theory/1_entropy")
def questions_are_bits(out: str) -> None:
    assert numbers(r"questions: ([\d.]+)", out) == numbers(r"entropy: +([\d.]+)", out)


@claim("theory/2_joint")
def what_is_left_is_less_on_average(out: str) -> None:
    before, mean = numbers(r"before: ([\d.]+), mean after: ([\d.]+)", out)
    assert mean < before < numbers(r"after rain: ([\d.]+)", out)[0]


@claim("theory/3_mutual_information")
def information_is_a_divergence(out: str) -> None:
    parts, kl, mi, merged = (
        float(found) for found in re.findall(r"([\d.]+) bits", out)
    )
    assert parts == kl == mi > merged > 0


@claim("theory/4_channel")
def a_coin_tells_nothing(out: str) -> None:
    assert numbers(r"^ideal +([\d.]+)", out) == [1]
    assert numbers(r"fully disturbed +([\d.]+)", out) == [0]
    assert numbers(r"P\(X = 1\) = ([\d.]+)", out)[0] < 0.5


@claim("theory/5_chain_rule")
def copies_repeat_and_xor_completes(out: str) -> None:
    names = ("copy", "two witnesses", "xor")
    copy, witnesses, xor = (
        numbers(rf"{name}: .*complementarity ([-+\d.]+)", out)[0] for name in names
    )
    assert copy < witnesses < 0 < xor == 1


@claim("theory/7_bottleneck")
def groups_that_agree_know_more(out: str) -> None:
    wet = numbers(r"dry or wet +keeps ([\d.]+) .* knows ([\d.]+)", out)
    odd = numbers(r"odd or even +keeps ([\d.]+) .* knows ([\d.]+)", out)
    assert wet[0] == odd[0]
    assert wet[1] > 10 * odd[1]


@claim("theory/8_infomax")
def greedy_is_within_its_bound(out: str) -> None:
    shares = re.search(r"greedy / best: \[(.*)\]", out)
    assert shares
    assert all(0.632 < float(share) <= 1 for share in shares[1].split(", "))


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_claim(name: str) -> None:
    """An example prints what its words say."""
    CLAIMS[name](printed(name))


def test_every_example_of_these_folders_has_a_claim() -> None:
    """No script of the gallery is run for its picture alone."""
    examples = Path(__file__).parents[1] / "examples"
    scripts = [*examples.glob("tables/*.py"), *examples.glob("learned/*.py")]
    assert {f"gallery/{path.parent.name}/{path.stem}" for path in scripts} <= set(
        CLAIMS
    )
