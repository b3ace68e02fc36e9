"""Augmentations: what may change of a row while it stays the same thing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from mifs._arrays import IntArray
from mifs._learning.batches import Singles

Shape: TypeAlias = tuple[int, int, int] | None
# Of rows in standard units, in a drawn way.
Augmentation: TypeAlias = Callable[[Singles, np.random.Generator], Singles]

# Standard deviations of noise, and share of columns that a mask takes.
NOISE, MASKED = 0.3, 0.2
# Share of a side by which images move, and the least share that a crop leaves.
SHIFTED, CROPPED = 1 / 8, 0.75


def noise(rows: Singles, rng: np.random.Generator) -> Singles:
    """Add noise to every column."""
    added: Singles = rows + NOISE * rng.standard_normal(rows.shape, np.float32)
    return added


def mask(rows: Singles, rng: np.random.Generator) -> Singles:
    """Put the mean in place of some columns of each row."""
    return np.where(rng.random(rows.shape) < MASKED, np.float32(0), rows)


def shifted(shape: tuple[int, int, int]) -> Augmentation:
    """Move images by up to an eighth of their sides; what lies outside is the edge."""
    h, w, _ = shape

    def move(rows: Singles, rng: np.random.Generator) -> Singles:
        tops, lefts = _drawn(rng, h, len(rows)), _drawn(rng, w, len(rows))
        return _taken(rows, shape, tops + np.arange(h), lefts + np.arange(w))

    return move


def cropped(shape: tuple[int, int, int]) -> Augmentation:
    """Cut out a part of images, at least three quarters of a side, and enlarge it."""
    h, w, _ = shape

    def cut(rows: Singles, rng: np.random.Generator) -> Singles:
        share = rng.uniform(CROPPED, 1, (len(rows), 1))
        top, left = rng.random((2, len(rows), 1)) * (1 - share)
        down = ((top + share * (np.arange(h) + 0.5) / h) * h).astype(np.intp)
        right = ((left + share * (np.arange(w) + 0.5) / w) * w).astype(np.intp)
        return _taken(rows, shape, down, right)

    return cut


def _drawn(rng: np.random.Generator, side: int, n: int) -> IntArray:
    most = max(1, round(SHIFTED * side))
    return rng.integers(-most, most, (n, 1), endpoint=True)


def _taken(rows: Singles, shape: Shape, down: IntArray, right: IntArray) -> Singles:
    """Take pixels (n, h) down and (n, w) to the right, of each image its own."""
    images = rows.reshape(len(rows), *(shape or ()))
    down = down.clip(0, images.shape[1] - 1)[:, :, None]
    right = right.clip(0, images.shape[2] - 1)[:, None, :]
    numbers = np.arange(len(rows))[:, None, None]
    return images[numbers, down, right].reshape(len(rows), -1)


NAMES = ("noise", "mask", "shift", "crop")


def resolve(
    wanted: str | Augmentation | Sequence[str | Augmentation], shape: Shape
) -> list[str | Augmentation]:
    """List augmentations: names of known ones, or functions.

    Raises
    ------
    ValueError
        An unknown name, or one that needs images.
    """
    if isinstance(wanted, str) and wanted == "auto":
        return ["noise", "mask"]
    listed = [wanted] if isinstance(wanted, str) or callable(wanted) else [*wanted]
    for one in listed:
        if callable(one):
            continue
        if one not in NAMES:
            raise ValueError(
                f"augmentations has {one!r}: pass 'auto', names out of "
                f"{', '.join(NAMES)}, or functions of rows and a random generator"
            )
        if one in NAMES[2:] and shape is None:
            raise ValueError(
                f"the augmentation {one!r} moves pixels: pass image_shape=(height, "
                "width), or for tables 'noise' or 'mask'"
            )
    return listed


def known(name: str, shape: Shape) -> Augmentation:
    """Give the augmentation of a name."""
    if shape is None or name in NAMES[:2]:
        return {"noise": noise, "mask": mask}[name]
    return {"shift": shifted, "crop": cropped}[name](shape)
