"""Parameters of which `make test` takes some; `make tables` takes the others.

For what runs the same lines again: other seeds, other sizes, the same signal sent to
another command.
"""

import pytest


def first(n, values):
    """Mark all but the first n values with `tables`."""
    values = list(values)
    later = [
        pytest.param(*(v if isinstance(v, tuple) else (v,)), marks=pytest.mark.tables)
        for v in values[n:]
    ]
    return [*values[:n], *later]
