"""Weather: what yesterday tells, and correlation does not
========================================================

Does the wind tell anything of the temperature? The direction is an angle: from the
south it is warm, from the north cold, and both ends of the scale, 0° and 360°, are
north. A correlation, which asks for a line, finds little. Information asks for any
dependence.

Six years of days are drawn by ``mifs.datasets``, so that the information is known; with
a table of your own the same lines run.
"""

# %%
# The warmth of a day follows the wind of the day before: it is highest after a wind
# from the south, and falls to both sides. Pressure and humidity know nothing of it.
import pandas as pd

from mifs import JMI
from mifs.datasets import make_dependence
from mifs.plotting import (
    JointDistributionDisplay,
    LaggedInformationDisplay,
    SelectionPathDisplay,
)

n = 6 * 365
table = make_dependence(
    n + 1, shape="v", error=0.4, n_noise=2, shuffle=False, random_state=3
)
position, pressure, humidity = table.data.T  # of the wind, from −1 to 1
weather = pd.DataFrame(
    {
        "wind": (180 * (1 + position)).round()[1:],  # degrees, where it comes from
        "pressure": (1013 + 8 * pressure).round(1)[1:],
        "humidity": (70 + 10 * humidity).round()[1:],
        "warmth": (-4 * table.target).round(1)[:-1],  # °C more than usual
    },
    index=pd.date_range("2018-01-01", periods=n),
)
print(weather.head(3))
print(f"the law: {table.mutual_information[0]:.2f} nats, one day before")

# %%
# **At which lag?** The upper line is information, drawn as the correlation that would
# tell as much; the lower ones are the correlations. At a lag of one day the wind tells
# most, and no correlation says so.
lags = LaggedInformationDisplay.from_data(
    weather["wind"], weather["warmth"], range(8), n_permutations=99, random_state=0
)
print(lags.frame()[["mutual_information", "pearson", "p_value"]].round(2))

# %%
# **What does it look like?** The wind of yesterday, the warmth of today.
yesterday = weather["wind"].shift().iloc[1:].rename("wind of yesterday (°)")
today = weather["warmth"].iloc[1:].rename("warmer than usual (°C)")
shape = JointDistributionDisplay.from_data(yesterday, today)

# %%
# **Which lags of which series?** Give each lag a column, and select. Beside the wind of
# yesterday nothing adds: from the second row on hardly anything remains.
lagged = pd.concat(
    {
        f"{name}, {lag} d before": weather[name].shift(lag)
        for name in ("wind", "pressure", "humidity")
        for lag in (1, 2, 3)
    },
    axis=1,
).iloc[3:]
selector = JMI(6, alpha=1).fit(lagged, weather["warmth"].iloc[3:])
path = SelectionPathDisplay.from_estimator(selector)
print("first:", selector.path_["name"].iloc[0])

# %%
# No p-value of the path is shown here: a test of rows takes days for independent, and
# days are not. ``n_permutations`` above shifts whole series against each other instead.
