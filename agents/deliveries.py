"""Deliveries under contract: tonnes that go to their buyer whatever the price."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.exchange import Contracts, Exchange, by_place
from agents.finance import Finance
from agents.mines import Mines
from agents.refineries import HOSTS
from agents.seats import Seats
from agents.turns import whole
from sim.decided import NOBODY
from sim.network import Index


class Deliveries:
    """What contracts and hosts' reservations promise along the routes that can carry it."""

    def __init__(self, finance: Finance, mines: Mines, exchange: Exchange, gate: Index) -> None:
        """Lay out the routes; `gate` is the row of each arc's gateway."""
        self.finance = finance
        self.mines = mines
        network, count = exchange.network, len(exchange.pools)
        buyer, mine, arc = (np.array(column, np.int64) for column in zip(*finance.routes, strict=True))
        self.arcs = np.unique(arc)
        host = [HOSTS.index(m.region) if m.region in HOSTS else NOBODY for m in mines.mines]
        self._routes = (buyer, mine, np.searchsorted(self.arcs, arc), np.array(host)[mine], gate[arc])
        lists = (*by_place(network.origin[self.arcs], count), *by_place(network.destination[self.arcs], count))
        self.contracts = Contracts(self.arcs, *lists)
        self.mines_in = by_place(np.array(host), len(HOSTS))
        """Mines of each host: first of each in the list that follows, and this list."""

    def promise(self, seats: Seats) -> tuple[Any, ...]:
        """What contracts and hosts' reservations promise, as `sim.schedules.send_contracts` reads it."""
        finance = self.finance
        runs = tuple(table.runs for table in finance.offtakes)
        reserved = tuple(whole(seats[f"{host}.reserved_share"]) for host in HOSTS)
        return self._routes, runs, (finance.share, finance.share_at_start, self.mines.output), reserved
