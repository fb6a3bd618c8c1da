"""State is declared, and what is remembered never changes: a snapshot is free, and any month can be gone back to."""

from __future__ import annotations

import numpy as np
import pytest

from agents.contracts import Lender
from agents.market import Market, Order, Plan
from sim import contracts, state
from sim.outcomes import registry
from sim.state import put, take, to_change, to_fill
from tests.market_runs import differing, everything, play, played, random_orders

SCENARIO = "licence_squeeze"
START, LATER = 14, 6


@pytest.fixture
def market():
    """Three worlds after a year and two months, some of them steered by hand."""
    orders = [
        Order("china.licence_approval", "us", [0.2, np.nan, 0.9], 3),
        Order("kazakhstan.award", "upper_kairakty", [1, np.nan, 2], 5),
        Order("united_states.tariff_china", "", 0.5, START + 2),
    ]
    return played(START, SCENARIO, seeds=[4, 5, 6], orders=orders, record=Plan(("price.apt.rotterdam",)))


def test_a_snapshot_holds_the_arrays_themselves_and_no_copies(market):
    snapshot, again = market.snapshot(), market.snapshot()
    assert snapshot.keys() == market.holders().keys()
    for key, part in snapshot.items():
        assert part.keys() == again[key].keys()
        assert [name for name, x in part.items() if x is not again[key][name]] == []
    assert snapshot["exchange"]["price"] is market.exchange.price
    assert snapshot["seats"]["ordered[china.licence_approval]"] is market.seats.ordered["china.licence_approval"]


def test_the_last_axis_of_every_state_is_worlds(market):
    arrays = {f"{key}.{name}": x for key, part in market.snapshot().items() for name, x in part.items()}
    assert [name for name, x in arrays.items() if x.shape[-1] != market.worlds or x.dtype != np.float64] == []


def test_every_state_says_what_it_is(market):
    silent = [f"{key}.{name}" for key, holder in market.holders().items()
              for name, text in state.declared(holder).items() if not text]
    assert silent == []


def changed_in_place(market):
    """Names of state that a month changes in the arrays that a snapshot refers to."""
    before = market.snapshot()
    kept = {key: {name: x.tobytes() for name, x in part.items()} for key, part in before.items()}
    market.step()
    return [f"{key}.{name}" for key, part in before.items() for name, x in part.items() if x.tobytes() != kept[key][name]]


def test_no_array_is_changed_in_place(market):
    assert [name for _ in range(3) for name in changed_in_place(market)] == []


def test_no_array_is_changed_in_place_whatever_is_ordered(market):
    for order in random_orders(market.scenario, 3, market.worlds, START + 8, a_month=20):
        if order.month >= START:
            market.seats.give(order)
    assert [name for _ in range(8) for name in changed_in_place(market)] == []


def test_offers_that_somebody_remembers_stay_what_they_were(market):
    levers = [name for name in market.seats.ruled if name.endswith((".loan", "_finance", "offtake_share"))]
    for _ in range(3):
        remembered = {name: market.seats.ruled[name] for name in levers}
        were = {name: table.copy() for name, table in remembered.items()}
        play(market, 3)
        assert levers and all(np.array_equal(remembered[name], were[name]) for name in levers)


def test_putting_a_snapshot_back_binds_the_same_arrays(market):
    snapshot = market.snapshot()
    play(market, 2)
    state.put(market.holders(), snapshot)
    for key, part in market.snapshot().items():
        assert [name for name, x in part.items() if x is not snapshot[key][name]] == []


def test_a_snapshot_of_something_else_is_refused(market):
    snapshot = market.snapshot()
    with pytest.raises(ValueError, match="exchange"):
        market.restore({**snapshot, "exchange": {}})
    with pytest.raises(ValueError, match="seats"):
        market.restore({**snapshot, "seats": {**snapshot["seats"], "whims[china]": market.months_played}})
    with pytest.raises(ValueError, match="2 worlds, but the market has 3"):
        market.restore(state.fork(snapshot, [0, 1]))
    del snapshot["mines"]
    with pytest.raises(ValueError, match="mines"):
        market.restore(snapshot)


def test_the_same_months_played_again_are_the_same_to_the_last_bit(market):
    mark = market.snapshot()
    first = ending(play(market, LATER))
    recorded, news, decisions = market.record.values, told(market.events_seen), told(market.decisions_taken)
    for _ in range(2):
        market.restore(mark)
        assert (market.month, len(market.record.times), market.running) == (START, START, True)
        assert {month for month, *_ in market.events_seen + market.decisions_taken} <= set(range(START))
        assert unlike(first, ending(play(market, LATER))) == []
        assert market.record.values.tobytes() == recorded.tobytes()
        assert (told(market.events_seen), told(market.decisions_taken)) == (news, decisions)


def test_a_market_made_anew_goes_on_from_a_snapshot(market):
    mark = market.snapshot()
    orders = [order for order in market.seats.orders if order.source == "person"]
    anew = Market(SCENARIO, seeds=market.seeds, orders=orders)
    anew.restore(mark)
    assert anew.month == START
    assert unlike(outcomes(market), outcomes(anew)) == []
    assert unlike(ending(play(market, LATER)), ending(play(anew, LATER))) == []
    assert unlike(outcomes(market), outcomes(anew)) == []


def test_a_decision_that_was_taken_back_leaves_no_trace(market):
    mark = market.snapshot()
    first = ending(play(market, LATER))
    market.restore(mark)
    orders = market.seats.orders
    market.seats.give(Order("china.mining_quota", "", 0, START))
    assert unlike(first, ending(play(market, LATER))) != []
    market.seats.orders = orders
    market.restore(mark)
    assert unlike(first, ending(play(market, LATER))) == []


def test_one_world_forked_into_eight_goes_on_as_that_world(market):
    mark = market.snapshot()
    play(market, LATER)
    order = Order("united_states.tariff_china", "", 0.5, START + 2)
    fan = Market(SCENARIO, seeds=[market.seeds[1]] * 8, orders=[order])
    fan.restore(state.fork(mark, [1] * 8))
    assert {n: x.shape for n, x in everything(fan).items() if x.shape[-1] != 8} == {}
    play(fan, LATER)
    for k in range(8):
        assert unlike(ending(market, 1), ending(fan, k)) == []


def test_worlds_of_a_fork_part_when_they_are_steered_apart(market):
    order = Order("china.licence_approval", "us", [0.0, 1.0, np.nan], START)
    fan = Market(SCENARIO, seeds=[market.seeds[0]] * 3, orders=[order])
    fan.restore(state.fork(market.snapshot(), [0, 0, 0]))
    play(fan, LATER)
    assert differing(fan, fan, of=[0], against=[1]) != []
    assert fan.licensing.granted[0].argmin() == 0


def test_a_mean_of_flows_goes_on_where_its_quarter_was_left(market):
    wanted = {"record": Plan(("price.apt.us",), "quarter", flows=True), "seeds": [4, 5]}
    whole = played(START, SCENARIO, **wanted)
    mark = whole.snapshot()
    assert START % 3
    anew = Market(SCENARIO, **wanted)
    anew.restore(mark)
    assert np.array_equal(play(whole, 4).record.flows[-2:], play(anew, 4).record.flows)


def told(happened):
    """What happened or was decided, with its worlds as plain numbers."""
    return [repr([x.tolist() if isinstance(x, np.ndarray) else x for x in each]) for each in happened]


def test_nobody_holds_on_to_what_the_next_month_changes():
    market = play(Market(SCENARIO, seeds=range(3)), 3)
    changing = (
        (market.mines, "loans"), (market.mines, "missing"), (market.states, "purse"), (market.states, "skills"),
        (market.exchange, "price"), (market.relations, "trust"), (market.buyers, "fear"), (market.briefing, "published"),
    )  # fmt: skip
    for holder, name in changing:
        assert to_change(holder, name) is getattr(holder, name), name


def outcomes(market):
    """Every outcome of the month played last."""
    return {name: market.outcome(name) for name in registry(market.scenario)}


def ending(market, world=slice(None)):
    """Declared state and the latest outcomes, of one world or all."""
    shown = ("price.apt.rotterdam", "score.china", "share.china.mine")
    arrays = {f"{key}.{name}": x for key, part in market.snapshot().items() for name, x in part.items()}
    arrays |= {name: market.outcome(name) for name in shown}
    return {name: x[..., world] for name, x in arrays.items()}


def unlike(a, b):
    """Names of what is not the same to the last bit."""
    return [name for name in a if a[name].tobytes() != b[name].tobytes()]


def test_an_array_is_written_to_in_its_place_only_while_nobody_else_has_it():
    lender = Lender(3, 2)
    lender.signed = np.ones((3, 2))
    assert to_change(lender, "signed") is lender.signed
    assert to_fill(lender, "signed")["signed"] is lender.signed
    snapshot = take({"lender": lender})
    lender.lend((np.array([1]), np.array([0])), np.array([5.0]))
    assert lender.signed[1, 0] == 6.0
    assert (snapshot["lender"]["signed"] == 1.0).all()
    row = lender.signed[2]
    assert to_change(lender, "signed") is not lender.signed
    assert to_fill(lender, "signed")["signed"] is not lender.signed
    assert row.tolist() == [1.0, 1.0]


def test_a_table_laid_out_for_registers_is_changed_in_place_while_nobody_else_holds_a_part_of_it():
    lender = Lender(4, 2)
    state.lay_out([lender])
    assert lender.signed.ctypes.data % 64 == 0
    assert to_change(lender, "signed") is lender.signed
    row = lender.signed[2]
    changed = to_change(lender, "signed")
    assert changed is not lender.signed and changed.ctypes.data % 64 == 0
    assert to_fill(lender, "signed")["signed"] is not lender.signed
    assert row.tolist() == [0.0, 0.0]


def test_a_table_that_a_kernel_made_is_changed_in_place_while_nobody_else_holds_a_part_of_it():
    lender, table = Lender(4, 2), np.ones((4, 2))
    lender.signed = contracts.running(np.zeros(0, np.int64), table, table, table, table)
    assert lender.signed.base is not None
    assert to_change(lender, "signed") is lender.signed
    row = lender.signed[2]
    assert to_change(lender, "signed") is not lender.signed
    assert row.tolist() == [1.0, 1.0]


def test_a_month_of_trade_leaves_what_somebody_has_kept_as_it_was(market):
    exchange, loose = market.exchange, "carried"
    market.step()
    kept = {name: getattr(exchange, name) for name in state.declared(exchange) if name != loose}
    copies, place = {name: table.copy() for name, table in kept.items()}, id(exchange.carried)
    market.step()
    assert [name for name in kept if not np.array_equal(kept[name], copies[name])] == []
    assert id(exchange.carried) == place


def test_a_lender_knows_its_borrowers_whatever_state_it_is_put_in():
    lender = Lender(4, 2)
    assert lender.borrowers().tolist() == []
    before = take({"lender": lender})
    lender.lend((np.array([2]), np.array([1])), np.array([5.0]))
    assert lender.borrowers().tolist() == [2]
    put({"lender": lender}, before)
    assert lender.borrowers().tolist() == []
