"""Comparing criteria: where do they agree?
=========================================

Five criteria, one table of wines. If they choose the same, the choice does not depend
on a formula. If they do not, look at where they part: there the table does not decide.
"""

# %%
# ``compare`` reads and counts the table once for all criteria.
import warnings

from sklearn.datasets import load_wine

from mifs import JMI, compare
from mifs.exceptions import ChanceWarning
from mifs.plotting import (
    CriteriaAgreementDisplay,
    RelevanceRedundancyDisplay,
    SelectionPathDisplay,
)

warnings.simplefilter("ignore", ChanceWarning)
X, y = load_wine(return_X_y=True, as_frame=True)
comparison = compare(X, y, ["mim", "mrmr", "jmi", "cmim", "disr"], 6)
print(comparison)

# %%
# A column is a criterion, a line a feature, and its height the step at which it was
# chosen. All begin with the same feature, as all greedy criteria do: the most relevant
# one. Level lines agree.
agreement = CriteriaAgreementDisplay.from_comparison(comparison)

# %%
# **Why do they part?** Each point is a feature: what it tells against what it repeats
# of the chosen ones. MIM looks upwards only; mRMR looks to the left as well.
selector = JMI(6).fit(X, y)
points = RelevanceRedundancyDisplay.from_estimator(selector, X, y)

# %%
# **How close was it?** The circle is the runner-up. Where it touches the diamond,
# another sample would have chosen the other.
path = SelectionPathDisplay.from_estimator(selector)
closest = selector.path_["margin"].idxmin()
step = selector.path_.loc[closest]
print(
    f"closest: step {closest}, {step['name']} before {step['runner_up_name']} "
    f"by {step['margin']:.3f} nats"
)
