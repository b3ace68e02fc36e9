"""The estimate as published, without a correction for chance.

With it a selector is the search that other programs and the twins of the tests know,
to the last bit.
"""

from mifs.estimators import PlugIn

PLAIN = PlugIn(correction=None)
