"""A month's lessons, one after another: what users, traders, collectors of scrap, investors and the press learn."""

from __future__ import annotations

from typing import Any

from sim.blocks import BLOCK
from sim.compiled import kernel
from sim.holders import judge_views, let_price_reach
from sim.lessons import hold_up, print_quotes, teach_holders, teach_users


@kernel
def teach(gates: Any, users: Any, traders: Any, scrap: Any, holders: Any, press: Any, market: Any, decided: Any) -> None:
    """Everybody learns from the month's trade; what they remember changes.

    Args:
        gates: what `sim.lessons.hold_up` reads and fills.
        users: what users are like, see `sim.lessons.teach_users`, and their state.
        traders: whether there are any; law, price level at the start and pool of each group, and their state, see
            `sim.holders.judge_views`.
        scrap: pace and pool of each region, and its state, see `sim.holders.let_price_reach`.
        holders: law, supply, whether this is the first month, row of Europe among the blocs of users, and state, see
            `sim.lessons.teach_holders`.
        press: law, who is asked, and state, see `sim.lessons.print_quotes`.
        market: price and throughput (pools, worlds), flow (arcs, worlds), unmet use (users, worlds), and licences
            granted (blocs, worlds).
        decided: China's mining quota and its enforcement, American tariff on China, (worlds,) each; by group of buyers
            share under long contracts, and effort for thrift; support of the premium.
    """
    price, throughput, flow, unmet, granted = market
    quota, enforcement, tariff, contracts, saving, support = decided
    about, memory = users
    law, supply, is_first, europe, (anchor, expected, at_start) = holders
    rules, asked, (quotes, premium, expected_premium) = press
    arcs, blocs, usual_use, openings, carried, late = gates
    hold_up(arcs, blocs, usual_use, openings, carried, late)
    for lo in range(0, tariff.size, BLOCK):
        hi = min(lo + BLOCK, tariff.size)
        seen, wishes = (price, unmet, granted, premium), (quota, contracts, saving, support)
        teach_users(about, seen, wishes, late, memory, lo, hi)
    if traders[0]:
        judge_views(traders[1], traders[2], anchor, traders[3], price, traders[4])
    let_price_reach(scrap[0], scrap[1], price, scrap[2])
    teach_holders(law, supply, (quota, enforcement), is_first, memory[1][europe], (anchor, expected, at_start))
    print_quotes(rules, asked, tariff, (price, flow), throughput, (quotes, premium, expected_premium))
