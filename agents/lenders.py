"""What states offer a project: loans, contracts and grants, as equations by lane (see `sim.lanes`)."""

from __future__ import annotations

import math

from sim.compiled import inline
from sim.lanes import everywhere, where
from sim.levers import PARTNERS
from sim.outcomes import STAGES
from sim.prospects import for_three, for_two

# Three numbers are for the temperaments of China, two for those of another role, in their order. All are estimates.

HOST_TRUST = (0.15, 0.0, 0.4)
"""Least trust of a host in which China invests."""
AFRICAN_TRUST = 0.3
"""Trust of African hosts, who have no seat of their own."""
OVERSEAS_APPETITE = (1.15, 1.4, 0.9)
"""Dearest project it backs: incentive price over the long-run price; state producers accept thin returns."""
OWN_APPETITE = 0.5
"""Added to that for a deposit awarded to China: it has been won, and is not to be lost."""
OVERSEAS_SHARE = 0.7
"""Share of capital cost offered before the project's own search for money shows what it lacks."""
OVERSEAS_YEARS = 2.0
"""Budgets that may be promised at once."""

LETTERS = {"northern_katpar": 900.0, "upper_kairakty": 700.0, "hemerdon": 95.0}
"""Letters of interest of EXIM and DFC, million USD (2025); an offer, no loan yet."""
LETTER_SHARE = (0.8, 0.4)
"""Share of capital cost offered on a letter before the project knows what it lacks."""
LOANS = (3.0, 1.0)
"""Projects without a letter that the United States lend to at once."""
LOAN_SHARE = (0.8, 0.35)
"""Share of the missing money lent."""
LARGEST_LOAN = 600.0
"""Largest loan without a letter, million USD."""
DEAREST_LOAN = (1.4, 0.95)
"""Dearest project lent to: incentive price over the long-run price; a competitor pays for security."""
AMERICAN_YEARS = (2.5, 0.5)
"""Budgets that may be lent at once, since loans come back."""
OFFTAKE = (0.6, 0.3)
"""Share of output bought from a backed project, as far as it is free."""
FLOOR = (0.8, 0.0)
"""Floor over the project's incentive price (Almonty and Tungsten Parts Wyoming: USD 235 against some 300)."""
STUDY_GRANT = (8.0, 2.0)
"""Grant to a promising study, at home or of American partners, million USD/year (6 to 16 in 2024-25)."""
STUDY_CEILING = 1.5
"""Dearest project whose study is paid: incentive price over the long-run price."""
GRANTS_SHARE = 0.15
"""Most of the budget spent on studies."""

EU_LOANS = (1.0, 3.0)
"""Projects that the European Union lends to at once."""
EU_LOAN_SHARE = (0.25, 0.6)
"""Share of the missing money lent."""
EU_LARGEST_LOAN = (40.0, 250.0)
"""Largest loan, million USD (KfW for Sangdong: 75)."""
EU_OFFTAKE = (0.1, 0.35)
"""Share of output of a backed project bought."""

EASTERN_LOANS = (2.0, 1.0)
"""Projects that Japan and Korea lend to at once."""
EASTERN_LOAN_SHARE = (0.4, 0.15)
"""Share of the missing money lent by the agencies of both states."""
EASTERN_LARGEST_LOAN = 120.0
"""Largest loan, million USD."""
EASTERN_OFFTAKE = (0.25, 0.4)
"""Share of output of a backed project bought; trading houses left alone buy more."""

LENDING_YEARS = 2.0
"""Budgets that the Union, Japan and Korea, or Turkey lend at once."""
DEAREST_ALLIED_LOAN = 1.2
"""Dearest project that the Union, Japan and Korea lend to: incentive price over the long-run price."""

TURKISH_LOAN = (60.0, 0.0)
"""Largest loan to a Turkish-held mine, million USD."""
TURKISH_INTEREST = 0.2
"""Least trust at which it backs a mine that no power holds."""

RUSSIAN_SHARE = (0.8, 0.4)
"""Share of a Russian mine's missing money that the state pays."""
LARGEST_RUSSIAN_LOAN = 500.0
"""Most that it pays for one mine, million USD."""
RUSSIAN_YEARS = 3.0
"""Budgets that it may pay at once."""

PRE_FEASIBILITY, FEASIBILITY = float(STAGES.index("pre_feasibility")), float(STAGES.index("feasibility"))
FINANCING, CONSTRUCTION = float(STAGES.index("financing")), float(STAGES.index("construction"))
PRODUCTION = float(STAGES.index("production"))
NONE, CHINA, US = float(PARTNERS.index("none")), float(PARTNERS.index("china")), float(PARTNERS.index("us"))
EUROPE, TURKEY = float(PARTNERS.index("europe")), float(PARTNERS.index("turkey"))
PRAGMATIST = 1.0


# Arguments that equations share: partner and stage are codes; missing is the money that a project lacks, signed the
# loans that it has, and capex its capital cost, million USD; incentive is the price at which it earns its hurdle, and
# long_run the one to which holders expect APT to return, USD/mtu; free is the share of its output that is not sold.


@inline
def chinese_money(
    partner: float, stage: float, missing: float, signed: float, capex: float, incentive: float, trust: float,
    temper: float, long_run: float,
) -> float:  # fmt: skip
    """Money for a mine of a friendly host that no rival holds, million USD.

    It is what the mine lacks, or before its search for money a share of its cost.

    Args:
        trust: between China and the host, -1 to 1.
        temper: temperament; the others as above.
    """
    taken = (partner == US) | (partner == EUROPE) | (partner == TURKEY)
    early = where(stage < FINANCING, OVERSEAS_SHARE * capex, 0.0)
    wanted = where(missing > 0.0, missing + signed, early)
    own = where(partner == CHINA, OWN_APPETITE, 0.0)
    dearest = (for_three(temper, OVERSEAS_APPETITE) + own) * long_run
    willing = (trust >= for_three(temper, HOST_TRUST)) & ~taken & (incentive <= dearest)
    return where(willing, wanted, 0.0)


@inline
def american_loan(
    missing: float, signed: float, partner: float, free: float, incentive: float, temper: float, long_run: float
) -> tuple[float, float]:
    """Rank of a project among those that the United States lend to, inf if it is none, and its loan, million USD.

    A loan counts what has been signed already.
    """
    affordable = incentive <= for_two(temper, DEAREST_LOAN) * long_run
    allowed = (missing > 0.0) & ~(partner == CHINA) & affordable & (free > 0.1)
    # output that others have already bought makes a project no safer for American users
    rank = where(allowed, incentive / max(free, 0.25), math.inf)
    return rank, min(for_two(temper, LOAN_SHARE) * (missing + signed), LARGEST_LOAN)


@inline
def lettered_loan(
    partner: float, stage: float, missing: float, signed: float, capex: float, temper: float, most: float,
    is_central: float,
) -> float:  # fmt: skip
    """Loan that a letter stands for, million USD; in Central Asia it stands once the deposit is American.

    Args:
        most: amount of the letter, million USD.
        is_central: 1 in Central Asia; the others as above.
    """
    central = everywhere(is_central) > 0.0
    stands = (central & (partner == US)) | (~central & ~(partner == CHINA))
    studied = (stage >= FEASIBILITY) & (stage <= FINANCING)
    before = where(studied, for_two(temper, LETTER_SHARE) * capex, 0.0)
    wanted = where(missing > 0.0, missing + signed, before)
    return where(stands, min(wanted, most), 0.0)


@inline
def american_contract(
    loan: float, stage: float, partner: float, incentive: float, free: float, temper: float
) -> tuple[float, float]:
    """Share of output, and floor in USD/mtu, of a contract with a project, 0 if none is wanted.

    Projects with a loan are wanted, and for a pragmatist those about to deliver.

    Args:
        loan: offered to it, million USD; the others as above.
    """
    delivers = (stage >= CONSTRUCTION) & (stage <= PRODUCTION) & ~(partner == CHINA)
    wanted = (loan > 0.0) | (delivers & (temper == PRAGMATIST))
    floor = min(max(for_two(temper, FLOOR) * incentive, 0.0), 1_000.0)
    return where(wanted, min(free, for_two(temper, OFFTAKE)), 0.0), where(wanted, floor, 0.0)


@inline
def american_grant(
    stage: float, partner: float, incentive: float, is_home: float, temper: float, long_run: float
) -> float:
    """Grant to a study in North America, or of a deposit awarded to American partners, million USD/year.

    Args:
        is_home: 1 in North America; the others as above.
    """
    studied = (stage >= PRE_FEASIBILITY) & (stage <= FEASIBILITY)
    ours = (everywhere(is_home) > 0.0) | (partner == US)
    return where(studied & ours & (incentive <= STUDY_CEILING * long_run), for_two(temper, STUDY_GRANT), 0.0)


@inline
def european_loan(
    missing: float, partner: float, incentive: float, signed: float, free: float, is_european: float, temper: float,
    long_run: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Rank of a project among those that the Union lends to, inf if it is none, and the loan and offtake it would get.

    Abroad the Union lends only for deposits awarded to Europeans.

    Args:
        is_european: 1 in Europe; the others as above.

    Returns:
        USD/mtu, million USD, share of output.
    """
    ours = (everywhere(is_european) > 0.0) | (partner == EUROPE)
    allowed = (missing > 0.0) & ours & ~(partner == CHINA) & (incentive <= DEAREST_ALLIED_LOAN * long_run)
    lent = min(for_two(temper, EU_LOAN_SHARE) * (missing + signed), for_two(temper, EU_LARGEST_LOAN))
    return where(allowed, incentive, math.inf), lent, min(for_two(temper, EU_OFFTAKE), free)


@inline
def eastern_loan(
    missing: float, partner: float, incentive: float, signed: float, free: float, temper: float, long_run: float
) -> tuple[float, float, float]:
    """The same for Japan and Korea."""
    affordable = incentive <= DEAREST_ALLIED_LOAN * long_run
    allowed = (missing > 0.0) & ~(partner == CHINA) & affordable & (free > 0.2)
    lent = min(for_two(temper, EASTERN_LOAN_SHARE) * (missing + signed), EASTERN_LARGEST_LOAN)
    return where(allowed, incentive, math.inf), lent, min(for_two(temper, EASTERN_OFFTAKE), free)


@inline
def turkish_loan(partner: float, missing: float, signed: float, trust: float, temper: float) -> float:
    """Loan to a mine in Central Asia that Turks hold, or that no power holds in a friendly country, million USD.

    Args:
        trust: between Turkey and the host, -1 to 1; the others as above.
    """
    welcome = (partner == NONE) & (trust >= TURKISH_INTEREST)
    backed = (missing > 0.0) & ((partner == TURKEY) | welcome)
    return where(backed, min(missing + signed, for_two(temper, TURKISH_LOAN)), 0.0)


@inline
def russian_money(missing: float, signed: float, temper: float) -> float:
    """What the Russian state pays for a mine at home that lacks money, million USD."""
    paid = min(for_two(temper, RUSSIAN_SHARE) * (missing + signed), LARGEST_RUSSIAN_LOAN)
    return where(missing > 0.0, paid, 0.0)
