"""From selected columns to a smaller table, and back."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.feature_selection import SelectorMixin
from sklearn.utils import check_array
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import check_is_fitted

from mifs._data.containers import (
    Container,
    check_names,
    is_dask,
    is_frame,
    labels_of,
    select_columns,
    unwrap,
    with_blanks,
)
from mifs._data.seen import SeesColumns, are_texts
from mifs._warn import warn


class ColumnSelector(SelectorMixin, SeesColumns):
    """Keeps what ``support_`` marks, in the user's own kind of table."""

    support_: NDArray[np.bool_]

    def transform(self, X: object) -> Any:
        """Keep the selected columns, in the order of the input.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        X_r : {ndarray, DataFrame} of shape (n_samples, n_selected_features)
            A frame for a frame, of the same library and with its dtypes, unless
            ``set_output`` says otherwise. Its names are its own also where `fit` was
            given an array: ``get_feature_names_out(X.columns)``. After ``set_output``
            they are ``get_feature_names_out()``, as of all transformers. A dask frame
            stays a plan.
        """
        check_is_fitted(self)
        if is_dask(X):
            return self._of_plan(X)
        table = unwrap(X)
        check_names(table)
        if not is_frame(table):
            return super().transform(table)
        self._see(table, reset=False)
        chosen = np.flatnonzero(self.support_).tolist()
        if not chosen:
            # In the words of scikit-learn's selectors.
            text = "No features were selected: either the data is too noisy or the "
            warn(f"{text}selection test too strict.", UserWarning)
        container = _get_output_config("transform", self)["dense"]
        return select_columns(X, chosen, container)

    def _of_plan(self, frame: Any) -> Any:
        """Keep columns of a dask frame, whose rows nobody reads for that."""
        seen = getattr(self, "feature_names_in_", None)
        if seen is None or list(frame.columns) != seen.tolist():
            names = "no names" if seen is None else f"the columns {seen.tolist()}"
            raise ValueError(
                f"X has the columns {list(frame.columns)}, and fit has seen {names}; "
                "pass the same ones in the same order"
            )
        return frame[seen[self.support_].tolist()]

    def inverse_transform(self, X: object) -> Any:
        """Put the selected columns back in their places, among columns of zeros.

        Parameters
        ----------
        X : {array-like, DataFrame, sparse matrix} of shape (n_samples, n_selected)
            As `transform` returns it; gaps are kept.

        Returns
        -------
        X_original : {ndarray, DataFrame} of shape (n_samples, n_features)
            A frame for a frame, of the same library, if `fit` has seen its names. The
            columns that were left out are 0; in a frame that holds others than numbers
            and booleans, missing.

        Raises
        ------
        ValueError
            Another number of columns than were selected, or other names.
        """
        check_is_fitted(self)
        table = unwrap(X)
        check_names(table)
        if issparse(table):
            return super().inverse_transform(table)
        if is_frame(table) and hasattr(self, "feature_names_in_"):
            self._check_selected(table, self.get_feature_names_out().tolist())
            return with_blanks(table, self.feature_names_in_.tolist())
        seen = self._labels_in
        framed = seen is not None and isinstance(table, pd.DataFrame)
        if framed and not are_texts(table.columns):
            return self._among_labels(table, seen)
        values = check_array(table, dtype=None, ensure_all_finite=False)
        if values.shape[1] != self.support_.sum():
            raise ValueError(
                f"X has {values.shape[1]} columns, and {self.support_.sum()} were "
                "selected; pass what transform returns"
            )
        original = np.zeros((len(values), len(self.support_)), values.dtype)
        original[:, self.support_] = values
        return original

    def _among_labels(self, table: pd.DataFrame, labels: pd.Index) -> pd.DataFrame:
        """Put columns back among labels that are no strings."""
        self._check_selected(table, list(labels[self.support_]))
        places = list(map(str, range(len(labels))))
        chosen = [places[j] for j in np.flatnonzero(self.support_)]
        among = with_blanks(table.set_axis(chosen, axis=1), places)
        return among.set_axis(labels, axis=1)

    @staticmethod
    def _check_selected(table: Container, selected: list[Hashable]) -> None:
        """Refuse a frame that is not what `transform` returns."""
        labels = labels_of(table)
        if labels != selected:
            raise ValueError(
                f"X has the columns {labels}, and {selected} were selected; pass what "
                "transform returns, or its values as an array"
            )

    def _found_html(self) -> str:
        """Return what a notebook shows below the diagram; nothing before `fit`."""
        return ""

    def _repr_html_inner(self) -> str:
        return f"{super()._repr_html_inner()}{self._found_html()}"

    def _repr_mimebundle_(self, **kwargs: object) -> dict[str, str]:
        """Return what a notebook shows; others ask for `_repr_html_`."""
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)
        if "text/html" in bundle:
            bundle["text/html"] += self._found_html()
        return bundle

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_
