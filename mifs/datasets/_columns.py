"""The one builder of all tables: columns with their truth become a Bunch."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch, check_random_state
from sklearn.utils.validation import check_scalar

from mifs._arrays import FloatArray, IntArray
from mifs.datasets._noise import draw_noise

RELEVANT, REDUNDANT, IRRELEVANT = "relevant", "redundant", "irrelevant"


@dataclass(frozen=True)
class Frame:
    """What all generators have in common.

    Attributes
    ----------
    n_samples, n_noise : int
    noise : str
        Kind of the noise columns.
    shuffle : bool
        Whether columns change places.
    random_state : int, RandomState or None
    """

    n_samples: int
    n_noise: int
    noise: str
    shuffle: bool
    random_state: int | np.random.RandomState | None

    def __post_init__(self) -> None:
        check_scalar(self.n_samples, "n_samples", Integral, min_val=1)
        check_scalar(self.n_noise, "n_noise", Integral, min_val=0)

    def rng(self) -> np.random.RandomState:
        """Return what draws all random numbers of a table."""
        rng: np.random.RandomState = check_random_state(self.random_state)
        return rng


def check_share(value: float, name: str) -> None:
    """Refuse what is not within [0, 1]."""
    check_scalar(value, name, Real, min_val=0, max_val=1)


@dataclass
class Columns:
    """Columns as they are made, with what is known of each."""

    values: list[FloatArray] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    information: list[float] = field(default_factory=list)
    discrete: list[bool] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)

    def add(
        self,
        values: FloatArray | IntArray,
        name: str,
        role: str,
        information: float,
        *,
        discrete: bool = False,
        group: int = -1,
    ) -> None:
        """Append one column."""
        self.values.append(np.asarray(values, np.float64))
        self.names.append(name)
        self.roles.append(role)
        self.information.append(information)
        self.discrete.append(discrete)
        self.groups.append(group)

    def bunch(
        self,
        frame: Frame,
        rng: np.random.RandomState,
        target: FloatArray | IntArray,
        joint_information: float,
        description: str,
    ) -> Bunch:
        """Add the noise, shuffle and hand over."""
        noise, discrete = draw_noise(frame.noise, frame.n_samples, frame.n_noise, rng)
        for i, is_discrete in enumerate(discrete):
            name = f"noise{i}"
            self.add(noise[:, i], name, IRRELEVANT, 0.0, discrete=is_discrete)
        n_columns = len(self.values)
        order = rng.permutation(n_columns) if frame.shuffle else np.arange(n_columns)
        roles = np.array([self.roles[i] for i in order], dtype=object)
        data = np.empty((frame.n_samples, n_columns))
        for place, column in enumerate(order.tolist()):
            data[:, place] = self.values[column]
        return Bunch(
            data=data,
            target=target,
            feature_names=[self.names[i] for i in order],
            relevant=np.flatnonzero(roles == RELEVANT),
            redundant=np.flatnonzero(roles == REDUNDANT),
            groups=np.array([self.groups[i] for i in order], dtype=np.intp),
            discrete=np.array([self.discrete[i] for i in order], dtype=np.bool_),
            mutual_information=np.array([self.information[i] for i in order]),
            joint_information=joint_information,
            DESCR=f"{description}\n\n{self._listing(frame)}",
        )

    def _listing(self, frame: Frame) -> str:
        """Say which columns there are, in a few lines."""
        counts = {role: self.roles.count(role) for role in (RELEVANT, REDUNDANT)}
        named = ", ".join(f"{count} {role}" for role, count in counts.items())
        return (
            f"{frame.n_samples} rows; {named} columns and {frame.n_noise} of noise "
            f"({frame.noise}).\nPass discrete_features=bunch.discrete to a selector: "
            "all columns are floats."
        )


def handed_over(
    bunch: Bunch, return_X_y: bool
) -> Bunch | tuple[FloatArray, FloatArray | IntArray]:
    """Return the Bunch, or its data and target."""
    return (bunch.data, bunch.target) if return_X_y else bunch
