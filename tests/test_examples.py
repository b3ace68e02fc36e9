"""Every example runs without a warning and shows what it claims.

Those of examples/tables take longer: `make docs` runs them, and docs/test_claims.py
reads what they printed.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
CLAIMS = {}


def claim(name):
    """Mark a function that checks what an example printed."""

    def register(check):
        CLAIMS[name] = check
        return check

    return register


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, f"{pattern!r} is not in:\n{text}"
    return float(found[1])


@claim("demo.py")
def ten_features_in_order(out):
    assert number(r"entropy ([\d.]+) nats", out) == pytest.approx(0.660, abs=5e-4)
    rows = re.findall(r"^ *(\d+)  (\S.*?) {2,}(-?[\d.]+) +([\d.]+) ", out, re.MULTILINE)
    assert [int(step) for step, *_ in rows] == list(range(1, 11))
    assert len({name for _, name, *_ in rows}) == 10
    assert rows[0][2] == rows[0][3], "the first score is the relevance"
    assert float(rows[0][3]) == max(float(relevance) for *_, relevance in rows)


@claim("01_first_selection.py")
def five_columns_in_the_order_of_the_table(out):
    chosen = re.search("In order of choice: (.*)", out)[1].split(", ")
    kept = re.search("Kept: (.*)", out)[1].split(", ")
    assert chosen[0] == "flavanoids"
    assert len(chosen) == 5
    assert sorted(kept) == sorted(chosen)
    assert kept != chosen
    told, entropy = re.search(r"tells ([\d.]+) of ([\d.]+) nats", out).groups()
    assert 0 < float(told) < float(entropy) == pytest.approx(1.086, abs=5e-4)
    assert "as words: discrete" in out
    assert number(r"in words: +([\d.]+) nats", out) > 0


@claim("02_relevance_is_not_enough.py")
def only_jmi_sees_the_partner(out):
    biased, fair = out.split("P(x2 = 1) = 0.5")
    picks = dict(re.findall(r"^(MIM|MIRMR|JMI) +(.*)$", biased, re.MULTILINE))
    assert picks["JMI"].split()[:2] == ["x1", "x2"]
    for blind in ("MIM", "MIRMR"):
        assert picks[blind].split()[0] == "x1"
        assert "x2" not in picks[blind].split()
    assert abs(number(r"x2 alone tells (-?[\d.]+)", biased)) < 0.001
    assert number(r"I\(x2;y\|x1\) = ([\d.]+)", biased) > 0.6
    rows = re.findall(r"^(MIM|MIRMR|JMI) +(.*)$", fair, re.MULTILINE)
    assert len(rows) == 3
    for _, order in rows:
        assert set(order.split()[-2:]) == {"x1", "x2"}
    assert number(r"x1 and x2, ([\d.]+) nats", fair) == pytest.approx(0.693, abs=0.002)


@claim("03_pipeline_and_grid_search.py")
def few_features_do_better_and_noise_stays_noise(out):
    assert len(re.findall(r"^ +\d+ +\d+ +0\.\d+$", out, re.MULTILINE)) == 15
    everything = number(r"all 30 features: accuracy ([\d.]+)", out)
    assert number(r"best: accuracy ([\d.]+)", out) > everything
    assert number(r"with (\d+) features", out) < 30
    assert number(r"outside the folds: accuracy ([\d.]+)", out) > 0.7
    assert abs(number(r"inside the folds: +accuracy ([\d.]+)", out) - 0.5) < 0.1


@claim("04_pictures.py")
def pictures_are_drawn_and_small(out):
    assert number(r"tells [\d.]+ alone, repeats [\d.]+, remains ([\d.]+)", out) < 0.1
    assert 0 < number(r"more than chance: (\d+) of 10", out) < 10
    assert number(r"([\d.]+) bits", out) > 0.5
    sizes = re.findall(r"^Drawn: \w+\.png, (\d+) kB$", out, re.MULTILINE)
    assert len(sizes) == 2
    assert all(0 < int(size) < 60 for size in sizes)


def test_every_example_has_a_check():
    assert set(CLAIMS) == {path.name for path in EXAMPLES.glob("*.py")}


@pytest.mark.parametrize("name", sorted(CLAIMS))
def test_example(name, tmp_path):
    command = [sys.executable, "-X", "utf8", "-W", "error", str(EXAMPLES / name)]
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=tmp_path, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    CLAIMS[name](done.stdout)


# Those of examples/cluster are no pages; tests/test_dask_joblib.py runs them.
PAGES = [path for path in EXAMPLES.rglob("*.py") if path.parent.name != "cluster"]


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda p: p.name)
def test_example_is_made_of_cells_under_a_docstring(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert len(re.findall(r"^# %%$", text, re.MULTILINE)) >= 2
