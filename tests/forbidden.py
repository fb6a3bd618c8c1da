"""Finds in a syntax tree what would break bit-identical worlds or repeatable luck.

Three things are looked for: arithmetic whose rounding depends on the number of worlds, on the processor
or on Python's version; luck that is not keyed; and orders that are nobody's decision, such as a set's.
"""

import ast
from collections.abc import Iterator

REGROUPING = {
    "average", "convolve", "corrcoef", "correlate", "cov", "cumprod", "cumsum", "cumulative_prod",
    "cumulative_sum", "dot", "einsum", "fft", "inner", "linalg", "matmul", "matvec", "mean", "nancumprod",
    "nancumsum", "nanmean", "nanprod", "nanstd", "nansum", "nanvar", "outer", "prod", "std", "sum",
    "tensordot", "trapezoid", "trapz", "var", "vdot", "vecdot", "vecmat",
}  # fmt: skip
"""NumPy functions that add or multiply in an order that follows the shape of the block."""

TRANSCENDENTAL = {
    "acos", "acosh", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "asin",
    "asinh", "atan", "atan2", "atanh", "cbrt", "cos", "cosh", "erf", "erfc", "exp", "exp2", "expm1",
    "float_power", "gamma", "hypot", "lgamma", "log", "log10", "log1p", "log2", "logaddexp",
    "logaddexp2", "pow", "power", "sin", "sinc", "sinh", "sumprod", "tan", "tanh",
}  # fmt: skip
"""Functions of NumPy or `math` whose last bit depends on the processor or on the C library."""

METHODS = {"average", "cumprod", "cumsum", "dot", "mean", "prod", "std", "sum", "trapezoid", "var"}
"""Array methods that regroup."""

FOLDING = {"accumulate", "reduce", "reduceat"}
FOLDED = {"add", "divide", "multiply", "subtract", "true_divide"}

UNKEYED_LUCK = {"random", "secrets", "uuid"}
"""Modules of luck that has no key."""

MODEL_LUCK = {"random", "rng", "shuffle", "shuffle_do"}
"""Attributes by which Mesa or NumPy draw luck in order of asking."""

SET_METHODS = {"difference", "intersection", "symmetric_difference", "union"}
ORDER_TAKERS = {"enumerate", "filter", "fromkeys", "iter", "join", "list", "map", "reversed", "tuple", "zip"}
ORDER_LOSERS = {"all", "any", "frozenset", "len", "max", "min", "set", "sorted"}


def faults(tree: ast.Module) -> list[str]:
    """One sentence for each forbidden thing in a module, in the order of its lines."""
    found = [*arithmetic_faults(tree), *luck_faults(tree), *set_faults(tree), *state_faults(tree)]
    return [f"line {line}: {text}" for line, text in sorted(found)]


def aliases(tree: ast.AST, module: str) -> set[str]:
    """Names under which a module is known in a file."""
    return {
        alias.asname or alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == module
    }


def arithmetic_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Sums that regroup, functions that differ between processors, and powers."""
    numpy, math = aliases(tree, "numpy"), aliases(tree, "math")
    for node in ast.walk(tree):
        text = ""
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in numpy and name in REGROUPING:
                text = f"{owner}.{name} regroups: use sim.sums"
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in numpy | math:
                if name in TRANSCENDENTAL:
                    text = f"{owner}.{name} differs between processors: use sim.exact"
            case ast.Attribute(value=ast.Attribute(attr=inner), attr=name) if inner in FOLDED:
                if name in FOLDING:
                    text = f"{inner}.{name} regroups: use sim.sums"
            case ast.ImportFrom(module="numpy" | "math" as module, names=names):
                taken = [alias.name for alias in names if alias.name in REGROUPING | TRANSCENDENTAL]
                if taken:
                    text = f"{', '.join(taken)} of {module}: use sim.exact or sim.sums"
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in METHODS:
                if ast.unparse(value) not in numpy:
                    text = f"the method .{name}() regroups: use sim.sums"
            case ast.Call(func=ast.Name(id="sum"), args=args) if not counts(args):
                text = "Python's sum adds floats differently from 3.12 on: use sim.sums or math.fsum"
            case ast.Call(func=ast.Name(id="pow")) | ast.AugAssign(op=ast.Pow()):
                text = "a power differs between processors: use sim.exact or multiply"
            case ast.BinOp(op=ast.Pow(), left=base, right=power) if not all(map(is_number, (base, power))):
                text = "a power differs between processors: use sim.exact or multiply"
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                text = "the operator @ regroups: use sim.sums"
        if text:
            yield node.lineno, text


def is_number(node: ast.expr) -> bool:
    """Whether an expression is a number written out."""
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def counts(arguments: list[ast.expr]) -> bool:
    """Whether the argument of Python's `sum` counts things: its elements are whole numbers or lengths."""
    if len(arguments) != 1 or not isinstance(arguments[0], ast.GeneratorExp | ast.ListComp):
        return False
    element = arguments[0].elt
    if isinstance(element, ast.Constant):
        return isinstance(element.value, int)
    return isinstance(element, ast.Call) and isinstance(element.func, ast.Name) and element.func.id == "len"


def luck_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Luck that is not keyed, and Python's hash, which is salted anew in every process."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.split(".")[0] in UNKEYED_LUCK or alias.name == "numpy.random":
                        yield node.lineno, f"luck of {alias.name} has no key: use sim.luck"
            case ast.ImportFrom(module=str(module), level=0, names=names):
                taken = any(alias.name in MODEL_LUCK for alias in names) and module in {"numpy", "mesa"}
                if module.split(".")[0] in UNKEYED_LUCK or module == "numpy.random" or taken:
                    yield node.lineno, f"luck of {module} has no key: use sim.luck"
            case ast.Attribute(attr=name) if name in MODEL_LUCK:
                yield node.lineno, f".{name} has no key: use sim.luck"
            case ast.Attribute(value=ast.Name(id="os"), attr="urandom"):
                yield node.lineno, "os.urandom has no key: use sim.luck"
            case ast.Call(func=ast.Name(id="hash")):
                yield node.lineno, "Python's hash differs from process to process: use sim.luck"


def set_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Places where the order of a set is taken for an order."""
    known = set_names(tree)
    forgiven = {
        id(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDER_LOSERS
        for argument in node.args
        if isinstance(argument, ast.GeneratorExp | ast.ListComp)
    }
    for node in ast.walk(tree):
        taken: list[ast.expr] = []
        match node:
            case ast.For(iter=source):
                taken = [source]
            case ast.ListComp() | ast.GeneratorExp() | ast.DictComp() if id(node) not in forgiven:
                taken = [generator.iter for generator in node.generators]
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in ORDER_TAKERS:
                taken = node.args
            case ast.Call(func=ast.Name(id="max" | "min" | "sorted"), keywords=[_, *_]):
                taken = node.args  # things that are equal by key stay in the order in which they came
            case ast.Call(func=ast.Attribute(value=value, attr="pop"), args=[]):
                taken = [value]
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                taken = [element.value for element in elements if isinstance(element, ast.Starred)]
        for source in taken:
            if is_set(source, known):
                yield source.lineno, "a set has no order: sort it"


def set_names(tree: ast.Module) -> set[str]:
    """Names and attributes that a module binds to a set somewhere, as written (`x`, `self.x`)."""
    known: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value) if is_set(value, known):
                known.update(ast.unparse(target) for target in targets)
            case ast.AnnAssign(target=target, annotation=annotation) if names_a_set(annotation):
                known.add(ast.unparse(target))
            case ast.arg(arg=name, annotation=ast.expr() as annotation) if names_a_set(annotation):
                known.add(name)
    return known


def names_a_set(annotation: ast.expr) -> bool:
    """Whether a type written in the source is a set."""
    outer = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return ast.unparse(outer).split(".")[-1] in {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}


def is_set(node: ast.expr, known: set[str]) -> bool:
    """Whether an expression gives a set, as far as its own text and the known names tell."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Call(func=ast.Attribute(attr=name)) if name in SET_METHODS:
            return True
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.BitXor() | ast.Sub(), right=right):
            return any(is_set(side, known) or is_keys(side) for side in (left, right))
        case ast.IfExp(body=body, orelse=orelse):
            return is_set(body, known) or is_set(orelse, known)
        case ast.Name() | ast.Attribute():
            return ast.unparse(node) in known
    return False


def is_keys(node: ast.expr) -> bool:
    """Whether an expression is a view of a dictionary's keys, which acts as a set under & | ^ and -."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys"


def state_faults(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Attributes of `self` changed in place, so that a snapshot taken before would change with them."""
    for node in ast.walk(tree):
        match node:
            case ast.AugAssign(target=target) if is_own(target):
                yield node.lineno, f"{ast.unparse(target)} is changed in place: rebind it"
            case ast.keyword(arg="out", value=value) if is_own(value):
                yield value.lineno, f"{ast.unparse(value)} is changed in place: rebind it"


def is_own(node: ast.expr) -> bool:
    """Whether an expression is an attribute of `self`, or a part of one."""
    match node:
        case ast.Subscript(value=inner):
            return is_own(inner)
        case ast.Tuple(elts=elements):
            return any(is_own(element) for element in elements)
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False
