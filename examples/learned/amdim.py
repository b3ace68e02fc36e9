"""AMDIM: what two views share
===========================

A digit that moves by a pixel is the same digit. AMDIM sees each image twice, moved and
blurred by noise, and keeps what one view says of the other. What views change, it
forgets.
"""

# %%
# Two views of five digits: moved by up to a pixel, with noise of 0.3 standard
# deviations.
import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mifs.representations import AMDIM

X, y = load_digits(return_X_y=True)


def moved(rows, rng, most=1):
    """Move images by up to so many pixels; what comes in is white."""
    wide = np.pad(rows.reshape(-1, 8, 8), ((0, 0), (most, most), (most, most)))
    down, right = rng.integers(0, 2 * most, (2, len(rows)), endpoint=True)
    cut = [
        image[d : d + 8, r : r + 8]
        for image, d, r in zip(wide, down, right, strict=True)
    ]
    return np.reshape(cut, (len(rows), -1))


def noisy(rows, rng):
    return rows + 0.3 * X.std() * rng.normal(size=rows.shape)


rng = np.random.default_rng(0)
figure, axes = plt.subplots(2, 5, figsize=(6.5, 2.8), layout="constrained")
for row in axes:
    for ax, image in zip(row, noisy(moved(X[:5], rng), rng), strict=True):
        ax.imshow(image.reshape(8, 8), cmap="Greys", vmin=0, vmax=16)
        ax.set(xticks=[], yticks=[])
plt.show()

# %%
# Three models of 16 latents, which know of more and more changes.
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3, random_state=0, stratify=y
)
views = {
    "noise": [noisy],
    "noise, mask": "auto",
    "moved, noise": [moved, noisy],
}
models = {"PCA": PCA(16).fit(X_train)}
for name, augmentations in views.items():
    model = AMDIM(
        16, augmentations=augmentations, image_shape=(8, 8), random_state=0
    ).fit(X_train)
    models[name] = model
    shared = ", ".join(f"{part} {nats:.2f}" for part, nats in model.bounds_.items())
    print(f"{name:12} shares with the other view, nats: {shared}")

# %%
# **What is it good for?** A linear model reads the digit off the latents; then the
# images that it is shown are moved, as none of its own was.
there = moved(X_test, np.random.default_rng(1))
print(f"{'':12} as it is   moved")
for name, model in models.items():
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
    linear.fit(model.transform(X_train), y_train)
    plain, off = (
        balanced_accuracy_score(y_test, linear.predict(model.transform(images)))
        for images in (X_test, there)
    )
    print(f"{name:12} {plain:8.3f} {off:7.3f}")

# %%
# **How far do latents move with the image?** Distance between the latents of an image
# and of a moved one, over that between two images.
distances = {}
for name, model in models.items():
    here, beside = model.transform(X_test), model.transform(there)
    size = np.linalg.norm(here - np.roll(here, 1, axis=0), axis=1).mean()
    distances[name] = np.linalg.norm(here - beside, axis=1).mean() / size
figure, ax = plt.subplots(figsize=(6.5, 2.6), layout="constrained")
ax.barh(list(distances), list(distances.values()))
ax.set(xlabel="distance to the moved image / distance to another image", xlim=(0, 1))
ax.invert_yaxis()
plt.show()
print("; ".join(f"{name} {share:.2f}" for name, share in distances.items()))
