"""The mutants of a source file: each is the same file with one small thing wrong.

Left alone: annotations, decorators, docstrings, f-strings and prose (a text with a space in it), the values of an
enumeration, and what only type checkers read.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    Edit = tuple[ast.AST, ast.AST, str]
    """The first and the last node of what is replaced, and the text that replaces it."""
    Statement = tuple[ast.stmt, bool]
    """A statement, and whether it stands in a function."""

_COMPARE: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTE: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_SKIPPED: Final = frozenset({"annotation", "returns", "decorator_list", "bases", "keywords"})
_CONDITIONED: Final = (ast.If, ast.While, ast.IfExp)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A source file with one thing wrong.

    Attributes:
        source: The whole file.
        diff: What is wrong, as a unified diff without its head.
        lines: The lines of the statement that is wrong, or those that use its names if it runs at import.
        at_import: Whether it runs when the module is imported.
    """

    source: str
    diff: str
    lines: frozenset[int]
    at_import: bool


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a source file, in the order of its lines."""
    text = source.encode()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    tree = ast.parse(source)
    for (first, last, new), statement in _edits(tree, None, inside=False):
        begin, end = _place(starts, first), _place(starts, last, end=True)
        wrong = (text[:begin] + new.encode() + text[end:]).decode()
        at_import = statement is None or not statement[1]
        if statement is None:
            lines: frozenset[int] = frozenset()
        elif at_import:
            lines = _uses(tree, statement[0])
        else:
            lines = frozenset(range(statement[0].lineno, _header_end(statement[0]) + 1))
        yield Mutant(wrong, _diff(source, wrong), lines, at_import)


def _place(starts: list[int], node: ast.AST, *, end: bool = False) -> int:
    line, column = ("end_lineno", "end_col_offset") if end else ("lineno", "col_offset")
    return starts[int(getattr(node, line)) - 1] + int(getattr(node, column))


def _diff(old: str, new: str) -> str:
    return "\n".join(list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0))[2:])


def _edits(node: ast.AST, statement: Statement | None, *, inside: bool) -> Iterator[tuple[Edit, Statement | None]]:
    """The edits of a node and of all below it, each with its statement."""
    if isinstance(node, ast.stmt):
        statement = node, inside
    for edit in _of(node, at_import=not inside):
        yield edit, statement
    for name, value in ast.iter_fields(node):
        if name in _SKIPPED and not (name == "keywords" and isinstance(node, ast.Call)):
            continue
        deeper = inside or (name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _left_alone(node, child, inside=inside):
                yield from _edits(child, statement, inside=deeper)


def _uses(tree: ast.AST, statement: ast.stmt) -> frozenset[int]:
    """The lines on which something is used that a statement names, as a name, an attribute or an argument."""
    named = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    named |= {one.arg for one in ast.walk(statement) if isinstance(one, ast.arg)}
    return frozenset(
        one.lineno
        for one in ast.walk(tree)
        if isinstance(one, ast.Name | ast.Attribute | ast.keyword)
        and (getattr(one, "id", "") or getattr(one, "attr", "") or getattr(one, "arg", "")) in named
    )


def _header_end(node: ast.stmt) -> int:
    """The last line of a statement without the block under it."""
    blocks = [block[0].lineno for name in ("body", "handlers") if (block := getattr(node, name, None))]
    return max(node.lineno, min(blocks) - 1) if blocks else node.end_lineno or node.lineno


def _left_alone(parent: ast.AST, child: ast.AST, *, inside: bool) -> bool:
    match child:
        case ast.Constant() if isinstance(parent, ast.Set) or (isinstance(parent, ast.Tuple) and not inside):
            return len(parent.elts) > 1  # each is left out in its turn, which is worse than a changed one
        case ast.JoinedStr():
            return True
        case ast.Expr(value=ast.Constant()):  # a docstring
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign() if isinstance(parent, ast.ClassDef):
            return any("Enum" in ast.unparse(base) for base in parent.bases)
        case ast.BinOp():  # types, of which one is left out as a whole
            return isinstance(parent, ast.Call) and ast.unparse(parent.func) == "isinstance"
    return False


def _of(node: ast.AST, *, at_import: bool) -> Iterator[Edit]:
    """The edits of one node."""
    if isinstance(node, ast.expr):
        yield from ((node, node, new) for new in _expressions(node))
    elif isinstance(node, ast.stmt):
        yield from ((node, node, new) for new in _statements(node))
    elif isinstance(node, ast.ExceptHandler):
        if ast.unparse(node.body[0]) != "raise":
            yield node.body[0], node.body[-1], "raise"
        yield from _fewer(node.type)
    if isinstance(node, _CONDITIONED) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield node.test, node.test, f"(not ({ast.unparse(node.test)}))"
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield from _fewer(node.comparators[0])
    if isinstance(node, ast.Assign | ast.AnnAssign) and at_import:
        yield from _fewer(node.value)


def _fewer(node: ast.expr | None) -> Iterator[Edit]:
    """A collection of several without one of them."""
    if isinstance(node, ast.Call) and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, ast.Tuple | ast.Set | ast.List) and len(node.elts) > 1:
        for index in range(len(node.elts)):
            less = copy.copy(node)
            less.elts = node.elts[:index] + node.elts[index + 1 :]
            yield node, node, f"({text})" if (text := ast.unparse(less))[0] not in "({[" else text


def _expressions(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                other = copy.copy(node)
                other.ops = [*node.ops[:index], _COMPARE[type(operator)](), *node.ops[index + 1 :]]
                yield f"({ast.unparse(other)})"
        case ast.BoolOp():
            other_way = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield f"({ast.unparse(ast.BoolOp(other_way, node.values))})"
        case ast.UnaryOp(op=ast.Not()):
            yield f"({ast.unparse(node.operand)})"
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, ast.BinOp(op=ast.BitOr()) as types]):
            for one in (types.left, types.right):
                yield f"isinstance({ast.unparse(node.args[0])}, {ast.unparse(one)})"
        case ast.BinOp() if type(node.op) in _COMPUTE:
            yield f"({ast.unparse(ast.BinOp(node.left, _COMPUTE[type(node.op)](), node.right))})"
        case ast.Constant():
            yield from _constants(node.value)


def _constants(value: object) -> Iterator[str]:
    match value:
        case bool():
            yield repr(not value)
        case int():
            yield repr(value + 1)
        case float():
            yield repr(value + 1.0)
        case str() if not any(char.isspace() for char in value):
            yield '""' if value else '"mutant"'
        case bytes():
            yield 'b""' if value else 'b"mutant"'


def _statements(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.Return(value=value) if value is not None and ast.unparse(value) != "None":
            yield "return None"
        case ast.Continue():
            yield "break"
        case ast.Break():
            yield "continue"
        case ast.Expr(value=ast.Yield()):
            return  # without it the function is another kind of thing
        case ast.Expr() | ast.AugAssign() | ast.Delete() | ast.Raise():
            yield "pass"
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield "pass"  # without a local name, most of what follows would fail anyhow
