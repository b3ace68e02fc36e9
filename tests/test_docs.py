"""The texts are true: their code runs and prints what they say, their links lead on."""

import contextlib
import importlib.util
import io
import math
import re
import shlex
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

import mifs
from mifs._cli import _progress, main
from mifs.criteria import CRITERIA

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "coming_from").glob("*.md")),
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A block of python or of commands, and the text block that shows what it prints.
CODE = re.compile(
    r"^```(?P<kind>python|console)\n(?P<code>.*?)^```$(?:\n\n^```text\n(?P<printed>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\[[^\]]+\]\(([^)\s#]*)(?:#([^)\s]+))?\)")


def name_of(path):
    return str(path.relative_to(ROOT))


def without_trailing_blanks(text):
    return [line.rstrip() for line in text.rstrip().splitlines()]


def output_of(console):
    """What the commands of a block write, to stdout and stderr as they come."""
    commands = [line.removeprefix("$ ") for line in console.splitlines()]
    assert all(command.startswith("mifs ") for command in commands)
    runner = CliRunner()
    return "".join(runner.invoke(main, shlex.split(c)[1:]).output for c in commands)


def anchors(page):
    """Anchors of the headings of a page, as markdown renderers name them."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def script(name):
    path = ROOT / "docs" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Pages whose code trains networks run by `make learn`.
LEARNS = {"representations.md"}
RUN = [
    pytest.param(page, marks=[pytest.mark.learn] * (page.name in LEARNS))
    for page in PAGES
]


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_code_runs_and_prints_what_the_page_shows(page, tmp_path, monkeypatch):
    """The blocks of a page share their names and a folder, from top to bottom."""
    monkeypatch.chdir(tmp_path)
    # A slow machine would say how far it is.
    monkeypatch.setattr(_progress, "_PAUSE", math.inf)
    text = page.read_text(encoding="utf-8")
    scope = {"__name__": "page"}
    for found in CODE.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        printed = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed):
            warnings.simplefilter("error")
            if found["kind"] == "console":
                print(output_of(found["code"]))
            else:
                code = "\n" * (line - 1) + found["code"]
                exec(compile(code, str(page), "exec"), scope)
        if found["printed"] is not None:
            shown = without_trailing_blanks(found["printed"])
            assert without_trailing_blanks(printed.getvalue()) == shown


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_and_headings(page):
    for target, anchor in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith("http"):
            continue
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{target} does not exist"
        assert not anchor or anchor in anchors(path), f"{target} has no #{anchor}"


def links(page):
    """Markdown pages to which a page leads."""
    targets = LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8")))
    paths = {(page.parent / target).resolve() for target, _ in targets if target}
    return {path for path in paths if path.suffix == ".md" and path.exists()}


@pytest.mark.parametrize("start", ["README.md", "docs/index.md"])
def test_every_page_is_reached_by_links(start):
    reached, new = set(), {ROOT / start}
    while new:
        reached |= new
        new = set().union(*map(links, new)) - reached
    assert not set(PAGES) - reached - {ROOT / "README.md"}


def test_table_of_criteria_is_up_to_date():
    criteria = script("make_criteria")
    text = criteria.PAGE.read_text(encoding="utf-8")
    assert text == criteria.page(text), "run docs/make_criteria.py"


def test_shared_docstrings_are_up_to_date():
    docstrings = script("make_docstrings")
    assert len(docstrings.classes()) == len(CRITERIA) + 1
    for public in [*docstrings.classes(), *docstrings.scans()]:
        text = docstrings.path(public).read_text(encoding="utf-8")
        assert text == docstrings.page(public, text), "run docs/make_docstrings.py"


@pytest.mark.parametrize("command", ["demo", "test"])
def test_commands_of_the_readme_are_in_the_makefile(command):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"make {command}" in readme
    assert re.search(rf"^{command}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("path", ["CITATION.cff", "CHANGELOG.md"])
def test_version_is_the_package_version(path):
    assert mifs.__version__ in (ROOT / path).read_text(encoding="utf-8")
