"""Deep InfoMax: latents, ranked and selected
==========================================

64 pixels become 64 latents, without a look at the labels. Which of them tell of the
digit? JMI chooses, and a linear model says how much is there.
"""

# %%
# 1 797 digits of 8 × 8 pixels, seven tenths of them to learn from.
import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.random_projection import GaussianRandomProjection

from mifs import JMI
from mifs.representations import DeepInfoMax

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.3, random_state=0, stratify=y
)


def probe(Z_train, Z_test):
    """Balanced accuracy of a linear model of these columns."""
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=3000))
    found = linear.fit(Z_train, y_train).predict(Z_test)
    return balanced_accuracy_score(y_test, found)


# %%
# **How many latents?** Each model learns them from the pixels alone.
numbers = (4, 8, 16, 32)
models = {
    "Deep InfoMax": lambda k: DeepInfoMax(k, image_shape=(8, 8), random_state=0),
    "PCA": PCA,
    "random projection": lambda k: GaussianRandomProjection(k, random_state=0),
}
figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for (name, make), style in zip(models.items(), ("o-", "D--", "s-."), strict=True):
    scores = []
    for k in numbers:
        model = make(k).fit(X_train)
        scores.append(probe(model.transform(X_train), model.transform(X_test)))
    ax.plot(numbers, scores, style, label=name)
    print(f"{name:18}", *(f"{score:.3f}" for score in scores))
raw = probe(X_train, X_test)
ax.axhline(raw, color="black", linewidth=1, linestyle=":", label="all 64 pixels")
ax.set(xlabel="number of latents", ylabel="balanced accuracy", xticks=numbers)
ax.legend()
plt.show()
print(f"{'all 64 pixels':18} {raw:.3f}")

# %%
# **Which latents?** Of 64, JMI takes eight for the label. Latents have no order: the
# first eight are eight at random.
model = DeepInfoMax(64, image_shape=(8, 8), random_state=0).fit(X_train)
Z_train, Z_test = model.transform(X_train), model.transform(X_test)
selector = JMI(8).fit(Z_train, y_train)
rng = np.random.default_rng(0)
draws = [rng.choice(64, 8, replace=False) for _ in range(10)]
groups = {
    "eight by JMI": [selector.selected_indices_],
    "the first eight": [np.arange(8)],
    "eight at random": draws,
}
for name, columns in groups.items():
    found = np.mean([probe(Z_train[:, c], Z_test[:, c]) for c in columns])
    print(f"{name:18} {found:.3f}")

# %%
# What each latent tells of the digit alone, in the order of choice.
relevance = np.sort(selector.relevance_)[::-1]
figure, ax = plt.subplots(figsize=(6.5, 3), layout="constrained")
ax.bar(np.arange(64), relevance, color="0.8", label="all latents, sorted")
chosen = selector.relevance_[selector.selected_indices_]
places = np.argsort(np.argsort(-selector.relevance_))[selector.selected_indices_]
ax.bar(places, chosen, label="chosen by JMI")
ax.set(xlabel="latent", ylabel="I(Z;Y) (nats)")
ax.legend()
plt.show()
