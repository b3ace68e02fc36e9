"""How many parameters have no type: `Any` explains itself, or is not there."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1] / "mifs"
# Share of the annotated parameters of all functions, in percent.
MOST = 6.5
MODULES = sorted(ROOT.rglob("*.py"))


def hidden(tree):
    """Aliases of a module that are `Any` by another name."""
    names = set()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            value = node.value
            if isinstance(value, ast.Name) and value.id == "Any":
                targets = (
                    node.targets if isinstance(node, ast.Assign) else [node.target]
                )
                names |= {target.id for target in targets}
    return names


ALIASES = set().union(*(hidden(ast.parse(file.read_text())) for file in MODULES))


def says_nothing(annotation):
    """Whether an annotation is `Any`, an alias of it, or a union with it."""
    if isinstance(annotation, ast.Name):
        return annotation.id == "Any" or annotation.id in ALIASES
    if isinstance(annotation, ast.BinOp):
        return says_nothing(annotation.left) or says_nothing(annotation.right)
    return False


def parameters(tree):
    """Each parameter with an annotation: its function, its name and its type."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            given = node.args
            each = [*given.posonlyargs, *given.args, *given.kwonlyargs]
            each += [one for one in (given.vararg, given.kwarg) if one]
            yield from ((node.name, a.arg, a.annotation) for a in each if a.annotation)


def shares():
    """Of each module: parameters of no type, and all."""
    counted = {}
    for file in MODULES:
        types = list(parameters(ast.parse(file.read_text())))
        untyped = [f"{name}({arg})" for name, arg, kind in types if says_nothing(kind)]
        counted[file.relative_to(ROOT)] = untyped, len(types)
    return counted


def test_parameters_have_types():
    counted = shares()
    untyped = sum(len(names) for names, _ in counted.values())
    share = 100 * untyped / sum(number for _, number in counted.values())
    worst = sorted(counted, key=lambda file: -len(counted[file][0]))[:10]
    told = "\n".join(f"{file}: {', '.join(counted[file][0])}" for file in worst)
    assert share <= MOST, f"{share:.1f} % of the parameters are Any:\n{told}"


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("Any", True),
        ("Any | None", True),
        ("object", False),
        ("NDArray[Any]", False),
        ("dict[str, Any]", False),
    ],
)
def test_what_counts(annotation, expected):
    assert says_nothing(ast.parse(annotation, mode="eval").body) is expected
