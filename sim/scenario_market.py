"""The parts of a scenario that make the market: places, pools, ways, mines, users, recyclers, stocks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim.quantity import (
    Elasticity,
    Entry,
    FactorOrNone,
    FactorOrOne,
    GradePercent,
    Growth,
    Key,
    Money,
    MoneyOrNone,
    Month,
    MonthOrNone,
    MonthsOrNone,
    People,
    PositivePrice,
    Price,
    PriceOrNone,
    ScrapLag,
    Share,
    ShareOrNone,
    SignedCost,
    Slope,
    Tariff,
    Text,
    Tonnes,
    TonnesPerYear,
    TonnesPerYearOrNone,
    TonnesPerYearOrOpen,
    TransitMonths,
    Years,
    Yield,
)

Good = Literal["concentrate", "apt"]
Grade = Literal["any", "eligible"]
Segment = Literal["defence", "aerospace", "cutting_tools", "electronics", "steel_and_other"]
Backer = Literal[
    "china", "us", "europe", "japan_korea", "turkey", "russia", "uzbekistan", "kazakhstan", "market"
]
Buyer = Literal["china", "us", "europe", "japan_korea", "open"]
Stage = Literal[
    "resource", "pre_feasibility", "feasibility", "financing", "construction", "ramp_up", "production",
    "care_and_maintenance",
]  # fmt: skip


class Region(Entry):
    """A place with a market of its own."""

    key: Key
    """Short name."""
    title: Text
    """Name on screens."""
    licence_bloc: Literal["us", "europe", "japan", "korea", "rest", ""]
    """Destination for which China decides a licence; "" if it needs none."""
    buyer_bloc: Literal["us", "europe", "japan_korea", "china", "rest", ""]
    """Group of buyers that the region belongs to; "" if it uses no tungsten of its own."""
    lon: Annotated[float, Field(ge=-180, le=180)]
    """Longitude of its market's centre, degrees east."""
    lat: Annotated[float, Field(ge=-90, le=90)]
    """Latitude of its market's centre, degrees north."""


class Pool(Entry):
    """Tungsten of one kind and grade, held in one region at one price: a node of the clearing."""

    key: Key
    """<region>.<good>.<grade>."""
    region: Key
    """Region that holds it."""
    good: Good
    """Concentrate; apt: primary products (APT, oxide, carbide powder)."""
    grade: Grade
    """eligible: mined and refined outside China, Russia and North Korea; any: no proof of origin."""
    stock: Tonnes
    """Stock held at the start."""
    price: PositivePrice
    """Price at the start, without VAT."""


class Arc(Entry):
    """A way in which tungsten moves between pools or changes kind: a route, a refinery, a regrading."""

    key: Key
    """Short name."""
    kind: Literal["route", "refine", "forms", "downgrade", "switch"]
    """route: transport; refine: concentrate to APT; forms: products without licence; gate: leave to export;
    downgrade: eligible sold as any; switch: a buyer of eligible who takes any."""
    origin: Key
    """Pool it draws from."""
    destination: Key
    """Pool it fills."""
    freight: SignedCost
    """Freight, insurance and handling; for refine the conversion cost, for forms the net cost of processing,
    for switch the premium at which buyers of eligible material turn to any."""
    transit: TransitMonths
    """Whole months under way."""
    tariff: Tariff
    """Ad valorem charge on the origin price, VAT not refunded included; what levers set comes on top."""
    capacity: TonnesPerYearOrOpen
    """Most input it can take; one million means no limit."""
    yield_: Yield = Field(alias="yield")
    """Tonnes out for each tonne in."""
    slope: Slope
    """Rise of the marginal cost with the monthly flow."""
    risk: PriceOrNone
    """Perceived risk of the way, as a premium on its cost."""
    flow: TonnesPerYear
    """Input in January 2025; all flows together balance every pool."""
    licensed: bool = False
    """Whether a Chinese export licence is needed."""
    form: Literal["concentrate", "controlled", "uncontrolled"]
    """What travels: concentrate, a controlled product (APT, oxide, carbide) or another form."""
    gateway: str = ""
    """Border or strait that can close; "" if none."""


class Mine(Entry):
    """A mine, a block of mines of one kind, or a project that may become one."""

    key: Key
    """Short name."""
    title: Text
    """Name on screens."""
    region: Key
    """Region whose concentrate pool it fills."""
    owner: Text
    """Who owns it, in words."""
    backer: Backer
    """Whose money and politics stand behind it; market: nobody's in particular."""
    state_owned: bool = False
    """Whether a state holds the majority."""
    stage: Stage
    """Where it stands in January 2025."""
    artisanal: bool = False
    """Whether it is small-scale digging that answers price within months."""
    quota: bool = False
    """Whether the Chinese mining quota counts its output."""
    output: TonnesPerYearOrNone
    """Output in January 2025."""
    capacity: TonnesPerYear
    """Nameplate output after ramp-up, first phase."""
    expansion: TonnesPerYearOrNone
    """Output that a second phase would add to the capacity."""
    expansion_date: MonthOrNone = ""
    """Month planned for the second phase."""
    reserves: Tonnes
    """Metal in the ore that is left: reserves, or the part of the resource that a plan would mine."""
    grade: GradePercent
    """Ore grade."""
    recovery: Share
    """Share of the ore's tungsten that reaches the concentrate."""
    cost_low: Price
    """Cash cost of the block's cheapest output, per mtu in concentrate."""
    cost_high: Price
    """Cash cost of the block's dearest output, per mtu in concentrate."""
    capex: MoneyOrNone
    """Capital still to spend."""
    study_cost: MoneyOrNone
    """Cost of the studies and permits left."""
    plan_study: MonthsOrNone
    """Months of study and permit work left, as planned."""
    plan_construction: MonthsOrNone
    """Months of construction left, as planned."""
    plan_first_output: MonthOrNone = ""
    """First output that the owner announces."""
    ramp: MonthsOrNone
    """Months from first output to capacity."""
    workforce: People
    """People employed when it runs."""
    winter: ShareOrNone
    """Exposure to hard winters."""
    power: ShareOrNone
    """Exposure to power shortage."""
    reagents: ShareOrNone
    """Exposure to shortage of flotation reagents."""
    slip: FactorOrOne
    """Mean multiplier of planned durations."""
    overrun: FactorOrOne
    """Mean multiplier of the capital cost."""
    overrun_sd: FactorOrNone
    """Standard deviation of that multiplier."""
    failure: ShareOrNone
    """Probability that it never reaches production, given its stage."""
    ramp_failure: ShareOrNone
    """Probability that the ramp-up fails."""


class Letter(Entry):
    """Public money promised or given to a mine; a letter of interest is not a loan."""

    key: Key
    """Short name."""
    lender: Key
    """Institution."""
    role: Key
    """Government role behind it, or "market"."""
    mine: Key
    """Mine it is meant for."""
    amount: Money
    """Amount named."""
    kind: Literal["letter", "loan", "grant"]
    """letter: interest only; loan: signed; grant: given."""
    date: Month
    """Month in which it was made public."""


class Offtake(Entry):
    """A sale of future output, signed or known at the start."""

    key: Key
    """Short name."""
    mine: Key
    """Mine that sells."""
    buyer: Buyer
    """Bloc that buys."""
    share: Share
    """Share of the mine's output."""
    floor: Price
    """Lowest price paid, 0 if there is none."""
    years: Years
    """Length."""
    start: Month
    """First month of delivery as planned."""


class Demand(Entry):
    """Use of tungsten by one segment in one region."""

    key: Key
    """<region>.<segment>."""
    region: Key
    """Region of the users."""
    segment: Segment
    """What it is used for."""
    use: TonnesPerYear
    """Use in January 2025, scrap included."""
    eligible_share: Share
    """Share bought as eligible material at the start."""
    choke: PositivePrice
    """Price at which use would stop within the month; use falls in a straight line towards it."""
    elasticity: Elasticity
    """Fall of use with price after five years and more, as a positive number."""
    adjustment: Years
    """Years in which use covers most of the way."""
    growth: Growth
    """Trend growth at an unchanged price."""


class Recycling(Entry):
    """Scrap recovered in a region; it enters the pool of primary products of grade any."""

    key: Key
    """The region."""
    region: Key
    """The region."""
    scrap: TonnesPerYear
    """Tungsten recovered now."""
    elasticity: Elasticity
    """Rise with price after three years."""
    lag: ScrapLag
    """Months before scrap answers price."""
    ceiling: Share
    """Largest share of the region's use that scrap can cover."""
    cost: Price
    """Cost of collecting and processing."""


class RefineryProject(Entry):
    """A plant that could turn concentrate into APT, or APT into powder and carbide."""

    key: Key
    """Short name."""
    region: Key
    """Where it would stand."""
    title: Text
    """Name on screens."""
    product: Literal["apt", "carbide"]
    """What it makes."""
    capacity: TonnesPerYear
    """Planned capacity."""
    start: Month
    """Start as planned."""
    capex: Money
    """Capital still to spend."""


class Stock(Entry):
    """A stock outside the market's pools: a state's stockpile, or one that nobody reports."""

    key: Literal[
        "us_stockpile", "china_reserve", "china_hidden", "west_hidden", "japan_stockpile", "korea_stockpile",
        "europe_stockpile",
    ]  # fmt: skip
    """Short name."""
    region: Key
    """Where it lies."""
    amount: Tonnes
    """Amount at the start."""
