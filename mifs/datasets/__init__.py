"""Tables whose truth is known: which columns count, and the information of each.

Generators in the manner of ``sklearn.datasets``, with numpy and scipy only. Each
gives a ``Bunch``, or ``(X, y)``. The information of every column about the target is
that of the law from which the rows are drawn: summed over all states where they are
discrete, integrated where they are not.
"""

from mifs.datasets._boolean import make_boolean
from mifs.datasets._dependence import make_dependence
from mifs.datasets._groups import make_groups
from mifs.datasets._mixed import make_mixed
from mifs.datasets._network import make_network
from mifs.datasets._survival import make_survival

__all__ = [
    "make_boolean",
    "make_dependence",
    "make_groups",
    "make_mixed",
    "make_network",
    "make_survival",
]
