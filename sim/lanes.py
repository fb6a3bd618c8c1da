"""Numbers of several worlds in one register: a type for kernels, with arithmetic, comparison and choice by lane.

LLVM's own vectors, so that a kernel is vectorised as written, whatever the compiler makes of its loops. Each lane is
IEEE arithmetic of its own: no operation mixes lanes, none is fused or regrouped, and processors with narrower
registers give the same bits. Operators, `min`, `max`, `where`, `smaller`, `larger` and `somewhere` also take plain
numbers, so that one text serves LANES worlds and a single one.

A loop over a row (worlds,) takes LANES of its worlds at once, the last time fewer:

    for k in range(0, n, LANES):
        here = within(k, n)
        give(after, k, here, max(take(before, k, here) - take(used, k, here), 0.0))

Tables of lanes hold one row of LANES numbers for each quantity; see `get`, `put`, `fetch` and `bring`.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from sim.bare import bare_inline

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


def _of_kind(kind: types.Type, context: Any, builder: Any, value: Any, type_: types.Type) -> Any:
    """An argument as numbers by lane, or as one number."""
    return _numbers(context, builder, value, type_) if kind is NUMBERS else context.cast(builder, value, type_, kind)


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


def _register_one(symbol: Any, kind: types.Type, build: Any) -> None:
    """Give an operator of one vector its meaning by lane."""

    @type_callable(symbol)
    def typer_of(context):  # type: ignore[no-untyped-def]
        return lambda value: kind if value is kind else None

    @lower_builtin(symbol, kind)
    def lower(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return build(builder, arguments[0])


_register_one(operator.invert, TRUTHS, lambda builder, truth: builder.not_(truth))
_register_one(operator.neg, NUMBERS, lambda builder, value: builder.fneg(value))

# as Python does for two numbers: the first, unless the second is beyond it
_register(min, NUMBERS, lambda builder, one, two: builder.select(builder.fcmp_ordered("<", two, one), two, one))
_register(max, NUMBERS, lambda builder, one, two: builder.select(builder.fcmp_ordered(">", two, one), two, one))


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
    kind = NUMBERS if truth is TRUTHS else types.float64

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        yes, no = (_of_kind(kind, context, builder, arguments[i], signature.args[i]) for i in (1, 2))
        return builder.select(arguments[0], yes, no)

    return kind(truth, yes, no), build


def _extreme(sign: str) -> Any:
    def typed(typing, left, right):  # type: ignore[no-untyped-def]
        kind = NUMBERS if NUMBERS in (left, right) else types.float64

        def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            left, right = (_of_kind(kind, context, builder, arguments[i], signature.args[i]) for i in (0, 1))
            return builder.select(builder.fcmp_ordered(sign, left, right), left, right)

        return kind(left, right), build

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
        if truth is types.boolean:
            return arguments[0]
        bits = builder.bitcast(arguments[0], ir.IntType(LANES))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(truth), build


def _kind_in(table: types.Type) -> types.Type:
    """What stands at a place: numbers by lane in a table, one number in a vector."""
    return NUMBERS if table.ndim == 2 else table.dtype


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    table = context.make_array(signature.args[0])(context, builder, arguments[0])
    row = context.cast(builder, arguments[1], signature.args[1], types.intp)
    if signature.args[0].ndim == 1:
        return builder.gep(table.data, [row])
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
    """A row of a table (rows, LANES), or a number of a vector, that lies in one stretch; bounds are not checked."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.load(_pointer(context, builder, signature, arguments), align=8)

    return _kind_in(table)(table, row), build


@intrinsic
def put(typing, table, row, value):  # type: ignore[no-untyped-def]
    """Write a row of a table or a number of a vector; see `get`."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        value = _of_kind(_kind_in(table), context, builder, arguments[2], signature.args[2])
        builder.store(value, _pointer(context, builder, signature, arguments), align=8)
        return context.get_dummy_value()

    return types.void(table, row, value), build


# --- rows of worlds ----------------------------------------------------------------------------


@intrinsic
def within(typing, first, end):  # type: ignore[no-untyped-def]
    """Whether the worlds from `first` on, one to a lane, come before `end`."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        first, end = (context.cast(builder, arguments[i], signature.args[i], types.int64) for i in (0, 1))
        left = _repeated(builder, builder.sub(end, first))
        return builder.icmp_signed(">", left, ir.Constant(left.type, list(range(LANES))))

    return TRUTHS(first, end), build


def _place(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where LANES numbers of a row begin."""
    row = context.make_array(signature.args[0])(context, builder, arguments[0])
    first = context.cast(builder, arguments[1], signature.args[1], types.intp)
    return builder.bitcast(builder.gep(row.data, [first]), ir.VectorType(ir.DoubleType(), LANES).as_pointer())


def _load(builder: Any, place: Any, mask: Any) -> Any:
    """LANES numbers from a place on, 0 where the mask leaves one out."""
    vector, aligned = ir.VectorType(ir.DoubleType(), LANES), ir.IntType(32)(8)
    kind = ir.FunctionType(vector, [place.type, aligned.type, mask.type, vector])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.load.v{LANES}f64.p0")
    return builder.call(function, [place, aligned, mask, ir.Constant(vector, [0.0] * LANES)])


def _store(builder: Any, place: Any, mask: Any, value: Any) -> None:
    """Write LANES numbers from a place on, but for those that the mask leaves out."""
    aligned = ir.IntType(32)(8)
    kind = ir.FunctionType(ir.VoidType(), [value.type, place.type, aligned.type, mask.type])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.masked.store.v{LANES}f64.p0")
    builder.call(function, [value, place, aligned, mask])


@intrinsic
def take(typing, row, first, here):  # type: ignore[no-untyped-def]
    """Numbers of a row (worlds,) that lies in one stretch, from `first` on; 0 in lanes that `here` leaves out."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return _load(builder, _place(context, builder, signature, arguments), arguments[2])

    return NUMBERS(row, first, here), build


@intrinsic
def take_from(typing, table, row, first, here):  # type: ignore[no-untyped-def]
    """Numbers of a row of a table (rows, worlds) that lies in one stretch, as `take` takes them from a row alone.

    It makes no row of its own, which a loop over many rows would have to count.
    """

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return _load(builder, _run(context, builder, signature, arguments), arguments[3])

    return NUMBERS(table, row, first, here), build


@intrinsic
def give(typing, row, first, here, value):  # type: ignore[no-untyped-def]
    """Write numbers to a row (worlds,), from `first` on, but for lanes that `here` leaves out; see `take`."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        value = _numbers(context, builder, arguments[3], signature.args[3])
        _store(builder, _place(context, builder, signature, arguments), arguments[2], value)
        return context.get_dummy_value()

    return types.void(row, first, here, value), build


@intrinsic
def give_to(typing, table, row, first, here, value):  # type: ignore[no-untyped-def]
    """Write numbers to a row of a table (rows, worlds), from `first` on, but for lanes left out; see `take_from`."""

    def build(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        value = _numbers(context, builder, arguments[4], signature.args[4])
        _store(builder, _run(context, builder, signature, arguments), arguments[3], value)
        return context.get_dummy_value()

    return types.void(table, row, first, here, value), build


# --- tables of lanes ---------------------------------------------------------------------------


@bare_inline
def fetch(table, row, first, tile, place):  # type: ignore[no-untyped-def]
    """Copy worlds of a table (rows, worlds), from one on, into a row of lanes; the last world fills lanes beyond it."""
    worlds = table.shape[1]
    if first + LANES <= worlds:
        put(tile, place, _taken(table, row, first))
    else:
        for w in range(LANES):
            tile[place, w] = table[row, min(first + w, worlds - 1)]


@bare_inline
def bring(tile, place, table, row, first):  # type: ignore[no-untyped-def]
    """Copy a row of lanes to worlds of a table (rows, worlds), from one on; lanes beyond its last world are dropped."""
    worlds = table.shape[1]
    if first + LANES <= worlds:
        _given(table, row, first, get(tile, place))
    else:
        for w in range(worlds - first):
            table[row, first + w] = tile[place, w]
