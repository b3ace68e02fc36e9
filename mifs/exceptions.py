"""Warnings and errors with names."""

from __future__ import annotations


class MifsWarning(UserWarning):
    """Base of every warning that mifs gives."""


class ColumnTypeError(TypeError, ValueError):
    """A column holds neither numbers nor labels: dates, complex numbers, lists.

    It is a ValueError, too, since scikit-learn refuses complex arrays by that.
    """


class ColumnIndexError(IndexError, ValueError):
    """A parameter names a column, by position or label, that the table does not have.

    Of the drop-in functions: scikit-learn's raise an IndexError.
    """


class OneClassError(ValueError):
    """All rows are of one class, of which nothing can be learnt."""


class ResampleError(ValueError):
    """A resample has too few rows, or rows of one class: nothing can be learnt of it.

    Attributes
    ----------
    fact : str
        What is wrong.
    remedy : str
        What mends it where parameters can be changed.
    kind : {"few rows", "one class"}
        For those who have other remedies, as the shell has.
    """

    def __init__(self, fact: str, remedy: str, kind: str) -> None:
        super().__init__(fact, remedy, kind)
        self.fact, self.remedy, self.kind = fact, remedy, kind

    def __str__(self) -> str:
        """Give fact and remedy."""
        return f"{self.fact}; {self.remedy}"


class TooFewFeaturesWarning(MifsWarning):
    """More features were asked for than the table has."""


class NoGainWarning(MifsWarning):
    """The last features chosen add nothing to the score."""


class ChanceWarning(MifsWarning):
    """Chosen features add no more than chance would, or no feature adds more."""


class IdLikeWarning(MifsWarning):
    """Columns number or name the rows, so that what they tell is chance."""


class HighCardinalityWarning(MifsWarning):
    """Columns have so many levels that chance alone makes them look relevant."""


class ConstantFeatureWarning(MifsWarning):
    """Columns have one value only, which tells nothing."""


class DuplicateColumnsWarning(MifsWarning):
    """Chosen columns have exact copies, of which a criterion may choose several."""


class ManyClassesWarning(MifsWarning):
    """The target has so many classes that chance alone makes columns look relevant."""


class SampledEdgesWarning(MifsWarning):
    """Columns are binned at quantiles of a sample of the rows, as was asked for."""


class PartitionsWarning(MifsWarning):
    """Partitions of a dask frame are too few for the threads, or too small."""


class DivergedError(ArithmeticError):
    """The loss of a model that is trained is no number any more."""


class SaturatedBoundWarning(MifsWarning):
    """A bound on information is near the most that it can say."""


class LeakWarning(MifsWarning):
    """Columns determine the target, or follow from it, without exception."""
