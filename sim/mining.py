"""Rules of mines and projects: what they produce, what they need to be paid, and how they advance.

They take single numbers, and numbers by lane: see `sim.lanes`.
"""

from __future__ import annotations

from sim.compiled import inline, rule
from sim.exact import exp, log1p
from sim.lanes import where

MTU_PER_TONNE = 126.1
RESOURCE, PRE_FEASIBILITY, FEASIBILITY, FINANCING, CONSTRUCTION = 0.0, 1.0, 2.0, 3.0, 4.0
RAMP_UP, PRODUCTION, CARE, EXHAUSTED, ABANDONED = 5.0, 6.0, 7.0, 8.0, 9.0
CHINESE, TURKISH = 1.0, 4.0
RESTART_PATIENCE = 4.0
CLOSURE_PATIENCE = 6.0


@rule
def annuity(hurdle_rate: float, years: float) -> float:
    """Yearly payment that returns one unit of capital with interest.

    Args:
        hurdle_rate: real rate, 1/year, > 0.
        years: life, > 0.

    Source: e.g. Brealey, Myers and Allen, ch. 2.
    """
    return hurdle_rate / (1.0 - exp(-years * log1p(hurdle_rate)))


@rule
def full_cost(cash_cost: float, capex: float, capacity: float, yearly: float) -> float:
    """Netback at which building a mine just earns its hurdle rate, USD/mtu of concentrate.

    Args:
        cash_cost: USD/mtu.
        capex: still to spend, million USD.
        capacity: t W/year, > 0.
        yearly: annuity of one unit of capital, 1/year.
    """
    return cash_cost + capex * yearly * 1.0e6 / (capacity * MTU_PER_TONNE)


@rule
def incentive_price(
    cash_cost: float, need: float, grants: float, capacity: float, yearly: float, relief: float, payable: float
) -> float:
    """APT price at which building a mine just earns its hurdle rate, USD/mtu.

    Args:
        cash_cost: USD/mtu of concentrate.
        need, grants: capital cost, and what of it is given, million USD.
        capacity: t W/year, > 0.
        yearly: annuity of one unit of capital, 1/year.
        relief: share of it left after cheap loans and floors.
        payable: share of the APT price paid for concentrate.
    """
    return full_cost(cash_cost, max(need - grants, 0.0), capacity, yearly * relief) / payable


@inline
def share_lent(loans: float, need: float) -> float:
    """Share of the capital cost that states lend, 0 to 1; both in million USD."""
    return min(max(loans / max(need, 1e-9), 0.0), 1.0)


@inline
def charge_left(lent: float, sheltered: float, loan_relief: float, floor_relief: float) -> float:
    """Share of the capital charge left after cheap state loans and floors.

    Args:
        lent: share of the capital cost that states lend.
        sheltered: share of output sold with a floor near the incentive price.
        loan_relief, floor_relief: share of the charge that loans for all of it, or floors for all output, take away.
    """
    return 1.0 - loan_relief * lent - floor_relief * sheltered


@inline
def worth_to_investors(expected: float, floors: float, payable: float, keep: float, full: float) -> float:
    """Netback expected for the long run over full cost.

    Args:
        expected: APT price that investors expect for the long run, USD/mtu.
        floors: what contracts with floors are expected to add to it, USD/mtu.
        payable: netback over the price of APT.
        keep: share of the value left after royalty.
        full: cost of a tonne with its capital, as from `full_cost`, USD/mtu of concentrate.
    """
    return (expected + floors) * payable * keep / full


@rule
def study_pace(
    worth: float, grants: float, study_cost: float, appetite: float, state_owned: float, held_by_state: float
) -> float:
    """Pace of studies against plan: investors hurry what pays, grants pay for it, states drift.

    Args:
        worth: netback expected over full cost.
        grants: million USD.
        study_cost: million USD.
        appetite: pace of a project that does not pay.
        state_owned: 1 for a project of a state company.
        held_by_state: 1 if a host keeps it without a partner.
    """
    eager = min(max((worth - 0.7) / 0.3, 0.0), 1.0)
    paid = min(max(grants / max(study_cost, 0.1), 0.0), 1.0)
    pace = max(max(appetite + (1.0 - appetite) * eager, paid), state_owned * 0.5)
    return where(held_by_state > 0.0, 0.3 * pace, pace)


@inline
def haste(partner: float, slip: float, chinese_slip: float) -> float:
    """Pace of studies and building under a Chinese partner, who slips less, but is never early; 1 under others.

    Args:
        partner: code of `sim.levers.PARTNERS`.
        slip: time taken over time planned, at least 1.
        chinese_slip: factor on it under a Chinese state company.
    """
    return where(partner == CHINESE, min(slip, 1.0 / chinese_slip), 1.0)


@inline
def backing(partner: float, state_owned: float, family_capital: float) -> float:
    """How far somebody with deep pockets is behind a project, 0 to 1.

    Args:
        partner: code of `sim.levers.PARTNERS`.
        state_owned: 1 for a project of a state company.
        family_capital: backing of a Turkish partner.
    """
    backed = max(state_owned, where(partner == CHINESE, 1.0, 0.0))
    return max(backed, where(partner == TURKISH, family_capital, 0.0))


@inline
def is_flawed(luck: float, failure: float, sheltered: float, floor_support: float, partner: float) -> bool:
    """Whether the studies will find that a mine cannot work.

    Args:
        luck: uniform draw of the project.
        failure: chance of failure without support.
        sheltered: share of output sold with a floor near the incentive price.
        floor_support: cut in that chance if half of it is.
        partner: code of `sim.levers.PARTNERS`.
    """
    strong = where((partner > 0.0) & (partner < 5.0), 0.3, 0.0)
    support = min(1.0, floor_support / 0.5 * sheltered + strong)
    return luck < failure * (1.0 - support)


@inline
def short_of_floor(floor: float, payable: float, price: float) -> float:
    """What a buyer adds to the price of concentrate to make up a floor, USD/mtu.

    Args:
        floor: of the contract, USD/mtu of APT.
        payable: worth of concentrate over that of APT.
        price: of concentrate at the mine, USD/mtu.
    """
    return max(floor * payable - price, 0.0)


@rule
def utilisation_wish(netback: float, cost_low: float, cost_high: float) -> float:
    """Share of a block whose cash cost the netback covers: costs spread evenly between two ends."""
    share = (netback - cost_low) / max(cost_high - cost_low, 1.0)
    return min(max(share, 0.0), 1.0)


@inline
def capacity_at_work(stage: float, ramp: float, ceiling: float, capacity: float) -> float:
    """What a mine can bring up, t W/month: none unless it ramps up or produces.

    Args:
        stage: code of `sim.outcomes.STAGES`.
        ramp: share of the ramp-up done, 0 to 1.
        ceiling: share of nameplate that the plant can reach.
        capacity: nameplate, t W/month.
    """
    reached = where(stage == RAMP_UP, ramp, 1.0)
    return where((stage == RAMP_UP) | (stage == PRODUCTION), capacity * ceiling * reached, 0.0)


@inline
def adjusted(utilisation: float, wish: float, speed: float) -> float:
    """Utilisation, 0 to 1, after a month in which a share `speed` of the gap to what the netback asks for is closed."""
    return utilisation + speed * (wish - utilisation)


@inline
def brought_up(at_work: float, utilisation: float, luck: float, ore: float) -> float:
    """Output before any quota, t W/month.

    Args:
        at_work: what the mine can bring up, t W/month.
        utilisation: share of it that is worked, 0 to 1.
        luck: this month's factor, 1 if nothing happened.
        ore: recoverable tungsten left, t W.
    """
    return min(at_work * utilisation * luck, ore)


@inline
def conclude_study(stage: float, flawed: bool) -> float:
    """Stage after a study that is done: the next one, financing or nothing."""
    return where(stage == FEASIBILITY, where(flawed, ABANDONED, FINANCING), stage + 1.0)


@inline
def is_decided(money: float, need: float, worth: float, backed: float) -> bool:
    """Whether the investment is decided: all money is there, and the hurdle rate, or a little less, is earned."""
    return (money >= need) & (worth >= 1.0 - 0.12 * backed)


@inline
def build(
    work: float, ramp: float, idle: float, spent: float, build_pace: float, build_months: float, need: float, money: float
) -> tuple[float, float, float, float, float]:
    """A month of construction: stage, work left, ramp, idle months and capital spent; without money nothing is built."""
    paid = min(build_pace * need / max(build_months, 1.0), need - spent)
    affordable = max(0.0, min(paid, money - spent))
    work = work - build_pace * where(paid > 0.0, affordable / paid, 1.0)
    done = work <= 0.0
    stage = where(done, RAMP_UP, CONSTRUCTION)
    return stage, work, where(done, 0.0, ramp), where(done, 0.0, idle), spent + affordable


@inline
def run(
    stage: float, ramp: float, idle: float, ramp_pace: float, netback: float, cost_low: float, ore: float
) -> tuple[float, float, float]:
    """A month of a working mine: stage, ramp and idle months; it closes when it has long lost money on every tonne."""
    ramps = stage == RAMP_UP
    ramp = where(ramps, min(1.0, ramp + ramp_pace), ramp)
    stage = where(ramps & (ramp >= 1.0), PRODUCTION, stage)
    idle = where(netback < 0.95 * cost_low, idle + 1.0, 0.0)
    stage = where(ore <= 0.0, EXHAUSTED, where(idle >= CLOSURE_PATIENCE, CARE, stage))
    return stage, ramp, where(idle >= CLOSURE_PATIENCE, 0.0, idle)


@inline
def rest(
    ramp: float, idle: float, restart_cost: float, worth: float, netback: float, cost_low: float, cost_high: float
) -> tuple[float, float, float]:
    """A month of a closed mine: stage, ramp and idle months; it opens again when that has long paid."""
    costs = restart_cost > 0.0
    pays = netback > 1.05 * (0.5 * (cost_low + cost_high))
    idle = where(costs, where(worth >= 1.0, idle + 1.0, idle), where(pays, idle + 1.0, 0.0))
    opens = idle >= RESTART_PATIENCE
    stage = where(opens, where(costs, FINANCING, RAMP_UP), CARE)
    return stage, where(opens, where(costs, ramp, 0.5), ramp), where(opens, 0.0, idle)


@inline
def raise_money(
    stage: float,
    need: float,
    equity: float,
    other: float,
    worth: float,
    backed: float,
    equity_pace: float,
    listing: float,
) -> tuple[float, float]:
    """Equity after this month, and what is still missing, million USD.

    Shareholders pay in when the expected long-run netback beats full cost; a backed company (state or trading
    house behind it) pays in earlier and faster; they never pay in more than is missing.

    Args:
        stage: code of `sim.outcomes.STAGES`.
        need: whole capital cost, million USD.
        equity: raised so far, million USD.
        other: loans, prepayments and grants, million USD.
        worth: expected long-run netback over full cost.
        backed: 1 for a company with a state or a big smelter behind it.
        equity_pace: largest share of the need raised in a month.
        listing: mood of share markets for tungsten, factor.
    """
    low = 0.95 - 0.15 * backed
    appetite = min(max((worth - low) / 0.3, 0.0), 1.0)
    builds = stage == CONSTRUCTION
    asks = (stage == FINANCING) | builds
    missing = where(asks, max(0.0, need - equity - other), 0.0)
    # whoever has begun to build rather pays in than loses it all
    appetite = where(builds, max(appetite, 0.3 + 0.5 * backed), appetite)
    paid = where(asks, min(missing, need * equity_pace * (1.0 + backed) * appetite * listing), 0.0)
    return equity + paid, max(0.0, missing - paid)
