"""How many features, and how sure?
=================================

Thirty measurements of a tumour, and a number is to be given: how many are needed? There
are three answers, to three questions. Which add more than chance? How many can a model
use? Which would be chosen again?
"""

# %%
import warnings

import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mifs import JMI, MutualInfoCV, StabilitySelector
from mifs.exceptions import ChanceWarning
from mifs.plotting import SelectionPathDisplay, StabilityDisplay

warnings.simplefilter("ignore", ChanceWarning)
X, y = load_breast_cancer(return_X_y=True, as_frame=True)

# %%
# **More than chance?** Each feature is tested, given those above it, and ``"auto"``
# stops where none passes. Of a table that tells nothing it selects anything in 5 % of
# the cases at most.
auto = JMI("auto").fit(X, y)
print(auto.path_[["name", "p_value"]].round(4).to_string(index=False))
print(auto.stop_reason_)
path = SelectionPathDisplay.from_estimator(JMI(12).fit(X, y))

# %%
# **How many can a model use?** Each fold chooses from its own training rows, and a
# model of the first 1, 2, 3, … features guesses the others. The curve is flat from a
# few on: the best number is a matter of luck, and the smallest within one standard
# error of it is the better answer.
model = make_pipeline(StandardScaler(), LogisticRegression())
search = MutualInfoCV(JMI(15), model, cv=5).fit(X, y)
smallest = MutualInfoCV(JMI(15), model, cv=5, rule="one_standard_error").fit(X, y)
print(f"best: {search.best_k_}; within one standard error: {smallest.best_k_}")

results = search.cv_results_
mean = np.asarray(results["mean_test_score"])
error = np.asarray(results["std_test_score"]) / np.sqrt(5)
numbers = np.arange(1, len(mean) + 1)
figure, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
ax.fill_between(numbers, mean - error, mean + error, alpha=0.25)
ax.plot(numbers, mean, marker="o")
ax.axvline(smallest.best_k_, color="black", linestyle="--", linewidth=1)
ax.set(xlabel="number of features", ylabel="accuracy (mean ± standard error)")
ax.set_xticks(numbers)
plt.show()

# %%
# **Chosen again?** Fifty subsamples of half of the tumours choose five each. What is
# beyond the line is chosen in more than 60 % of them; bars are 95 % intervals.
stable = StabilitySelector(JMI(5), 50).fit(X, y)
votes = StabilityDisplay.from_estimator(stable, n_shown=12)
print("stable:", ", ".join(stable.get_feature_names_out()))
