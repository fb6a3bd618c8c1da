"""Equations of the month's trade, one by one, and the books that it is posted to."""

import numpy as np
import pytest

from sim.holders import supply_cut
from sim.ledger import Books
from sim.lessons import granted_in_time, thrift
from sim.schedules import accepted, licensed, narrowed, open_gates, permitted, uncontrolled
from sim.settling import affordable, repayment
from sim.shipping import share_served
from sim.use import alarm


def test_a_month_posted_at_once_is_the_same_as_one_posting_after_another():
    postings = [("users", "trade"), ("trade", "mines"), ("users", "mines")]
    amounts = np.array([[3.0, 0.1], [2.0, 0.2], [-1.0, 0.3]])
    opening = {"mines": np.array([5.0, 7.0])}
    at_once, singly = Books(opening, 2, postings), Books(opening, 2)
    at_once.post_month(amounts)
    for (source, target), amount in zip(postings, amounts, strict=True):
        singly.post(source, target, amount)
    assert {name: x.tolist() for name, x in at_once.balances.items()} == {
        name: x.tolist() for name, x in singly.balances.items()
    }


def test_a_month_of_postings_leaves_what_was_read_before_as_it_was():
    books = Books({"mines": np.zeros(1)}, 1, [("users", "mines")])
    before = books.balances["mines"]
    books.post_month(np.ones((1, 1)))
    assert (before[0], books.balances["mines"][0]) == (0.0, 1.0)


def test_licences_leave_room_to_grow_only_once_nearly_everything_is_granted():
    assert licensed(0.6) == 0.6
    assert licensed(1.0) == pytest.approx(4.0)


def test_a_longer_delay_lets_a_tighter_licence_bite_later():
    assert granted_in_time(1.0, 0.2, 0.2, 0.5, 0.0) == pytest.approx(0.2)
    assert granted_in_time(1.0, 0.2, 0.2, 0.5, 2.0) == pytest.approx(0.6)


def test_controls_that_do_not_reach_powder_and_carbide_bind_nothing():
    assert uncontrolled(100.0, 0.0, 0.0) > 1e5
    assert uncontrolled(100.0, 1.0, 0.5) == pytest.approx(75.0)


def test_a_duty_to_refine_at_home_shares_what_may_leave_among_the_routes():
    assert permitted(1.0, 4.0, 80.0, 0.0) > 1e5
    assert permitted(1.0, 4.0, 80.0, 0.5) + permitted(3.0, 4.0, 80.0, 0.5) == pytest.approx(40.0)


def test_half_a_gateway_passes_little_more_than_half_of_what_it_did():
    assert narrowed(1e6, 0.5, 100.0) == pytest.approx(60.0)
    assert narrowed(1e6, 1.0, 100.0) == 1e6


def test_users_of_a_drained_pool_find_nothing_and_of_a_full_one_everything():
    assert share_served(-5.0, 10.0) == 0.0
    assert share_served(4.0, 10.0) == pytest.approx(0.4)
    assert share_served(40.0, 10.0) == 1.0


def test_a_mine_repays_at_most_half_of_what_it_earns_and_never_more_than_it_owes():
    assert repayment(120.0, 100.0, 12.0, True) == pytest.approx(10.0)
    assert repayment(120.0, 8.0, 12.0, True) == pytest.approx(4.0)
    assert repayment(120.0, 100.0, 12.0, False) == 0.0
    assert repayment(1.0, 100.0, 0.5, True) == 1.0


def test_a_purse_pays_what_it_holds():
    assert affordable(5.0, 10.0) == pytest.approx(0.5)
    assert affordable(50.0, 10.0) == 1.0


def test_users_save_when_tungsten_stays_dear():
    assert thrift(0.0, 1.0, 0.3, 0.1) == 0.0
    assert 0.0 < thrift(0.0, 2.0, 0.3, 0.1) < thrift(0.0, 4.0, 0.3, 0.1)


def test_a_gateway_closed_by_two_events_passes_the_product_of_what_either_leaves_open():
    closures = np.array([0, 0, 1]), np.array([0, 2, 1]), np.array([0.5, 0.4, 0.0])
    lasting, opening = np.array([[2.0, 0.0, 1.0], [0.0, 0.0, 0.0]]), np.array([[3.0, 0.0, 0.0]])
    open_share, is_narrowed = np.empty((2, 3)), np.empty(2, np.int64)
    open_gates(closures, lasting, opening, open_share, is_narrowed)
    assert open_share.tolist() == [[0.5 * 0.4, 1.0, 0.5], [1.0, 1.0, 1.0]]
    assert is_narrowed.tolist() == [1, 0]


def test_only_a_refusal_beyond_the_usual_alarms_defence_users():
    assert alarm(1.0, 1.5, 0.0) == 0.0
    assert alarm(0.6, 1.0, 0.4) == pytest.approx(0.0)
    assert alarm(0.0, 1.0, 0.4) == pytest.approx(0.3)


def test_public_money_adds_to_the_premium_that_users_accept():
    assert accepted(0.2, 500.0, 30.0) == pytest.approx(130.0)


def test_a_quota_above_the_usual_one_tightens_nothing():
    assert supply_cut(np.array([80.0, 100.0, 120.0]), 100.0).tolist() == pytest.approx([0.2, 0.0, 0.0])
