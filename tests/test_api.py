"""The public surface: names, imports without effects, docstrings."""

import ast
import dataclasses
import importlib
import inspect
import json
import pickle
import pkgutil
import pydoc
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpydoc.docscrape
import pytest
from numpydoc.validate import validate
from sklearn.base import clone

import mifs
import mifs.selectors

# Every class that takes a target, MRMR being another name of MIRMR.
CLASSES = dict.fromkeys(
    public
    for public in (getattr(mifs, name) for name in mifs.selectors.__all__)
    if "discrete_target" in inspect.signature(public).parameters
    and isinstance(public, type)
)
every_selector = pytest.mark.parametrize("selector", CLASSES)
HEAVY = {
    *("numpy", "scipy", "pandas", "sklearn", "joblib", "numba", "narwhals"),
    *("matplotlib", "polars", "pyarrow", "dask", "rich", "click", "jinja2"),
    *("jax", "optax", "equinox"),
}
OPTIONAL = {"matplotlib", "polars", "duckdb", "dask", "rich", "click", "jinja2"}
OPTIONAL |= {"jax", "optax", "equinox"}
# Rooms whose names are told by the table of contents.
ROOMS = {"selectors"}
IGNORED = {
    "ES01": "one sentence is often enough",
    "SA01": "not everything has a sibling",
    "SS05": "takes a plural noun for a verb; ruff watches the mood",
    "RT02": "returned values have names, as in scikit-learn",
}
# Methods are shown by the example of their class, records have nothing to show, and
# their fields are described as attributes.
IGNORED_OF_METHODS = {"EX01"}
IGNORED_OF_RECORDS = {"EX01", "PR01"}


def run_python(code):
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def public_modules():
    found = [
        module.name
        for module in pkgutil.iter_modules(mifs.__path__)
        if not module.name.startswith("_")
    ]
    return sorted(set(found) - ROOMS)


def names_of(module):
    """Public names that a module defines."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return listed
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", "") == module.__name__
    ]


def is_record(thing):
    """Dataclasses, named tuples, protocols and warnings: classes without behaviour."""
    return inspect.isclass(thing) and (
        dataclasses.is_dataclass(thing)
        or issubclass(thing, (tuple, Exception))
        or getattr(thing, "_is_protocol", False)
    )


def documented():
    """Import paths of every public class and function, and of their methods."""
    seen = set()
    modules = ["mifs", *(f"mifs.{name}" for name in public_modules())]
    for path in modules:
        module = importlib.import_module(path)
        for name in names_of(module):
            thing = getattr(module, name)
            if not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            yield f"{path}.{name}", is_record(thing) and IGNORED_OF_RECORDS
            fields = getattr(thing, "__dataclass_fields__", ())
            for method, function in methods_of(thing):
                if method not in fields and function not in seen:
                    seen.add(function)
                    yield f"{path}.{name}.{method}", IGNORED_OF_METHODS


def methods_of(thing):
    """Public methods that mifs wrote, its own and inherited ones."""
    if not inspect.isclass(thing):
        return []
    return [
        (name, function)
        for name, function in inspect.getmembers(thing, inspect.isfunction)
        if not name.startswith("_") and function.__module__.startswith("mifs")
    ]


def reference():
    """Names with a page of their own in the API reference, and its modules."""
    path = Path(__file__).resolve().parents[1] / "docs" / "api.rst"
    text = path.read_text(encoding="utf-8")
    tables = text.split(".. autosummary::")[1:]
    rows = [re.findall(r"^   ([\w.]+)$", table, re.MULTILINE) for table in tables]
    modules = re.findall(r"^\.\. (?:auto)?module:: ([\w.]+)$", text, re.MULTILINE)
    return [f"mifs.{name}" for names in rows for name in names], modules


def by_case(names):
    """Sorted as ruff does: constants, classes, then all others."""
    return sorted(
        names, key=lambda name: (2 - name[0].isupper() - name.isupper(), name)
    )


def test_table_of_contents_is_sorted_and_complete():
    assert mifs.__all__ == by_case(mifs.__all__)
    assert len(set(mifs.__all__)) == len(mifs.__all__)
    expected = {*mifs.selectors.__all__, *public_modules(), "__version__"}
    assert expected <= set(mifs.__all__)
    assert dir(mifs) == sorted(mifs.__all__)


def test_every_public_name_has_one_page_of_the_api_reference():
    names, modules = reference()
    assert len(set(names)) == len(names)
    pages = {name: pydoc.locate(name) for name in names}
    assert None not in pages.values()
    expected = ["mifs", *(f"mifs.{name}" for name in public_modules())]
    assert sorted(modules) == sorted(expected)
    for path in expected:
        module = importlib.import_module(path)
        for name in set(names_of(module)) - set(public_modules()) - {"__version__"}:
            # Of one name, for another name of a class has a page of its own.
            found = [page for page in pages if page.rpartition(".")[2] == name]
            own = [page for page in found if pages[page] is getattr(module, name)]
            assert len(own) == 1, f"{path}.{name} is on the pages {own}"


@pytest.mark.parametrize("name", mifs.__all__)
def test_name_can_be_used(name):
    assert getattr(mifs, name) is not None
    assert getattr(mifs, name) is getattr(mifs, name)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(Path(mifs.__file__).read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If)]
    seen = {
        alias.asname or alias.name
        for block in blocks
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == set(mifs.__all__) - {"__version__"}
    assert (Path(mifs.__file__).parent / "py.typed").is_file()


def test_unknown_name():
    with pytest.raises(AttributeError, match="'mifs' has no attribute 'nothing'"):
        _ = mifs.nothing


@pytest.mark.parametrize("name", ["selectors", *public_modules()])
def test_lists_of_names_are_sorted(name):
    module = importlib.import_module(f"mifs.{name}")
    if hasattr(module, "__all__"):
        assert by_case(module.__all__) == list(module.__all__)
        assert all(hasattr(module, public) for public in module.__all__)


def test_import_is_pure():
    code = (
        "import sys, warnings, json, locale\n"
        "before = list(warnings.filters)\n"
        "import mifs\n"
        "assert warnings.filters == before\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    loaded = set(json.loads(run_python(code)))
    assert not loaded & HEAVY


def test_first_use_loads_nothing_optional_and_changes_no_filter():
    code = (
        "import sys, warnings, json\n"
        "import numba, sklearn.feature_selection, pandas, joblib, narwhals.stable.v2\n"
        "before = list(warnings.filters)\n"
        "others = set(sys.modules)\n"
        "from mifs import JMI, profile\n"
        "X = pandas.DataFrame({'a': [1, 2, 1, 2], 'b': [0.5, 1, 2, 3]})\n"
        "JMI(None).fit(X, [0, 1, 0, 1]).transform(X)\n"
        "profile(X)\n"
        "assert warnings.filters == before\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - others}\n"
        "print(json.dumps(sorted(new)))"
    )
    loaded = set(json.loads(run_python(code)))
    assert not loaded & OPTIONAL


@pytest.mark.parametrize(
    ("path", "ignored"), [pytest.param(*case, id=case[0]) for case in documented()]
)
def test_docstring(path, ignored):
    wrong = [
        f"{code}: {message}"
        for code, message in validate(path)["errors"]
        if code not in {*IGNORED, *(ignored or ())}
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("section", ["Parameters", "Attributes"])
def test_selectors_describe_what_they_share_in_the_same_words(section):
    texts = defaultdict(dict)
    for selector in CLASSES:
        document = numpydoc.docscrape.NumpyDocString(inspect.getdoc(selector))
        for name, kind, text in document[section]:
            texts[name].setdefault((kind, "\n".join(text)), []).append(
                selector.__name__
            )
    # Scores have the unit of their criterion.
    texts.pop("scores_", None)
    different = {name: list(t.values()) for name, t in texts.items() if len(t) > 1}
    assert not different


@every_selector
def test_signature(selector):
    parameters = inspect.signature(selector).parameters
    free = [name for name, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    first = ["criterion"] if "criterion" in parameters else []
    assert free == [*first, "n_features_to_select"]
    expected = {
        "n_features_to_select": 10,
        "mi_estimator": "auto",
        "discrete_features": "auto",
        "discrete_target": "auto",
        "n_jobs": None,
        "verbose": 0,
    }
    defaults = {name: p.default for name, p in parameters.items()}
    assert expected.items() <= defaults.items()
    assert list(selector().get_params()) == sorted(parameters)


@every_selector
def test_fitted_attributes_are_documented(selector):
    fitted = selector(n_features_to_select=1).fit([[0, 1], [1, 1], [0, 0]], [0, 1, 0])
    document = numpydoc.docscrape.NumpyDocString(inspect.getdoc(selector))
    told = {name for name, _, _ in document["Attributes"]}
    names = {name for name in vars(fitted) if name.endswith("_")}
    assert names <= told
    absent = {name for name in told if not hasattr(fitted, name)}
    assert absent <= {"feature_names_in_"}


@every_selector
def test_unknown_parameter_is_refused_in_the_name_of_the_class(selector):
    message = rf"^{selector.__name__}\.__init__\(\) got an .* argument 'typo'"
    with pytest.raises(TypeError, match=message):
        selector(typo=5)


def test_a_class_of_a_user_has_its_own_name_and_the_signature():
    class Mine(mifs.JMI):
        pass

    with pytest.raises(TypeError, match=r"^Mine\.__init__\(\) got an"):
        Mine(typo=5)
    assert inspect.signature(Mine) == inspect.signature(mifs.JMI)
    assert clone(Mine(3)).n_features_to_select == 3


@pytest.mark.parametrize("name", ["k", "n_features", "max_features"])
def test_parameters_by_the_names_of_others(name):
    message = f"JMI has no parameter '{name}'; pass n_features_to_select instead"
    with pytest.raises(TypeError, match=message):
        mifs.JMI(**{name: 5})
    with pytest.raises(TypeError, match="has no parameter 'estimator'; pass mi_est"):
        mifs.InfoMaxSelector(5, estimator="plugin")
    with pytest.raises(TypeError, match=r"JMI.__init__\(\) got an unexpected keyword"):
        mifs.JMI(nonsense=5)


def test_a_subclass_may_have_such_a_parameter():
    class Few(mifs.JMI):
        def __init__(self, k=3):
            super().__init__(k)
            self.k = k

    few = pickle.loads(pickle.dumps(mifs.JMI(4)))
    assert few.n_features_to_select == 4
    assert clone(Few(k=2)).n_features_to_select == 2
    assert "n_jobs" in inspect.signature(mifs.JMI).parameters
    assert "args" not in inspect.signature(mifs.MISelector).parameters
