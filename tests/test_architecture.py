"""Which way things point, and that everything public says what it is."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "autograd_graph": ROOT / "graph" / "autograd_graph",
    "autograd_grammar": ROOT / "grammar" / "autograd_grammar",
    "autograd_cli": ROOT / "cli" / "autograd_cli",
}
BANNED = {
    "autograd_graph": {"lark", "click", "rich", "autograd_grammar", "autograd_cli"},
    "autograd_grammar": {"click", "rich", "autograd_cli"},
    "autograd_cli": {"lark"},
}
EVERYWHERE_BANNED = {"autograd", "cli", "grammar", "graph", "pickle", "marshal", "shelve"}
PACKING = "autograd_cli/engines/task.py"
"""Pickles work for an engine's workers, which unpickle what they are sent in any case."""
MODULES = [
    pytest.param(package, path, id=f"{package}/{path.relative_to(folder)}")
    for package, folder in PACKAGES.items()
    for path in sorted(folder.rglob("*.py"))
]

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def imported(path: Path) -> set[str]:
    """The packages that a module imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            names.add((node.module or "").split(".")[0])
    return names


def test_there_are_modules_to_look_at() -> None:
    assert {package for package, _ in (module.values for module in MODULES)} >= {
        "autograd_graph",
        "autograd_grammar",
    }


@pytest.mark.parametrize(("package", "path"), MODULES)
def test_imports_point_one_way(package: str, path: Path) -> None:
    allowed = {"pickle"} if path == PACKAGES[package].parent / PACKING else set()
    assert imported(path) & (BANNED[package] | EVERYWHERE_BANNED) == allowed


def test_one_module_alone_knows_lark() -> None:
    knowing = [path.name for _, path in (m.values for m in MODULES) if "lark" in imported(path)]
    assert knowing == ["build_table.py"]


def test_only_the_table_builder_is_imported_late_for_lark() -> None:
    users = [
        path.name
        for _, path in (module.values for module in MODULES)
        if path.name != "build_table.py" and "build_table import" in path.read_text("utf-8")
    ]
    assert users == ["table.py"]


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed_and_nothing_makes_their_folders_packages(package: str) -> None:
    assert (PACKAGES[package] / "py.typed").exists()
    assert not (PACKAGES[package].parent / "__init__.py").exists()


def public(tree: ast.Module) -> Iterator[Definition]:
    """The public functions, classes and methods of a module; overloads are types, not functions."""
    for node in tree.body:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                methods = (inner for inner in node.body if isinstance(inner, Definition))
                for inner in methods:
                    overload = "overload" in map(ast.unparse, inner.decorator_list)
                    if not (overload or inner.name.startswith("_")):
                        yield inner


@pytest.mark.parametrize(("package", "path"), MODULES)
def test_every_module_and_everything_public_is_documented(package: str, path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no docstring"
    assert [node.name for node in public(tree) if not ast.get_docstring(node)] == []


def test_nothing_in_the_grammar_calls_itself() -> None:
    recursive = [
        f"{path.name}: {function.name}"
        for path in sorted(PACKAGES["autograd_grammar"].rglob("*.py"))
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and _calls(call, function.name)
    ]
    assert recursive == []


def _calls(call: ast.Call, name: str) -> bool:
    """Whether a call is of ``name`` itself, or of that method on the same object."""
    target = call.func
    if isinstance(target, ast.Name):
        return target.id == name
    return (
        isinstance(target, ast.Attribute)
        and target.attr == name
        and isinstance(target.value, ast.Name)
        and target.value.id == "self"
    )


def test_one_module_alone_chooses_characters() -> None:
    """What is drawn has a form without Unicode; only the glyphs know both."""
    rooms = ("drawing", "views", "reports", "commands", "stream")
    drawing = [path for package, path in (m.values for m in MODULES) if path.parent.name in rooms]
    assert len(drawing) > 40
    choosing = {path.name for path in drawing if any(not t.isascii() for t in literals(path))}
    assert choosing == {"glyphs.py"}


def literals(path: Path) -> Iterator[str]:
    """The strings of a module, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def test_the_lowest_versions_that_are_tried_are_those_that_are_allowed() -> None:
    tried = (ROOT / ".ci" / "lowest.txt").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [line for line in tried.splitlines() if line and not line.startswith("#")]
    assert [pin.replace("==", ">=") for pin in pins] == project["dependencies"]
