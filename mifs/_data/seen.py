"""The columns that a fitted estimator has seen, and those it is given later."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.utils.validation import validate_data

from mifs._data.containers import Container
from mifs._parameters import Parameters

# Labels that an error lists.
SHOWN = 20


class SeesColumns(Parameters):
    """Refuses other columns than `fit` has seen.

    scikit-learn compares labels that are all strings; only a frame of pandas has
    others, and where these stand matters as much.
    """

    n_features_in_: int
    feature_names_in_: NDArray[np.object_]
    _labels_in: pd.Index | None = None

    def _see(self, table: Container, *, reset: bool) -> None:
        """Remember the number and the labels of columns, or compare them.

        Raises
        ------
        ValueError
            Another number of columns, or other labels.
        """
        if reset and isinstance(table, np.ndarray):
            # It has no labels, which scikit-learn takes a while to find out.
            self.n_features_in_, self._labels_in = table.shape[1], None
            self.__dict__.pop("feature_names_in_", None)
            return
        validate_data(self, table, reset=reset, skip_check_array=True)
        labels = _labels(table)
        if reset:
            self._labels_in = None if hasattr(self, "feature_names_in_") else labels
            return
        seen = self._labels_in
        if seen is None or labels is None or labels.equals(seen) or are_texts(labels):
            return
        raise ValueError(
            "The feature names should match those that were passed during fit: X has "
            f"the columns {_shown(labels)}, and fit has seen {_shown(seen)}; pass the "
            "same ones in the same order, or X.to_numpy()"
        )

    def _see_as(self, other: SeesColumns) -> None:
        """Take what another estimator has seen."""
        self.n_features_in_ = other.n_features_in_
        self._labels_in = other._labels_in
        self.__dict__.pop("feature_names_in_", None)
        if hasattr(other, "feature_names_in_"):
            self.feature_names_in_ = other.feature_names_in_


def _labels(table: Container) -> pd.Index | None:
    return table.columns if isinstance(table, pd.DataFrame) else None


def are_texts(labels: pd.Index) -> bool:
    """Whether labels are all strings; scikit-learn warns of them."""
    return all(isinstance(label, str) for label in labels)


def _shown(labels: pd.Index) -> str:
    more = " …" if len(labels) > SHOWN else ""
    return f"{list(labels[:SHOWN])}{more}"
