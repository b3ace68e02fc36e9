"""A selector inside a pipeline, tuned by cross-validation
=======================================================

The reader learns

- to tune the number of features together with the bins of the estimator;
- that naive Bayes, which takes features for independent, does better on a few features
  than on all thirty, which repeat each other;
- why the selection belongs inside the pipeline: features chosen on all rows have seen
  the answers of the rows they are tested on, and the score is too good.
"""

# %%
# The selector is one step. Its estimator is an object, so that the search can reach
# the parameters of the estimator: step, two underscores, parameter.
import warnings

from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline

from mifs import JMI
from mifs.datasets import make_groups
from mifs.estimators import PlugIn
from mifs.exceptions import ChanceWarning

# More features than add more than chance give a warning, as many of the numbers tried
# here do. "auto" would stop before.
warnings.simplefilter("ignore", ChanceWarning)

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
pipeline = Pipeline(
    [("select", JMI(mi_estimator=PlugIn())), ("classify", GaussianNB())]
)
grid = {
    "select__n_features_to_select": [1, 2, 5, 10, 20],
    "select__mi_estimator__n_bins": [3, 5, 10],
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
search = GridSearchCV(pipeline, grid, cv=folds).fit(X, y)

# %%
# Each line is a mean accuracy over five folds.
results = search.cv_results_
print("features  bins  accuracy")
for params, accuracy in zip(results["params"], results["mean_test_score"], strict=True):
    k = params["select__n_features_to_select"]
    n_bins = params["select__mi_estimator__n_bins"]
    print(f"{k:8}  {n_bins:4}  {accuracy:8.3f}")

all_features = cross_val_score(GaussianNB(), X, y, cv=folds).mean()
best = search.best_params_
print(f"\nall {X.shape[1]} features: accuracy {all_features:.3f}")
print(
    f"best: accuracy {search.best_score_:.3f} with "
    f"{best['select__n_features_to_select']} features and "
    f"{best['select__mi_estimator__n_bins']} bins"
)
print("chosen on all rows:", ", ".join(search.best_estimator_["select"].path_["name"]))

# %%
# Noise shows why the selector must be inside. None of these 2 000 features has anything
# to do with the classes, so that the honest accuracy is one half.
noise, classes = make_groups(
    100,
    information=(),
    n_copies=0,
    n_noise=2_000,
    noise="normal",
    random_state=0,
    return_X_y=True,
)
# None would pass a test, so that there is no need to test them (alpha=1).
selector = JMI(10, mi_estimator=PlugIn(n_bins=2), alpha=1)

chosen_on_all_rows = selector.fit_transform(noise, classes)
outside = cross_val_score(GaussianNB(), chosen_on_all_rows, classes, cv=folds)
inside = cross_val_score(
    make_pipeline(selector, GaussianNB()), noise, classes, cv=folds
)
print(f"\nnoise, selected outside the folds: accuracy {outside.mean():.2f}")
print(f"noise, selected inside the folds:  accuracy {inside.mean():.2f}")
