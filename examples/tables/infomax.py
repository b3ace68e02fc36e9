"""InfoMax: choose without a target
=================================

A camera has 64 pixels, and wires for eight. Which eight keep most of the picture,
whatever it will be used for? There is no target: the columns have to tell of each
other.
"""

# %%
# 1 797 handwritten digits of 8 × 8 pixels; the digits themselves are not looked at.
import warnings

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from mifs import InfoMaxSelector, measures
from mifs.exceptions import MifsWarning
from mifs.plotting import RedundancyDisplay

warnings.simplefilter("ignore", MifsWarning)  # of pixels that are always white
X, digits = load_digits(return_X_y=True)
selector = InfoMaxSelector(16).fit(X)
first = selector.selected_indices_[:8]

# %%
# **Which pixels?** Every pixel counts by what the chosen one closest to it tells of it.
# So the chosen ones stand apart, and leave the left and the right edge out, where
# little ever happens. The shade is the entropy of a pixel.
entropies = [measures.entropy(pixel.astype(int), base=2) for pixel in X.T]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
image = left.imshow(np.reshape(entropies, (8, 8)), cmap="Greys", vmax=6)
for step, pixel in enumerate(first, start=1):
    left.text(pixel % 8, pixel // 8, str(step), ha="center", va="center")
left.set(xticks=[], yticks=[])
figure.colorbar(image, ax=left, label="entropy (bits)")
steps = np.arange(1, 17)
right.plot(steps, selector.objective_, marker="o")
right.set(xlabel="number of pixels", ylabel="told of all pixels (nats, mean)", ylim=0)
plt.show()

# %%
# **Do they repeat each other?** Hardly: the map of what every two of them share is
# pale.
shared = RedundancyDisplay.from_estimator(InfoMaxSelector(8).fit(X), X)

# %%
# **Do they serve a purpose that nobody named?** A model guesses the digit from the
# eight pixels, and from eight at random.
model = KNeighborsClassifier()
rng = np.random.default_rng(0)
chosen = cross_val_score(model, X[:, first], digits, cv=3).mean()
draws = [rng.choice(64, 8, replace=False) for _ in range(10)]
random = np.mean([cross_val_score(model, X[:, d], digits, cv=3).mean() for d in draws])
print(
    f"eight by InfoMax: {chosen:.2f} of the digits right; eight at random: {random:.2f}"
)
