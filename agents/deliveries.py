"""Deliveries under contract: tonnes that go to their buyer whatever the price."""

from __future__ import annotations

import numpy as np

from agents.exchange import Contracts, Exchange, by_place
from agents.finance import Finance
from agents.mines import Mines
from agents.refineries import HOSTS
from agents.seats import Seats
from sim.levers import OFFTAKERS
from sim.network import Index, Vector
from sim.schedules import NOBODY, send_contracts


class Deliveries:
    """Sends what contracts and hosts' reservations promise along the routes that can carry it."""

    def __init__(self, finance: Finance, mines: Mines, exchange: Exchange, gate: Index) -> None:
        """Lay out the routes; `gate` is the row of each arc's gateway."""
        self.finance = finance
        self.mines = mines
        self.worlds = finance.owed.shape[1]
        network, count = exchange.network, len(exchange.pools)
        buyer, mine, arc = (np.array(column, np.int64) for column in zip(*finance.routes, strict=True))
        self.arcs = np.unique(arc)
        host = [HOSTS.index(m.region) if m.region in HOSTS else NOBODY for m in mines.mines]
        self._routes = (buyer, mine, np.searchsorted(self.arcs, arc), np.array(host)[mine], gate[arc])
        self._lists = (*by_place(network.origin[self.arcs], count), *by_place(network.destination[self.arcs], count))

    def send(self, seats: Seats, gates: tuple[Vector, Index]) -> Contracts:
        """What contracts send this month.

        Args:
            seats: decisions in force: what hosts reserve, and what must be refined at home.
            gates: share open of each gateway, and whether it is narrowed.
        """
        finance = self.finance
        reserved = np.empty((len(HOSTS), len(OFFTAKERS), self.worlds))
        required = np.empty((len(HOSTS), self.worlds))
        for i, host in enumerate(HOSTS):
            reserved[i] = seats[f"{host}.reserved_share"]
            required[i] = seats[f"{host}.processing_requirement"]
        sent = np.empty((self.arcs.size, self.worlds))
        tables = (finance.share, finance.share_at_start, self.mines.output)
        runs = np.array([table.runs for table in finance.offtakes])
        send_contracts(self._routes, runs, tables, (reserved, required), gates, sent)
        return Contracts(self.arcs, sent, *self._lists)
