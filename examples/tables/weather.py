"""Weather: what yesterday tells, and correlation does not
========================================================

Does the wind tell anything of the temperature? The direction is an angle: from the
south it is warm, from the north cold, and both ends of the scale, 0° and 360°, are
north. A correlation, which asks for a line, finds little. Information asks for any
dependence.

Six years of days are drawn here; with a table of your own the same lines run.
"""

# %%
# The wind turns slowly. Warm air comes with it, and stays until the next day. Pressure
# falls before it rains.
import numpy as np
import pandas as pd

from mifs import JMI
from mifs.plotting import (
    JointDistributionDisplay,
    LaggedInformationDisplay,
    SelectionPathDisplay,
)

rng = np.random.default_rng(3)
n = 6 * 365
turn = rng.normal(0, 45, n).cumsum()
wind = (turn % 360).round()  # degrees, where it comes from
warm_air = -np.cos(np.deg2rad(wind))
season = -8 * np.cos(2 * np.pi * np.arange(n) / 365)
anomaly = np.zeros(n)
pressure = np.zeros(n)
for day in range(1, n):
    anomaly[day] = 0.4 * anomaly[day - 1] + 3 * warm_air[day - 1] + rng.normal()
    pressure[day] = 0.8 * pressure[day - 1] + 5 * rng.normal()
rain = np.r_[False, pressure[:-1] + 3 * rng.normal(size=n - 1) < -8]
days = pd.date_range("2018-01-01", periods=n)
weather = pd.DataFrame(
    {
        "wind": wind,
        "pressure": 1013 + pressure.round(1),
        "temperature": (8 + season + anomaly).round(1),
        "rain": np.where(rain, "rain", "dry"),
    },
    index=days,
)
print(weather.head(3))

# %%
# **At which lag?** The season is taken off first, since two things that both follow the
# season agree without telling anything of each other. The upper line is information,
# drawn as the correlation that would tell as much; the lower ones are the correlations.
# At a lag of one day the wind tells most, and no correlation says so.
lags = LaggedInformationDisplay.from_data(
    weather["wind"], anomaly, range(8), n_permutations=99, random_state=0
)
print(lags.frame()[["mutual_information", "pearson", "p_value"]].round(2))

# %%
# **What does it look like?** The wind of yesterday, the temperature of today.
yesterday = weather["wind"].shift().iloc[1:].rename("wind of yesterday (°)")
today = pd.Series(anomaly[1:], index=days[1:], name="warmer than usual (°C)")
shape = JointDistributionDisplay.from_data(yesterday, today)

# %%
# **Which lags of which series for rain?** Give each lag a column, and select. Pressure
# resembles itself from day to day, so that each of its lags tells. Beside that of
# yesterday nothing adds: from the second row on hardly anything remains.
lagged = pd.concat(
    {
        f"{name}, {lag} d before": weather[name].shift(lag)
        for name in ("wind", "pressure", "temperature")
        for lag in (1, 2, 3)
    },
    axis=1,
).iloc[3:]
selector = JMI(6, alpha=1).fit(lagged, weather["rain"].iloc[3:])
path = SelectionPathDisplay.from_estimator(selector)
print("first:", selector.path_["name"].iloc[0])

# %%
# No p-value of the path is shown here: a test of rows takes days for independent, and
# days are not. ``n_permutations`` above shifts whole series against each other instead.
