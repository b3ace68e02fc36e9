"""Pictures of selections, as display classes in the manner of scikit-learn.

Each display has numbers, `frame`, and a picture of them, `plot`; ``from_estimator`` or
``from_data`` make one and draw it at once. matplotlib (``pip install 'mifs[plot]'``)
is imported when something is drawn.
"""

from mifs.plotting._path import SelectionPathDisplay

__all__ = ["SelectionPathDisplay"]
