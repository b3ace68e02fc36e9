"""Tasks with known (conditional) mutual information, in nats.

A task of two variables asks for I(X;Y), one of three for I(X;Y|Z). Truths are formulas,
or sums and integrals made here of the exact densities.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from math import log, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import quad
from scipy.special import entr
from scipy.stats import norm

TRUTHS = Path(__file__).resolve().parents[2] / "shared/reference/truths.json"

Sampler = Callable[[np.random.Generator, int], tuple[Any, ...]]


@dataclass(frozen=True)
class Task:
    """What is sampled, which of the variables are discrete, and the answer."""

    name: str
    group: str
    truth: float
    sample: Sampler
    discrete: tuple[bool, ...] = (False, False)


def normals(covariance: Any) -> Sampler:
    """Columns of a multivariate normal distribution."""
    mean = np.zeros(len(covariance))
    return lambda rng, n: tuple(rng.multivariate_normal(mean, covariance, n).T)


def pair(rho: float) -> Sampler:
    """Two normal columns with correlation rho."""
    return normals([[1, rho], [rho, 1]])


def mapped(sampler: Sampler, *maps: Callable[[Any], Any]) -> Sampler:
    """Columns of another sampler, each through its map."""
    return lambda rng, n: tuple(
        m(column) for m, column in zip(maps, sampler(rng, n), strict=True)
    )


def gaussian(rho: float) -> float:
    return -0.5 * log(1 - rho**2)


def cauchy(x: Any) -> Any:
    """Normal column to Cauchy column, strictly increasing."""
    return np.tan(pi * (norm.cdf(x) - 0.5))


def difference(density: Callable[[float], float], inside: float, edge: float) -> float:
    """Entropy of a density on (−edge, edge), less the entropy inside."""
    whole = quad(lambda x: entr(density(x)), -edge, edge, limit=800, epsabs=1e-9)[0]
    return float(whole - inside)


def normal_entropy(sigma: float) -> float:
    return 0.5 * log(2 * pi * np.e * sigma**2)


def shift_truth() -> float:
    """I of a fair sign and N(sign, 1)."""
    return difference(
        lambda x: (norm.pdf(x, -1) + norm.pdf(x, 1)) / 2, normal_entropy(1), 12
    )


def spread_truth() -> float:
    """I of a fair class and N(0, 1) or N(0, 9)."""
    inside = (normal_entropy(1) + normal_entropy(3)) / 2
    return difference(lambda x: (norm.pdf(x) + norm.pdf(x, 0, 3)) / 2, inside, 40)


def parabola_truth() -> float:
    """I(X; X² + N(0, ¼)), X standard normal."""
    x = np.linspace(-8, 8, 8001)
    weight = norm.pdf(x) * (x[1] - x[0])
    y = np.linspace(-4, 66, 14_001)
    density = np.array([norm.pdf(v, x**2, 0.5) @ weight for v in y])
    return float(entr(density).sum() * (y[1] - y[0]) - normal_entropy(0.5))


def rounded_truth(rho: float, step: float) -> float:
    """I of two normal columns, both rounded to multiples of a step."""
    edges = (np.arange(-20, 22) - 0.5) * step
    nodes, weights = np.polynomial.legendre.leggauss(20)
    x = (edges[:-1, None] + edges[1:, None] + step * nodes) / 2
    below = norm.cdf((edges - rho * x[:, :, None]) / sqrt(1 - rho**2))
    mass = norm.pdf(x)[:, :, None] * weights[:, None] * step / 2 * np.diff(below)
    cells = mass.sum(axis=1)
    margins = entr(cells.sum(axis=0)).sum() + entr(cells.sum(axis=1)).sum()
    return float(margins - entr(cells).sum())


def bits(rng: np.random.Generator, n: int) -> Any:
    return rng.integers(0, 2, n)


def flipped(values: Any, rng: np.random.Generator) -> Any:
    """Bits, one in ten wrong."""
    return values ^ (rng.random(len(values)) < 0.1)


FLIPPED = log(2) - float(entr([0.1, 0.9]).sum())


def xor_bits(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x, w = bits(rng, n), bits(rng, n)
    return x, w, flipped(x ^ w, rng)


def xor_signs(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x, w = rng.normal(size=(2, n))
    return x, w, flipped((x * w > 0).astype(int), rng)


def signs(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    y = bits(rng, n)
    return rng.normal(2.0 * y - 1), y


def zero_inflated(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x, y = signs(rng, n)
    return np.where(rng.random(n) < 0.5, 0.0, x), y


def spreads(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    y = bits(rng, n)
    return rng.normal(0, 1 + 2.0 * y), y


def parabola(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x = rng.normal(size=n)
    return x, x**2 + rng.normal(0, 0.5, n)


def cauchy_pair(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return tuple(rng.normal(size=(2, n)) / np.abs(rng.normal(size=n)))


def atoms(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    """Half of the rows normal with ρ = 0.9, half signs that agree nine times in ten."""
    x, y = pair(0.9)(rng, n)
    sign = 2.0 * bits(rng, n) - 1
    other = np.where(rng.random(n) < 0.9, sign, -sign)
    half = rng.random(n) < 0.5
    return np.where(half, x, sign), np.where(half, y, other)


def chain(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x = rng.normal(size=n)
    z = x + 0.5 * rng.normal(size=n)
    return x, z + 0.5 * rng.normal(size=n), z


def collider(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    x, w, noise = rng.normal(size=(3, n))
    return x, w, x + w + 0.5 * noise


def cause(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    """Two columns that share nothing but the class."""
    y = bits(rng, n)
    x, w = rng.normal(2.0 * y, size=(2, n))
    return x, w, y


def three_of(m: int) -> Sampler:
    def sample(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
        x = rng.integers(0, m, n)
        return rng.uniform(x, x + 2), x

    return sample


def noise_levels(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.integers(0, 30, n).astype(float), rng.normal(size=n)


def noise_class(rng: np.random.Generator, n: int) -> tuple[Any, ...]:
    return rng.normal(size=n), bits(rng, n)


THREE = [[1, 0.6, 0.5], [0.6, 1, 0.7], [0.5, 0.7, 1]]
CLASS = (False, True)
GIVEN_CLASS = (False, False, True)
GIVEN = (False, False, False)


def tasks() -> list[Task]:
    """All tasks."""
    smooth = [
        Task("normal ρ=0", "smooth", 0.0, pair(0)),
        Task("normal ρ=0.3", "smooth", gaussian(0.3), pair(0.3)),
        Task("normal ρ=0.6", "smooth", gaussian(0.6), pair(0.6)),
        Task("normal ρ=0.9", "smooth", gaussian(0.9), pair(0.9)),
        Task("normal ρ=0.99", "smooth", gaussian(0.99), pair(0.99)),
        Task("parabola", "smooth", parabola_truth(), parabola),
        Task(
            "uniform, ε=0.1",
            "smooth",
            0.1 + log(5),
            lambda rng, n: (x := rng.uniform(size=n), x + rng.uniform(-0.1, 0.1, n)),
        ),
        Task("Cauchy pair", "heavy tails", log(8 * pi) - 3, cauchy_pair),
        Task(
            "normal ρ=0.6 as Cauchy",
            "heavy tails",
            gaussian(0.6),
            mapped(pair(0.6), cauchy, cauchy),
        ),
        Task("lognormal³ ρ=0.6", "heavy tails", gaussian(0.6), lognormal()),
        Task(
            "gamma-exponential θ=0.3",
            "heavy tails",
            1.0347819154591364,
            lambda rng, n: (x := rng.gamma(0.3, size=n), rng.exponential(1 / x)),
        ),
    ]
    return smooth + tied_tasks() + class_tasks() + given_tasks()


def lognormal() -> Sampler:
    return mapped(pair(0.6), lambda x: np.exp(3 * x), lambda y: y)


def tied_tasks() -> list[Task]:
    mixture = mixture_truth(0.9, 0.9)
    return [
        Task(
            "ρ=0.75 rounded to ½",
            "ties",
            rounded_truth(0.75, 0.5),
            mapped(pair(0.75), halves, halves),
        ),
        Task("30 levels of noise", "ties", 0.0, noise_levels),
        Task("half normal, half ±1", "ties", mixture, atoms),
        Task("class, half zeros", "ties", shift_truth() / 2, zero_inflated, CLASS),
    ]


def halves(x: Any) -> Any:
    return np.round(2 * x) / 2


def mixture_truth(rho: float, agree: float) -> float:
    """Half of the rows normal with rho, half signs that agree so often.

    Both columns know which half a row is of: ln 2 beside the mean of the halves.
    """
    of_signs = log(2) - float(entr([agree, 1 - agree]).sum())
    return (gaussian(rho) + of_signs) / 2 + log(2)


def class_tasks() -> list[Task]:
    return [
        Task("class, noise", "class", 0.0, noise_class, CLASS),
        Task("class shifts a normal", "class", shift_truth(), signs, CLASS),
        Task("class spreads a normal", "class", spread_truth(), spreads, CLASS),
        Task("uniform, 5 classes", "class", log(5) - 0.8 * log(2), three_of(5), CLASS),
    ]


def given_tasks() -> list[Task]:
    collider_rho = 0.8
    three = 0.08920382873640914
    return [
        Task("chain X–Z–Y", "given", 0.0, chain, GIVEN),
        Task("collider", "given", gaussian(collider_rho), collider, GIVEN),
        Task("three normals", "given", three, normals(THREE), GIVEN),
        Task("common cause, class", "given", 0.0, cause, GIVEN_CLASS),
        Task("XOR of signs, noise", "given", FLIPPED, xor_signs, GIVEN_CLASS),
        Task("XOR of bits, noise", "given", FLIPPED, xor_bits, (True, True, True)),
    ]


# The names of some of these tasks in the file of others' answers.
THE_SAME = {
    "normal ρ=0.3": "gauss r=0.3",
    "normal ρ=0.6": "gauss r=0.6",
    "normal ρ=0.9": "gauss r=0.9",
    "normal ρ=0.99": "gauss r=0.99",
    "uniform, ε=0.1": "uniform additive eps=0.1",
    "gamma-exponential θ=0.3": "gamma-exponential theta=0.3",
    "half normal, half ±1": "Gao mixture I (demo.py, rho=.9, beta=.9)",
    "uniform, 5 classes": "discrete-U m=5",
    "three normals": "CMI gauss3",
}


def check_truths(found: list[Task]) -> None:
    """Compare with the answers of others, where they are at hand."""
    if not TRUTHS.exists():
        return
    entries = json.loads(TRUTHS.read_text())
    others = {entry["name"]: entry["true_mi_nats"] for entry in entries}
    for task in found:
        other = others.get(THE_SAME.get(task.name, ""), task.truth)
        if abs(task.truth - other) > 1e-9:
            raise ValueError(f"{task.name}: {task.truth} here, {other} there")
