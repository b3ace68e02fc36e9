"""Pictures of a selection: why these features, in this order
==========================================================

matplotlib comes with ``pip install 'mifs[plot]'``. A display has a picture and the
numbers behind it; this script draws the one that the README shows.
"""

# %%
# A table of 569 tumours, and ten features that tell most of whether one is malignant.
import sys
import warnings
from pathlib import Path

from PIL import Image  # comes with matplotlib
from sklearn.datasets import load_breast_cancer

from mifs import JMI
from mifs.exceptions import ChanceWarning
from mifs.plotting import JointDistributionDisplay, SelectionPathDisplay

# Those that add no more than chance are part of the picture.
warnings.simplefilter("ignore", ChanceWarning)
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
selector = JMI(10).fit(X, y)

# %%
# The path. Blue is what a feature tells alone, orange what it repeats of those above,
# green what they share within the classes; the diamond is what remains.
path = SelectionPathDisplay.from_estimator(selector)
frame = path.frame()
second = frame.iloc[1]
print(f"1. {frame['name'].iloc[0]}: tells {frame['score'].iloc[0]:.2f} nats")
print(
    f"2. {second['name']}: tells {second['relevance']:.2f} alone, "
    f"repeats {-second['redundancy']:.2f}, remains {second['score']:.2f}"
)
print(f"Steps that add more than chance: {(frame['tier'] == 1).sum()} of {len(frame)}")

# %%
# One feature beside the target.
tumours = y.map({0: "malignant", 1: "benign"}).rename("tumour")
joint = JointDistributionDisplay.from_estimator(selector, X, tumours)
print(
    f"{joint.frame().index.name}: {joint.information:.2f} bits, "
    f"correlation {joint.pearson:.2f}"
)

# %%
# Figures are matplotlib's own; the folder is the current one, or the one that is given.
# A palette of 64 colours makes the files small.
folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
for name, display in (("path", path), ("joint", joint)):
    file = folder / f"{name}.png"
    display.figure_.savefig(file, dpi=110)
    Image.open(file).convert("RGB").quantize(64).save(file, optimize=True)
    print(f"Drawn: {file.name}, {file.stat().st_size / 1000:.0f} kB")
