"""Text: the words that give a library away
=========================================

Here is a docstring. Was it written in NumPy, SciPy, pandas or scikit-learn? A table of
texts has a column for each word, thousands of them, and nearly all cells are 0. Such a
table stays sparse.

The texts are on your machine already: they are those of the libraries themselves. So
the numbers depend a little on their versions.
"""

# %%
# Some hundred docstrings of each, and how often each word occurs.
import inspect
import warnings

import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.utils import all_estimators

from mifs import JMI, MIM
from mifs.exceptions import MifsWarning
from mifs.plotting import CriteriaAgreementDisplay, JointDistributionDisplay


def of(*homes):
    """Docstrings of the functions and classes of modules or classes."""
    found = {}
    for home in homes:
        for name in dir(home):
            thing = getattr(home, name)
            text = inspect.getdoc(thing) if callable(thing) else None
            if not name.startswith("_") and text and len(text) > 200:
                found[text] = None
    return list(found)


texts = {
    "numpy": of(np, np.linalg, np.random),
    "scipy": of(scipy.stats, scipy.optimize, scipy.signal),
    "pandas": of(pd.DataFrame, pd.Series, pd),
    "sklearn": [inspect.getdoc(estimator) for _, estimator in all_estimators()]
    + of(sklearn.metrics),
}
texts = {library: found[:200] for library, found in texts.items()}
written = np.repeat(list(texts), [len(found) for found in texts.values()])
documents = [text for found in texts.values() for text in found]
words = CountVectorizer(min_df=5, binary=True, token_pattern=r"[a-z_]{3,}")
X = words.fit_transform(documents)
share = X.nnz / np.prod(X.shape)
print(f"{X.shape[0]} texts, {X.shape[1]} words, {100 * share:.0f} % of the cells used")

# %%
# **Which words?** MIM takes the words that tell most alone, and many of them say the
# same. JMI takes one of such a family and goes on to the next question.
warnings.simplefilter("ignore", MifsWarning)  # of words that always occur together
names = words.get_feature_names_out()
for selector in (MIM(8, alpha=1), JMI(8, alpha=1)):
    selector.fit(X, written)
    chosen = names[selector.selected_indices_]
    print(f"{type(selector).__name__}: {', '.join(chosen)}")

# %%
# **Is JMI right?** Let a model guess the library from eight words, chosen anew in each
# fold.
model = LogisticRegression(max_iter=1_000)
for selector in (MIM(8, alpha=1), JMI(8, alpha=1)):
    guess = make_pipeline(selector, model)
    accuracy = cross_val_score(guess, X, written, cv=3).mean()
    print(
        f"eight words of {type(selector).__name__}: {accuracy:.2f} of the guesses right"
    )
commonest = np.unique(written, return_counts=True)[1].max() / len(written)
print(f"always the commonest: {commonest:.2f}")

# %%
# **What does one word say?** Here is the first word of JMI: the share of each library
# among the texts without it (0) and with it (1).
first = pd.Series(X[:, selector.fit(X, written).selected_indices_[0]].toarray()[:, 0])
word = JointDistributionDisplay.from_data(
    first.rename(chosen[0]), pd.Series(written, name="library")
)

# %%
# **Do others choose the same?** A line for each word, from criterion to criterion.
# Level lines agree; lines that end were left out by the next.
few = MIM(60, alpha=1).fit(X, written).selected_indices_
frame = pd.DataFrame(X[:, few].toarray(), columns=names[few])
agreement = CriteriaAgreementDisplay.from_data(
    frame, written, ["mim", "jmi", "cmim"], 8
)
