"""Numbers of several worlds in one register: a type for kernels, with arithmetic, comparison and choice by lane.

LLVM's own vectors, so that a kernel is vectorised as written, whatever the compiler makes of its loops. Each lane is
IEEE arithmetic of its own: no operation mixes lanes, none is fused or regrouped, and processors with narrower
registers give the same bits. Tables hold one row of LANES numbers for each quantity.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from sim.compiled import inline

LANES = 16
"""Worlds that a kernel works on at once; a multiple of the widest register, 8."""


class _Vector(types.Type):
    """One number or one truth for each lane."""


class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, type_: types.Type) -> None:
        element = ir.DoubleType() if type_ is NUMBERS else ir.IntType(1)
        super().__init__(manager, type_, ir.VectorType(element, LANES))


NUMBERS, TRUTHS = _Vector("numbers"), _Vector("truths")
register_model(_Vector)(_Model)


# --- operators ---------------------------------------------------------------------------------


def _repeated(builder: Any, value: Any) -> Any:
    """A number in every lane."""
    one = builder.insert_element(ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined), value, ir.IntType(32)(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


def _numbers(context: Any, builder: Any, value: Any, type_: types.Type) -> Any:
    """An argument as numbers by lane."""
    if type_ is NUMBERS:
        return value
    return _repeated(builder, context.cast(builder, value, type_, types.float64))


def _register(symbol: Any, result: types.Type, build: Any) -> None:
    """Give an operator of two numbers its meaning by lane; one side may be a number for all lanes."""

    @type_callable(symbol)
    def typer_of(context):  # type: ignore[no-untyped-def]
        def typer(left, right):  # type: ignore[no-untyped-def]
            sides = (left, right)
            if NUMBERS in sides and all(side is NUMBERS or isinstance(side, types.Number) for side in sides):
                return result
            return None

        return typer

    def lower(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        pairs = zip(arguments, signature.args, strict=True)
        return build(builder, *[_numbers(context, builder, value, type_) for value, type_ in pairs])

    for pair in ((NUMBERS, NUMBERS), (NUMBERS, types.Number), (types.Number, NUMBERS)):
        lower_builtin(symbol, *pair)(lower)


def _comparison(sign: str) -> Any:
    return lambda builder, left, right: builder.fcmp_ordered(sign, left, right)


_register(operator.add, NUMBERS, lambda builder, left, right: builder.fadd(left, right))
_register(operator.sub, NUMBERS, lambda builder, left, right: builder.fsub(left, right))
_register(operator.mul, NUMBERS, lambda builder, left, right: builder.fmul(left, right))
_register(operator.truediv, NUMBERS, lambda builder, left, right: builder.fdiv(left, right))
_register(operator.lt, TRUTHS, _comparison("<"))
_register(operator.le, TRUTHS, _comparison("<="))
_register(operator.gt, TRUTHS, _comparison(">"))
_register(operator.ge, TRUTHS, _comparison(">="))
_register(operator.eq, TRUTHS, _comparison("=="))


def _register_both(symbol: Any, build: Any) -> None:
    """Give an operator of two truths its meaning by lane."""

    @type_callable(symbol)
    def typer_of(context):  # type: ignore[no-untyped-def]
        return lambda left, right: TRUTHS if left is TRUTHS and right is TRUTHS else None

    @lower_builtin(symbol, TRUTHS, TRUTHS)
    def lower(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return build(builder, *arguments)


_register_both(operator.and_, lambda builder, left, right: builder.and_(left, right))
_register_both(operator.or_, lambda builder, left, right: builder.or_(left, right))


# --- functions ---------------------------------------------------------------------------------


@intrinsic
def everywhere(typing, value):  # type: ignore[no-untyped-def]
    """A number in every lane."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return _numbers(context, builder, arguments[0], signature.args[0])

    return NUMBERS(value), build


@intrinsic
def where(typing, truth, yes, no):  # type: ignore[no-untyped-def]
    """`yes` in lanes where it is true, `no` in the others; either may be a number for all lanes."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        truth, yes, no = arguments
        chosen = [_numbers(context, builder, x, t) for x, t in ((yes, signature.args[1]), (no, signature.args[2]))]
        return builder.select(truth, *chosen)

    return NUMBERS(truth, yes, no), build


def _extreme(sign: str) -> Any:
    def typed(typing, left, right):  # type: ignore[no-untyped-def]
        def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            left, right = (_numbers(context, builder, x, t) for x, t in zip(arguments, signature.args, strict=True))
            return builder.select(builder.fcmp_ordered(sign, left, right), left, right)

        return NUMBERS(left, right), build

    return typed


smaller = intrinsic(_extreme("<"))
larger = intrinsic(_extreme(">"))


@intrinsic
def size_of(typing, value):  # type: ignore[no-untyped-def]
    """Absolute value by lane."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        function = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(arguments[0].type, [arguments[0].type]),
            f"llvm.fabs.v{LANES}f64",
        )
        return builder.call(function, arguments)

    return NUMBERS(value), build


@intrinsic
def somewhere(typing, truth):  # type: ignore[no-untyped-def]
    """Whether it is true in any lane."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        bits = builder.bitcast(arguments[0], ir.IntType(LANES))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(truth), build


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    table = context.make_array(signature.args[0])(context, builder, arguments[0])
    row = context.cast(builder, arguments[1], signature.args[1], types.intp)
    first = builder.gep(table.data, [builder.mul(row, ir.Constant(row.type, LANES))])
    return builder.bitcast(first, ir.VectorType(ir.DoubleType(), LANES).as_pointer())


def _run(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """LANES numbers side by side in a row of a table, from a column on."""
    table = context.make_array(signature.args[0])(context, builder, arguments[0])
    row, first = (context.cast(builder, arguments[i], signature.args[i], types.intp) for i in (1, 2))
    width = cgutils.unpack_tuple(builder, table.shape)[1]
    here = builder.gep(table.data, [builder.add(builder.mul(row, width), first)])
    return builder.bitcast(here, ir.VectorType(ir.DoubleType(), LANES).as_pointer())


@intrinsic
def _taken(typing, table, row, first):  # type: ignore[no-untyped-def]
    """LANES numbers of a row of a table (rows, worlds), from a column on."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.load(_run(context, builder, signature, arguments), align=8)

    return NUMBERS(table, row, first), build


@intrinsic
def _given(typing, table, row, first, value):  # type: ignore[no-untyped-def]
    """Write LANES numbers to a row of a table (rows, worlds), from a column on."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        builder.store(arguments[3], _run(context, builder, signature, arguments), align=8)
        return context.get_dummy_value()

    return types.void(table, row, first, value), build


@intrinsic
def get(typing, table, row):  # type: ignore[no-untyped-def]
    """A row of a table (rows, LANES) of float64 that lies row after row; bounds are not checked."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.load(_pointer(context, builder, signature, arguments), align=8)

    return NUMBERS(table, row), build


@intrinsic
def put(typing, table, row, value):  # type: ignore[no-untyped-def]
    """Write a row of a table; see `get`."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        value = _numbers(context, builder, arguments[2], signature.args[2])
        builder.store(value, _pointer(context, builder, signature, arguments), align=8)
        return context.get_dummy_value()

    return types.void(table, row, value), build


@inline
def fetch(table, row, first, tile, place):  # type: ignore[no-untyped-def]
    """Copy worlds of a table (rows, worlds), from one on, into a row of lanes; the last world fills lanes beyond it."""
    worlds = table.shape[1]
    if first + LANES <= worlds:
        put(tile, place, _taken(table, row, first))
    else:
        for w in range(LANES):
            tile[place, w] = table[row, min(first + w, worlds - 1)]


@inline
def bring(tile, place, table, row, first):  # type: ignore[no-untyped-def]
    """Copy a row of lanes to worlds of a table (rows, worlds), from one on; lanes beyond its last world are dropped."""
    worlds = table.shape[1]
    if first + LANES <= worlds:
        _given(table, row, first, get(tile, place))
    else:
        for w in range(worlds - first):
            table[row, first + w] = tile[place, w]
