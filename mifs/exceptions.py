"""Warnings and errors with names."""

from __future__ import annotations


class MifsWarning(UserWarning):
    """Base of every warning that mifs gives."""


class TooFewFeaturesWarning(MifsWarning):
    """More features were asked for than the table has."""


class NoGainWarning(MifsWarning):
    """The last features chosen add nothing to the score."""
