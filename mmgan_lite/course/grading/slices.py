"""The part of a notebook that one answer needs: its cell, and of the cells before it the lines that it builds upon.

A whole notebook trains for minutes; most answers need an import or two. What is needed is read from the text, as
reactive notebooks do: a line counts if it gives a value to a name that is read further down.
"""

import ast
import asyncio
import inspect
import symtable

_FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_ANSWER = "_the_answer_"
_DEFINITIONS = ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
_IMPORTS = ast.Import, ast.ImportFrom


def answer_program(cells, name):
    """The statements that make the answer of an exercise, and its value as the last of them.

    Args:
        cells: Sources of a notebook's code cells, in order.
        name: The exercise's class: the answer is what stands in `….Name.check(answer)`, in the last cell that has it.

    Returns:
        A module (`ast.Module`) for `run`, or None where no cell checks this exercise.

    Raises:
        SyntaxError: for a cell of the answer that is no Python.
    """
    place = max((n for n, cell in enumerate(cells) if f".{name}.check(" in cell), default=None)
    if place is None:
        return None
    before = [node for cell in cells[:place] for node in _parsed_or_nothing(cell)]
    own = _parsed(cells[place])
    end, call = next(((n, call) for n, node in enumerate(own) for call in _checks(node, name)), (None, None))
    if call is None or not call.args:
        return None  # it stands in a comment or a string
    answer = ast.fix_missing_locations(ast.Assign([ast.Name(_ANSWER, ast.Store())], call.args[0]))
    needed = _slice(before, [*own[:end], answer])
    return ast.Module([*needed, *own[:end], answer], [])


def run(program, scope):
    """Run an answer's program in a namespace; returns the answer."""
    for statement in program.body:  # one after another, as a notebook would
        code = compile(ast.Module([statement], []), "the hand-in", "exec", flags=_FLAGS, dont_inherit=True)
        waiting = eval(code, scope)
        if inspect.isawaitable(waiting):
            asyncio.run(_awaited(waiting))
    return scope[_ANSWER]


async def _awaited(waiting):
    return await waiting


def _checks(node, name):
    """The calls `….Name.check(…)` in a statement."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "check":
            owner = call.func.value
            if name == getattr(owner, "attr", getattr(owner, "id", None)):
                yield call


def _parsed(cell):
    """A cell's statements; lines for IPython alone (`%`, `!`, `?`) are left out."""
    lines = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in cell.splitlines()]
    return compile("\n".join(lines), "the hand-in", "exec", flags=_FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True).body


def _parsed_or_nothing(cell):
    try:
        return _parsed(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _slice(before, own):
    """The statements of `before` that those of `own` need, in order."""
    imports = [node for node in (*before, *own) if isinstance(node, _IMPORTS)]
    modules = set().union(*map(_given, imports))  # `keras.utils.…(…)` changes no value of the notebook's
    late = set()  # what functions read: when they are called, so from wherever it was given
    while True:
        wanted, kept = set(late), []
        for place, node in reversed(list(enumerate([*before, *own]))):
            if place >= len(before) or (_given(node) | (_changed(node) - modules)) & wanted:
                wanted = (wanted - _settled(node)) | _read(node) | late
                kept.insert(0, node)
        found = set().union(*(_read(node) for node in kept if isinstance(node, _DEFINITIONS))) - late
        if not found:
            return [node for node in kept if node not in own]
        late |= found


def _read(node):
    """Names of the notebook that a statement reads, in functions inside it too."""
    tables, read = [symtable.symtable(ast.unparse(node), "", "exec")], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        read |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table.get_type() == "module" or symbol.is_global())
        }
    return read


def _settled(node):
    """Names to which a statement gives a value, whatever they were before."""
    if isinstance(node, ast.Assign):
        return {one.id for one in ast.walk(ast.Tuple(node.targets)) if isinstance(getattr(one, "ctx", None), ast.Store)
                and isinstance(one, ast.Name)}  # fmt: skip
    return _given(node) if isinstance(node, (*_DEFINITIONS, *_IMPORTS)) else set()


def _given(node):
    """Names to which a statement gives a value, or a part of one: `a = …`, `a[0] = …`, `import a`."""
    if isinstance(node, _DEFINITIONS):
        return {node.name}
    given = set()
    for one in ast.walk(node):
        if isinstance(one, ast.alias):
            given.add(one.asname or one.name.partition(".")[0])
        elif isinstance(one, _DEFINITIONS):
            given.add(one.name)
        elif isinstance(getattr(one, "ctx", None), ast.Store):
            given.add(_root(one))
    return given - {""}


def _changed(node):
    """Names whose value a statement may change by a method: `a.add(…)`, in a loop too."""
    walked = () if isinstance(node, _DEFINITIONS) else ast.walk(node)
    calls = [one.value for one in walked if isinstance(one, ast.Expr)]
    calls = [call.value if isinstance(call, ast.Await) else call for call in calls]
    return {_root(call.func) for call in calls if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)}


def _root(node):
    """`a` of `a`, `a.b`, `a[0].c`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return getattr(node, "id", "")
