"""Made-up views of the world, with which the rules of roles are tested."""

import functools

import mesa
import numpy as np
from hypothesis import strategies as st

from agents.allies import EuropeanUnion, JapanKorea, Russia, Turkey
from agents.china import China
from agents.government import by_lever
from agents.kazakhstan import Kazakhstan
from agents.mines import BACKERS
from agents.observation import Observation
from agents.united_states import UnitedStates
from agents.uzbekistan import Uzbekistan
from sim import levers
from sim.levers import OFFTAKERS, PARTNERS
from sim.outcomes import STAGES
from sim.scenario_files import load

GOVERNMENTS = (China, UnitedStates, Kazakhstan, Uzbekistan, EuropeanUnion, JapanKorea, Turkey, Russia)
SCENARIO = load("central_asia_2025")
LEVERS = levers.registry(SCENARIO)
MINES = tuple(mine.key for mine in SCENARIO.mines)
PROJECTS = tuple(mine.key for mine in SCENARIO.mines if mine.capex.value > 0)
TEMPERAMENTS = {g.key: len(g.temperaments) for g in SCENARIO.governments}
BUDGETS = {g.key: g.budget.value for g in SCENARIO.governments}
FINANCING = STAGES.index("financing")


def own_mines(role):
    return tuple(mine.key for mine in SCENARIO.mines if mine.region == role)


def january(role, worlds=1, month=1, calendar_month=2, year=2025, **changes):
    """What a role knows early in 2025; `changes` name the same key with `_` for `.`."""
    one, column = np.ones(worlds), (lambda numbers: np.array(numbers).reshape(-1, 1) * np.ones(worlds))
    stage = [float(STAGES.index(mine.stage)) for mine in SCENARIO.mines]
    table = {
        "stage": column(stage),
        "partner": column([BACKERS.get(mine.backer, 0.0) for mine in SCENARIO.mines]),
        "loan.signed": column([0.0 for _ in MINES]),
        "missing": column([0.0 for _ in MINES]),
        "capex": column([mine.capex.value for mine in SCENARIO.mines]),
        "nameplate": column([mine.capacity.value for mine in SCENARIO.mines]),
        "incentive": column([330.0 for _ in MINES]),
    }
    table |= {f"offtake.{buyer}": column([0.0 for _ in MINES]) for buyer in OFFTAKERS}
    prices = {
        "price.apt.china_domestic": 290.0,
        "price.apt.fob_china": 335.0,
        "price.apt.rotterdam": 335.0,
        "price.apt.us": 350.0,
        "price.concentrate.china": 266.0,
        "price.long_run": 335.0,
        "premium.secure": 5.0,
        "momentum.china": 0.0,
        "momentum.rotterdam": 0.0,
        "licence.military": 1.0,
        "tariff_china": 0.0,
        "sourcing_ban": 0.0,
        "mining_quota": 58_800.0,
        "quota_enforcement": 0.5,
        "statistic.mine.china": 5_600.0,
        "statistic.mine.world": 6_750.0,
        "statistic.use.world": 9_900.0,
        "statistic.exports.controlled": 500.0,
        "statistic.share.china.mine": 0.83,
        "temperament": 0.0,
        "spent": 0.0,
        "budget": BUDGETS.get(role, 0.0),
        "treasury": 60.0,
        "stockpile": 5_500.0,
        "defence_use": 77.0,
        "cover": 72.0,
        "home_refining": 0.0,
        "home_mining": 1_000.0,
        "skills": 0.35,
        "power": 0.4,
        "stock_home": 15_000.0,
        "use_home": 5_900.0,
        "stock": 3_000.0,
        "use": 950.0,
        "refused": 0.0,
        "unmet": 0.0,
        "late": 0.0,
        "fear": 0.0,
        "secure_wish": 0.1,
    }
    known = table | {key: number * one for key, number in prices.items()}
    known |= {f"trust.{other}": 0.2 * one for other in TEMPERAMENTS if other != role}
    known["licence.approval"] = np.ones((5, worlds))
    for key, value in changes.items():
        name = next(each for each in known if each.replace(".", "_") == key)
        known[name] = np.asarray(value, float) * np.ones_like(known[name])
    return Observation(role, month, calendar_month, worlds, year, MINES, PROJECTS, own_mines(role), known)


def with_mine(seen, **changes):
    """The same observation, with rows of mines changed: {mine: {table: value}}."""
    known = dict(seen)
    for mine, values in changes.items():
        for table, value in values.items():
            known[table] = known[table].copy()
            known[table][MINES.index(mine)] = value
    return rebuilt(seen, known, seen.worlds)


def rebuilt(seen, known, worlds):
    return Observation(
        seen.role, seen.month, seen.calendar_month, worlds, seen.year, MINES, PROJECTS, seen.own_mines, known
    )


@functools.cache
def seat(kind):
    return kind(mesa.Model())


def decide(kind, seen):
    """Decisions as arrays (targets, worlds), or (worlds,) for levers without a target."""
    return {name: np.asarray(value, float) for name, value in by_lever(seat(kind).decide(seen))}


def target(decisions, lever, name):
    return decisions[lever][LEVERS[lever].targets.index(name)]


def needing(seen, names):
    return with_mine(seen, **{name: {"missing": 200.0, "stage": FINANCING} for name in names})


@st.composite
def observations(draw, role, worlds):
    """Any state of the world, likely or not."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    seen = january(
        role,
        worlds,
        month=draw(st.integers(0, 191)),
        calendar_month=draw(st.integers(1, 12)),
        year=draw(st.integers(2025, 2040)),
    )
    known = {}
    for name, value in seen.items():
        shape = value.shape
        if name == "stage":
            known[name] = random.integers(0, len(STAGES), shape).astype(float)
        elif name == "partner":
            known[name] = random.integers(0, len(PARTNERS), shape).astype(float)
        elif name == "temperament":
            known[name] = random.integers(0, TEMPERAMENTS.get(role, 1), shape).astype(float)
        elif name.startswith("trust."):
            known[name] = random.uniform(-1, 1, shape)
        elif name.startswith("momentum."):
            known[name] = random.uniform(-0.6, 2, shape)
        elif name == "missing":
            known[name] = random.uniform(0, 900, shape) * (random.uniform(size=shape) < 0.1)
        elif name == "mining_quota":
            known[name] = random.uniform(0, 120_000, shape)
        elif name == "treasury":
            known[name] = random.uniform(-50, 300, shape)
        elif name in ("licence.approval", "refused", "unmet", "late", "secure_wish", "skills", "power"):
            known[name] = random.uniform(0, 1, shape)
        else:
            known[name] = np.maximum(value, 0.1) * random.uniform(0, 4, shape)
    return rebuilt(seen, known, worlds)


def alone(seen, k):
    return rebuilt(seen, {name: value[..., k : k + 1].copy() for name, value in seen.items()}, 1)
