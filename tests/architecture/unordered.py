"""Finds where a Python file lets the order of a set reach the outside.

The order of a set of strings depends on the hash seed, that of a set of objects on their addresses: a verdict that
depends on either is not reproducible. Type inference would be exact and is not to be had here, so this reads the text:
an expression is a set when it looks like one, or when its name was annotated or assigned as one anywhere in the file.
Asking for membership, length, any, all, sum, min, max or `sorted` is fine; iterating, unpacking, joining, `list`,
`tuple`, `enumerate`, `iter`, `next` and `pop` are not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_MAKERS = {"set", "frozenset"}
_TAKERS = {"list", "tuple", "enumerate", "iter", "next", "map", "filter", "zip", "reversed", "deque", "OrderedDict"}
_HARMLESS = {"sorted", "len", "any", "all", "sum", "min", "max", "set", "frozenset", "bool"}
_OPERATORS = (ast.BitOr, ast.BitAnd, ast.Sub, ast.BitXor)
_METHODS = {"union", "intersection", "difference", "symmetric_difference"}


def lines(module: ast.Module) -> Iterator[int]:
    """The lines on which the order of a set may be seen."""
    names = _set_names(module)
    harmless = {id(argument) for call in _calls(module, _HARMLESS) for argument in call.args}
    for node in ast.walk(module):
        for seen in _ordered(node):
            if _is_set(seen, names) and not (id(node) in harmless and _rebuilds(node)):
                yield seen.lineno


def _ordered(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions whose order this node lets out."""
    if isinstance(node, ast.For | ast.AsyncFor):
        yield node.iter
    elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
        yield from (part.iter for part in node.generators)
    elif isinstance(node, (ast.Starred, ast.YieldFrom)):
        yield node.value
    elif isinstance(node, ast.Call):
        name = _name(node.func)
        if name in _TAKERS or (isinstance(node.func, ast.Attribute) and name in {"join", "extend"}):
            yield from node.args
        if isinstance(node.func, ast.Attribute) and name == "pop" and not node.args:
            yield node.func.value


def _rebuilds(node: ast.AST) -> bool:
    """A comprehension within `sorted(...)` or `len(...)` may take its parts in any order."""
    return isinstance(node, ast.ListComp | ast.GeneratorExp)


def _calls(module: ast.Module, names: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def _set_names(module: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None and _annotates(node.annotation):
            names.add(node.arg if isinstance(node, ast.arg) else _name(node.target))
        elif isinstance(node, ast.Assign) and _is_set(node.value, names):
            names.update(_name(target) for target in node.targets)
    return names - {""}


def _annotates(annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value.startswith(("set", "frozenset"))
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    if _name(head) in {"Final", "ClassVar"} and isinstance(annotation, ast.Subscript):
        return _annotates(annotation.slice)
    return _name(head) in _MAKERS | {"AbstractSet", "MutableSet"}


def _is_set(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Set | ast.SetComp):
        return True
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name):
            return node.func.id in _MAKERS
        return isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS and _is_set(node.func.value, names)
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        return _is_set(node.left, names) or _is_set(node.right, names)
    return isinstance(node, ast.Name | ast.Attribute) and _name(node) in names


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
