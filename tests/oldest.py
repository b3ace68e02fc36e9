"""Print the lowest versions that pyproject.toml allows, for pip.

Extras are included, but for that of networks, whose packages need newer ones of others;
its tests run with the newest (make learn).

python tests/oldest.py > constraints.txt
"""

import re
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
# matplotlib 3.8 calls what newer versions of pyparsing warn of.
BESIDE = ["pyparsing<3.3"]
ASIDE = "learn"
BOUND = re.compile(r"([\w-]+)>=([\w.]+)")


def lowest(pyproject=PYPROJECT):
    """Pins of all requirements; an extra that names mifs itself adds none."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {})
    taken = (each for name, extra in extras.items() if name != ASIDE for each in extra)
    needed = {*project["dependencies"], *taken}
    own = re.compile(rf"{project['name']}\b")
    bounds = {each: BOUND.match(each) for each in needed if not own.match(each)}
    if unbound := [each for each, bound in bounds.items() if bound is None]:
        raise SystemExit(f"no lower bound: {', '.join(unbound)}")
    pins = ("{}=={}".format(*bound.groups()) for bound in bounds.values())
    return [*sorted(pins), *BESIDE]


if __name__ == "__main__":
    print(*lowest(), sep="\n")
