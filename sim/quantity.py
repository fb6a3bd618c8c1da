"""A number with its unit, range, source and confidence, and the types that bound it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetPydanticSchema, model_validator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Confidence = Literal["S", "F", "F-low", "K", "E"]
"""S: a leading article; F: a public page; F-low: a weak page; K: a named source from memory; E: estimate."""

Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
"""A calendar month, "YYYY-MM"."""

MonthOrNone = Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")]
"""A calendar month, "YYYY-MM", or "" for none."""

Key = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")]
"""A name in snake_case; parts are joined by dots."""

Text = Annotated[str, Field(min_length=1)]
"""Words for people; not empty."""


class Part(BaseModel):
    """A frozen, strict piece of a scenario: unknown keys fail, and nothing is converted in silence."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        allow_inf_nan=False,
        validate_by_name=True,
        validate_by_alias=True,
        use_attribute_docstrings=True,
    )


class Quantity(Part):
    """A number with what it means and where it comes from."""

    value: float
    """The central value."""
    unit: str
    """The unit; the field that holds the quantity says which one is allowed."""
    low: float | None = None
    """Lowest value thought plausible, if known."""
    high: float | None = None
    """Highest value thought plausible, if known."""
    source: Text
    """Where the value comes from."""
    confidence: Confidence
    """How far to trust it."""

    @model_validator(mode="after")
    def _lies_within_its_own_range(self) -> Quantity:
        low = float("-inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        if not low <= self.value <= high:
            raise PydanticCustomError(
                "own_range",
                "value {value} is outside its own range; allowed is {low} to {high}",
                {"value": self.value, "low": low, "high": high},
            )
        return self

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True)
class Measure:
    """What a field allows of its quantity: the unit, the bounds and, where there is one, the default."""

    unit: str
    low: float
    high: float
    default: float | None = None
    whole: bool = False

    def allowed(self) -> str:
        """The allowed values in words."""
        kind = "a whole number from" if self.whole else "a number from"
        return f"{kind} {self.low:g} to {self.high:g} in {self.unit}"

    def check(self, quantity: Quantity) -> Quantity:
        """The quantity itself, if its unit is right and its numbers lie within the bounds."""
        if quantity.unit != self.unit:
            self._fail(f"unit '{quantity.unit}'")
        for name in ("value", "low", "high"):
            number = getattr(quantity, name)
            if number is None:
                continue
            if not self.low <= number <= self.high or (self.whole and number != int(number)):
                self._fail(f"{name} {number:g}")
        return quantity

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def _fail(self, what: str) -> NoReturn:
        raise PydanticCustomError(
            "measure",
            "{what} is not allowed; allowed is {allowed}",
            {"what": what, "allowed": self.allowed()},
        )


@cache
def measures(part: type[Part]) -> Mapping[str, Measure]:
    """The measure of every quantity that the part holds, by the name it has in files."""
    found = {}
    for name, field in part.model_fields.items():
        for item in field.metadata:
            if isinstance(item, Measure):
                found[field.alias or name] = item
    return found


class FrozenDict(dict[str, Any]):
    """A dictionary that cannot be changed once made."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("this dictionary is frozen")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __reduce__(self) -> tuple[type, tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


def _freeze(inner: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    return core_schema.no_info_after_validator_function(FrozenDict, handler(inner))


Words = Annotated[Mapping[str, str], GetPydanticSchema(lambda _, h: _freeze(dict[str, str], h))]
"""Words by name, frozen."""

Named = Annotated[Mapping[str, Quantity], GetPydanticSchema(lambda _, h: _freeze(dict[str, Quantity], h))]
"""Quantities by name, frozen."""

Groups = Annotated[
    Mapping[str, Mapping[str, Quantity]], GetPydanticSchema(lambda _, h: _freeze(dict[str, Named], h))
]
"""Named quantities by group, frozen."""


class Entry(Part):
    """An entry of a list; its source and confidence hold for every quantity in it that gives none itself."""

    source: Text
    """Where the entry's figures come from."""
    confidence: Confidence
    """How far to trust them."""


Tonnes = Annotated[Quantity, Measure("t W", 0, 5_000_000)]
TonnesPerYear = Annotated[Quantity, Measure("t W/year", 0, 1_000_000)]
TonnesPerYearOrNone = Annotated[Quantity, Measure("t W/year", 0, 1_000_000, default=0)]
TonnesPerYearOrOpen = Annotated[Quantity, Measure("t W/year", 0, 1_000_000, default=1_000_000)]
Price = Annotated[Quantity, Measure("USD/mtu", 0, 100_000)]
PositivePrice = Annotated[Quantity, Measure("USD/mtu", 1, 1_000_000)]
SignedCost = Annotated[Quantity, Measure("USD/mtu", -100, 1_000)]
PriceOrNone = Annotated[Quantity, Measure("USD/mtu", 0, 1_000, default=0)]
Slope = Annotated[Quantity, Measure("USD/mtu per t W/month", 0.0001, 50)]
Share = Annotated[Quantity, Measure("share", 0, 1)]
ShareOrNone = Annotated[Quantity, Measure("share", 0, 1, default=0)]
Tariff = Annotated[Quantity, Measure("share", 0, 2, default=0)]
Yield = Annotated[Quantity, Measure("share", 0.5, 1, default=1)]
GradePercent = Annotated[Quantity, Measure("% WO3", 0.01, 5)]
Elasticity = Annotated[Quantity, Measure("share", 0, 2)]
Growth = Annotated[Quantity, Measure("share/year", -0.2, 0.3)]
Money = Annotated[Quantity, Measure("million USD", 0, 20_000)]
MoneyOrNone = Annotated[Quantity, Measure("million USD", 0, 20_000, default=0)]
MoneyPerYear = Annotated[Quantity, Measure("million USD/year", 0, 20_000)]
Months = Annotated[Quantity, Measure("month", 0, 240)]
MonthsOrNone = Annotated[Quantity, Measure("month", 0, 240, default=0)]
TransitMonths = Annotated[Quantity, Measure("month", 0, 4, whole=True)]
ScrapLag = Annotated[Quantity, Measure("month", 6, 36, whole=True)]
Years = Annotated[Quantity, Measure("year", 0, 50)]
People = Annotated[Quantity, Measure("person", 0, 100_000)]
FactorOrOne = Annotated[Quantity, Measure("factor", 0.2, 5, default=1)]
FactorOrNone = Annotated[Quantity, Measure("factor", 0, 5, default=0)]
Trust = Annotated[Quantity, Measure("index", -1, 1)]
PerYear = Annotated[Quantity, Measure("1/year", 0, 12)]
EventSize = Annotated[Quantity, Measure("factor", -1, 10)]
