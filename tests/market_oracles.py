"""Other people's solvers on the same markets: a conic programme of all surplus, and a trust region on the dual."""

from __future__ import annotations

import cvxpy as cp
import numpy as np
from scipy import optimize, sparse

from sim.network import HIGHEST_PRICE, SCARCITY_PRICE, Network, Vector
from tests.markets import Block


def merged(blocks: list[Block]) -> tuple[Network, dict[str, Vector]]:
    """One market of many that do not touch: its network, and its tables as vectors."""
    pools, arcs, users = [], [], []
    for number, block in enumerate(blocks):
        network = block.network
        names = [f"{number}.{pool}" for pool in network.pools]
        pools += names
        ends = zip(network.origin, network.destination, network.yield_, network.slope, strict=True)
        arcs += [(f"{number}.{a}", names[i], names[j], y, slope) for a, (i, j, y, slope) in enumerate(ends)]
        users += [(names[i], choke) for i, choke in zip(network.user_pool, network.choke, strict=True)]
    tables = {
        name: np.concatenate([getattr(block, name)[:, 0] for block in blocks])
        for name in ("available", "stiffness", "demand", "cost", "capacity")
    }
    network = Network.build(pools, arcs, users)
    place = [pools.index(pool) for pool in network.pools]
    return network, tables | {name: tables[name][place] for name in ("available", "stiffness")}


def prices_and_flows_of_most_surplus(network: Network, tables: dict[str, Vector]) -> tuple[Vector, Vector]:
    """Prices and flows at which users' and holders' surplus less the cost of carriage is largest.

    Holders' surplus is the area under the price at which they hold a stock: k / s^3 from the stock at the
    scarcity price on, and a straight line below that stock. Tonnes are counted in units of that stock.
    """
    pools, arcs, users = len(network.pools), len(network.arcs), len(network.choke)
    edge = np.cbrt(tables["stiffness"] / SCARCITY_PRICE)
    scarce, ample = cp.Variable(pools, nonneg=True), cp.Variable(pools)
    flow, use = cp.Variable(arcs, nonneg=True), cp.Variable(users, nonneg=True)

    def incidence(rows: Vector, values: Vector, columns: int) -> sparse.csr_array:
        return sparse.csr_array((values, (rows, np.arange(columns))), (pools, columns))

    out = incidence(network.origin, np.ones(arcs), arcs)
    into = incidence(network.destination, network.yield_, arcs)
    drawn = incidence(network.user_pool, np.ones(users), users)
    wish, slope = tables["demand"], network.slope
    share = HIGHEST_PRICE / SCARCITY_PRICE
    bend = 0.5 * (share - 1.0)
    held = share * scarce - bend * cp.square(scarce) - 0.5 * cp.power(ample, -2)
    surplus = (
        cp.sum(cp.multiply(SCARCITY_PRICE * edge, held))
        + cp.sum(cp.multiply(network.choke, use) - cp.multiply(network.choke / (2.0 * wish), cp.square(use)))
        - cp.sum(cp.multiply(tables["cost"], flow) + cp.multiply(0.5 * slope, cp.square(flow)))
    )
    stock = cp.multiply(edge, scarce + ample - 1.0)
    balance = stock + drawn @ use + out @ flow - into @ flow == tables["available"]
    # no market sends more along an arc than this in the tests, and solvers dislike large bounds
    limits = [scarce <= 1.0, ample >= 1.0, flow <= np.minimum(tables["capacity"], 1e5)]
    scale = SCARCITY_PRICE
    problem = cp.Problem(cp.Maximize(surplus / scale), [balance, *limits])
    tight = {"tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10, "tol_feas": 1e-10}
    problem.solve(solver=cp.CLARABEL, **tight)
    assert problem.status == cp.OPTIMAL, problem.status
    return np.abs(balance.dual_value) * scale, flow.value


def dual(network: Network, tables: dict[str, Vector], price: Vector) -> tuple[float, Vector, Vector]:
    """The function of prices whose minimum clears the market, with its first and second derivatives."""
    k, have, top = tables["stiffness"], tables["available"], SCARCITY_PRICE
    edge = np.cbrt(k / top)
    above = np.maximum(price / top - 1.0, 0.0)
    below = np.cbrt(k / np.minimum(price, top))
    stock = below * (1.0 - above / 3.0)
    value = np.sum(have * price - 1.5 * below * np.minimum(price, top) - edge * top * (above - above**2 / 6.0))
    slope = have - stock
    bend = np.diag(np.where(price > top, edge / (3.0 * top), below / (3.0 * np.minimum(price, top))))
    share = np.maximum(1.0 - price[network.user_pool] / network.choke, 0.0)
    wish = tables["demand"]
    value += np.sum(0.5 * wish * network.choke * share**2)
    np.add.at(slope, network.user_pool, -wish * share)
    np.add.at(bend, (network.user_pool, network.user_pool), np.where(share > 0.0, wish / network.choke, 0.0))
    arcs = np.arange(len(network.arcs))
    along = np.zeros((len(arcs), len(price)))
    np.add.at(along, (arcs, network.destination), network.yield_)
    np.add.at(along, (arcs, network.origin), -1.0)
    wanted = (along @ price - tables["cost"]) / network.slope
    flow = np.clip(wanted, 0.0, tables["capacity"])
    value += np.sum(network.slope * flow * (wanted - 0.5 * flow))
    slope += along.T @ flow
    bend += along.T @ (along * ((flow == wanted) / network.slope)[:, None])
    return value, slope, bend


def prices_of_least_dual(network: Network, tables: dict[str, Vector]) -> Vector:
    """Prices by a trust-region method, from one price everywhere; x = log(p / (highest - p)) keeps bounds away."""

    def price_at(x: Vector) -> tuple[Vector, Vector, Vector]:
        part = 1.0 / (1.0 + np.exp(-x))
        first = HIGHEST_PRICE * part * (1.0 - part)
        return HIGHEST_PRICE * part, first, first * (1.0 - 2.0 * part)

    scale = SCARCITY_PRICE

    def value(x: Vector) -> float:
        return dual(network, tables, price_at(x)[0])[0] / scale

    def slope(x: Vector) -> Vector:
        price, first, _ = price_at(x)
        return dual(network, tables, price)[1] * first / scale

    def bend(x: Vector) -> Vector:
        price, first, second = price_at(x)
        _, gradient, matrix = dual(network, tables, price)
        return (first[:, None] * matrix * first + np.diag(gradient * second)) / scale

    start = np.full(len(network.pools), np.log(300.0 / (HIGHEST_PRICE - 300.0)))
    options = {"gtol": 1e-9, "maxiter": 3_000}
    found = optimize.minimize(value, start, jac=slope, hess=bend, method="trust-exact", options=options)
    return price_at(found.x)[0]
