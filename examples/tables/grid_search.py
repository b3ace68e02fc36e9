"""GridSearchCV: which criterion, and how many?
=============================================

1 797 pictures of digits, 64 pixels each. A model sees some of the pixels. How many does
it need, and who should choose them? ``GridSearchCV`` asks both at once: the criterion
is a parameter like any other.
"""

# %%
# The selector is a step of the pipeline, so that each fold chooses from its own rows.
import warnings

import pandas as pd
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from mifs import MISelector
from mifs.exceptions import MifsWarning

warnings.simplefilter("ignore", MifsWarning)  # of pixels that are always white
X, y = load_digits(return_X_y=True)
pipeline = make_pipeline(MISelector(alpha=1), KNeighborsClassifier())
grid = {
    "miselector__criterion": ["mim", "mrmr", "jmi", "cmim"],
    "miselector__n_features_to_select": [4, 8, 16, 32],
}
search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
results = pd.DataFrame(search.cv_results_)
table = results.pivot(
    index="param_miselector__n_features_to_select",
    columns="param_miselector__criterion",
    values="mean_test_score",
)
print(table.round(3).to_string())

# %%
# **Who should choose?** With few pixels it matters: neighbours repeat each other, and
# MIM takes them all. With 32 of 64 it hardly does. Bars are standard deviations over
# folds.
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
styles = zip(("o-", "s--", "D-", "^:"), grid["miselector__criterion"], strict=True)
for shift, (style, criterion) in enumerate(styles):
    rows = results[results["param_miselector__criterion"] == criterion]
    numbers = rows["param_miselector__n_features_to_select"].astype(float)
    ax.errorbar(
        numbers * 1.02**shift,
        rows["mean_test_score"],
        yerr=rows["std_test_score"],
        fmt=style,
        label=criterion,
    )
ax.set_xscale("log", base=2)
ax.set_xticks([4, 8, 16, 32], ["4", "8", "16", "32"])
ax.set(xlabel="number of pixels", ylabel="accuracy")
ax.legend(title="criterion")
plt.show()

# %%
# **Which pixels?** The first 16 of each, in their order, over the mean picture.
figure, axes = plt.subplots(1, 4, figsize=(9, 2.7), layout="constrained")
for ax, criterion in zip(axes, grid["miselector__criterion"], strict=True):
    path = MISelector(criterion, 16, alpha=1).fit(X, y).selected_indices_
    ax.imshow(X.mean(axis=0).reshape(8, 8), cmap="Greys", vmax=25)
    for step, pixel in enumerate(path, start=1):
        ax.text(pixel % 8, pixel // 8, str(step), ha="center", va="center", fontsize=9)
    ax.set(title=criterion, xticks=[], yticks=[])
plt.show()
