"""The economics that must hold: settings, experiments, and what must follow from them, with the least size of it.

Sizes are set from what is known of such markets, not from what the model does; sources stand with the experiments.
"""

from __future__ import annotations

from lab.economics.experiment import Change, Claim, Experiment, Setting, decisions, for_each
from sim.levers import BUYER_BLOCS, LICENCE_BLOCS, PARTNERS

LICENCE, SHADOW = "china.licence_approval", "licence.shadow_price.us"
ROTTERDAM, DOMESTIC, AMERICAN = "price.apt.rotterdam", "price.apt.china_domestic", "price.apt.us"
CHINA = float(PARTNERS.index("china"))
GAP = f"{ROTTERDAM} - {DOMESTIC}"
ABROAD = "supply.mine.world - supply.mine.china"
FLOORED = ("hemerdon", "los_santos", "watershed", "mactung")
FLOORED_OUTPUT = " + ".join(f"project.{mine}.output" for mine in FLOORED)

FREE = decisions(
    "2026-02", *for_each(LICENCE, LICENCE_BLOCS, 1.0), ("china.licence_military", "", 1.0),
    ("china.processing_delay", "", 0.0), ("china.retaliation", "", 0.0),
)  # fmt: skip
STRICT = decisions("2026-02", *for_each(LICENCE, LICENCE_BLOCS, 0.25))

QUIET = decisions("2026-02", ("united_states.stockpile_purchases", "", 0.0), ("united_states.recycling_support", "", 0.0))
BUST = FREE + QUIET + decisions("2026-06", ("china.mining_quota", "", 80_000.0), ("china.quota_enforcement", "", 0.5))
BOOM = FREE + QUIET + decisions("2026-06", ("china.mining_quota", "", 50_000.0), ("china.quota_enforcement", "", 1.0))
ALONE = decisions(
    "2025-01", *((f"{lender}", "hemerdon", 0.0) for lender in (
        "united_states.loan", "european_union.project_finance", "japan_korea.project_finance",
    )),
)  # fmt: skip
IDLE = decisions(
    "2026-02", *((f"kazakhstan.{lever}", "", 0.0) for lever in (
        "processing_requirement", "refinery_investment", "carbide_investment", "skills_investment", "power_readiness",
        "local_workforce", "export_duty",
    )),
)  # fmt: skip
SPARING = decisions(
    "2025-01", ("united_states.recycling_support", "", 0.0),
    *((f"buyers.{bloc}.recycling_effort", "", 0.0) for bloc in BUYER_BLOCS),
)  # fmt: skip

SETTINGS = {
    "as it goes": Setting(),
    "bust": Setting(changes=BUST),
    "boom": Setting(changes=BOOM),
    "boom without lenders": Setting(changes=BOOM + ALONE),
    "idle Kazakhstan": Setting(changes=IDLE),
    "no programmes for scrap": Setting(changes=SPARING),
    "free trade": Setting(changes=FREE),
    "licences short": Setting(changes=STRICT),
}
"""What holds with and without a change; until January 2026 it is history in all of them."""

EXPERIMENTS = (
    Experiment(
        "tight_licences", "China licenses a quarter of usual trade from 2027 on", "free trade",
        decisions("2027-01", *for_each(LICENCE, LICENCE_BLOCS, 0.25)),
        (
            Claim("the shadow price of a licence for the United States rises in the first year", SHADOW,
                  ("2027-02", "2027-12"), at_least=15.0, unit="USD/mtu"),
            Claim("Rotterdam moves away from the Chinese price in the first year", GAP,
                  ("2027-02", "2027-12"), at_least=15.0, unit="USD/mtu"),
            Claim("mines outside China dig more seven years later", ABROAD, ("2034-01", "2034-12"), at_least=2.0),
            Claim("China's share of mine output is lower seven years later", "share.china.mine",
                  ("2034-01", "2034-12"), at_most=-0.005, unit="share"),
        ),
        "Chinese rare earths 2010-15: prices up and apart at once, Mountain Pass and Lynas after two to five years",
    ),
    Experiment(
        "release", "The United States sells 2,000 t W within half a year", "licences short",
        decisions("2027-01", ("united_states.stockpile_purchases", "", -4000.0), until="2027-07")
        + decisions("2027-07", ("united_states.stockpile_purchases", "", 0.0)),
        (
            Claim("the American price falls while it sells", AMERICAN, ("2027-03", "2027-07"), at_most=-2.0),
            Claim("less than half of that is left two years later", AMERICAN, ("2029-03", "2029-07"), at_most=0.5,
                  unit="left", earlier=("2027-03", "2027-07")),
        ),
        "Deaton and Laroque 1992; American stockpile sales of 2000 to 2010",
    ),
    Experiment(
        "khorgos", "Khorgos is shut for six months in 2027", "as it goes",
        (Change("2027-01", event="khorgos_closed", until="2027-07"),),
        (
            Claim("concentrate piles up in Kazakhstan", "stock.kazakhstan", ("2027-06", "2027-06"), at_least=200.0,
                  unit="t W"),
            Claim("concentrate in China costs more", "price.concentrate.china", ("2027-03", "2027-07"), at_least=0.5),
        ),
    ),
    Experiment(
        "rearmament", "Ministries order a fifth more munitions for two years", "as it goes",
        (Change("2027-01", event="rearmament", until="2029-01"),),
        (
            Claim("prices rise", ROTTERDAM, ("2027-06", "2028-12"), at_least=0.5),
            Claim("more is used in North America", "demand.north_america", ("2027-06", "2028-12"), at_least=0.5),
            Claim("next to nothing of it goes without", "unmet.defence", ("2027-02", "2028-12"), at_most=2.0,
                  unit="t W/month"),
        ),
    ),
    Experiment(
        "hoarding", "American users want six months of stock in 2027", "licences short",
        decisions("2027-01", ("buyers.us.cover", "", 6.0), until="2028-01"),
        (
            Claim("Europe pays more", ROTTERDAM, ("2027-03", "2027-12"), at_least=1.0),
            Claim("so does China", DOMESTIC, ("2027-03", "2027-12"), at_least=0.3),
            Claim("American stock grows", "stock.north_america", ("2027-12", "2027-12"), at_least=10.0),
        ),
    ),
    Experiment(
        "slump", "A recession takes a twelfth of use away for a year", "as it goes",
        (Change("2027-01", event="recession", until="2028-01"),),
        (
            Claim("prices fall", ROTTERDAM, ("2027-04", "2027-12"), at_most=-5.0),
            Claim("mines dig less in the end", "supply.mine.world", ("2027-09", "2028-03"), at_most=-0.2),
            Claim("stock in China grows", "stock.china", ("2027-12", "2027-12"), at_least=2.0),
        ),
    ),
    Experiment(
        "quota", "China cuts its mining quota by a fifth and enforces it", "as it goes",
        decisions("2027-01", ("china.mining_quota", "", 46_000.0), ("china.quota_enforcement", "", 1.0)),
        (
            Claim("Chinese mines dig less", "supply.mine.china", ("2027-06", "2027-12"), at_most=-10.0),
            Claim("Rotterdam rises", ROTTERDAM, ("2027-06", "2027-12"), at_least=10.0),
        ),
    ),
    Experiment(
        "paper_quota", "China cuts its mining quota by a fifth and enforces nothing", "as it goes",
        decisions("2027-01", ("china.mining_quota", "", 46_000.0), ("china.quota_enforcement", "", 0.0)),
        (
            Claim("Chinese mines dig about as much", "supply.mine.china", ("2027-06", "2027-12"), at_least=-3.0),
        ),
    ),
    Experiment(
        "tariff", "The United States put a tariff of 100 % on Chinese tungsten", "as it goes",
        decisions("2027-01", ("united_states.tariff_china", "", 1.0)),
        (
            Claim("China answers with fewer licences", "exports.china.controlled", ("2027-03", "2028-06"), at_most=-5.0),
            Claim("America's allies feel it in the price of theirs", "licence.shadow_price.europe",
                  ("2027-03", "2028-06"), at_least=5.0, unit="USD/mtu"),
            Claim("Americans pay more", AMERICAN, ("2027-03", "2027-12"), at_least=3.0),
        ),
    ),
    Experiment(
        "scrap", "The United States pay USD 20 million a year for scrap from 2026 on", "no programmes for scrap",
        decisions("2026-02", ("united_states.recycling_support", "", 20.0)),
        (
            Claim("more is recovered", "supply.scrap.world", ("2028-01", "2029-12"), at_least=1.0),
            Claim("the American price falls", AMERICAN, ("2028-01", "2029-12"), at_most=-1.0),
        ),
        "USD 15,000 to 30,000 for a t W a year of capacity",
    ),
    Experiment(
        "thrift", "American users put USD 50 million a year into thrift", "as it goes",
        decisions("2027-01", ("buyers.us.substitution_effort", "", 50.0)),
        (
            Claim("North America uses less", "demand.north_america", ("2030-01", "2031-12"), at_most=-1.0),
            Claim("Rotterdam falls", ROTTERDAM, ("2030-01", "2031-12"), at_most=-0.2),
        ),
    ),
    Experiment(
        "premium", "Europe, Japan and Korea pay USD 60 towards the premium of safe supply", "as it goes",
        decisions("2026-02", ("european_union.premium_support", "", 60.0), ("japan_korea.premium_support", "", 60.0)),
        (
            Claim("safe material earns a premium", "premium.secure", ("2028-01", "2029-12"), at_least=5.0, unit="USD/mtu"),
            Claim("mines outside China dig more", ABROAD, ("2033-01", "2034-12"), at_least=1.0),
        ),
    ),
    Experiment(
        "flood", "China doubles its quota and licenses everything", "licences short",
        decisions("2027-01", *for_each(LICENCE, LICENCE_BLOCS, 1.0), ("china.mining_quota", "", 90_000.0),
                  ("china.quota_enforcement", "", 0.0)),
        (
            Claim("prices abroad fall", ROTTERDAM, ("2027-06", "2028-12"), at_most=-10.0),
            Claim("mines outside China dig less", ABROAD, ("2030-01", "2031-12"), at_most=-2.0),
        ),
    ),
    Experiment(
        "floor_in_a_bust", "America signs offtakes with floors for four mines, and prices stay low", "bust",
        decisions("2026-02", *for_each("united_states.offtake_share", FLOORED, 0.7),
                  *for_each("united_states.floor_price", FLOORED, 430.0)),
        (
            Claim("more of them deliver in 2030", FLOORED_OUTPUT, ("2030-01", "2030-12"), at_least=10.0, unit="t W/month",
                  over="mean"),
            Claim("it costs the public", "spending.united_states", ("2033-01", "2033-12"), at_least=20.0,
                  unit="million USD", over="mean"),
        ),
        "floors of MP Materials (2025) and of Almonty with Tungsten Parts Wyoming",
    ),
    Experiment(
        "floor_in_a_boom", "The same floors at 250, and prices stay high", "boom",
        decisions("2026-02", *for_each("united_states.offtake_share", FLOORED, 0.7),
                  *for_each("united_states.floor_price", FLOORED, 250.0)),
        (
            Claim("it costs the public next to nothing", "spending.united_states", ("2033-01", "2033-12"),
                  at_least=-10.0, at_most=20.0, unit="million USD", over="mean"),
        ),
    ),
    Experiment(
        "loan_for_money", "Europe and America lend to Hemerdon, which pays at these prices and lacks money",
        "boom without lenders",
        decisions("2025-01", ("european_union.project_finance", "hemerdon", 75.0), ("united_states.loan", "hemerdon", 75.0)),
        (
            Claim("it digs earlier", "project.hemerdon.output", ("2028-01", "2030-12"), at_least=5.0,
                  unit="t W/month", over="mean"),
        ),
    ),
    Experiment(
        "loan_for_price", "America lends to Sisson, which does not pay at these prices", "bust",
        decisions("2026-02", ("united_states.loan", "sisson", 700.0)),
        (
            Claim("it is built no sooner", "project.sisson.output", ("2030-01", "2034-12"), at_least=-5.0, at_most=5.0,
                  unit="t W/month", over="mean"),
        ),
    ),
    Experiment(
        "processing_too_early", "Kazakhstan requires half to be processed at home, without plants or skills",
        "idle Kazakhstan",
        decisions("2026-06", ("kazakhstan.processing_requirement", "", 0.5)),
        (
            Claim("its mines dig less", "supply.mine.kazakhstan", ("2030-01", "2034-12"), at_most=-10.0),
            Claim("hardly anything is refined at home", "refined.kazakhstan", ("2030-01", "2034-12"), at_most=50.0,
                  unit="t W/month"),
        ),
        "Indonesian nickel ore ban of 2014: output fell by half until smelters stood",
    ),
    Experiment(
        "processing_prepared", "Kazakhstan builds plants, skills and power first, and requires processing in 2031",
        "idle Kazakhstan",
        decisions("2026-06", ("kazakhstan.refinery_investment", "", 30.0), ("kazakhstan.skills_investment", "", 12.0),
                  ("kazakhstan.power_readiness", "", 12.0))
        + decisions("2031-01", ("kazakhstan.processing_requirement", "", 0.5)),
        (
            Claim("it refines at home", "refined.kazakhstan", ("2033-01", "2034-12"), at_least=100.0, unit="t W/month"),
            Claim("its mines lose little", "supply.mine.kazakhstan", ("2033-01", "2034-12"), at_least=-15.0),
        ),
    ),
    Experiment(
        "power", "Kazakhstan puts USD 30 million a year into power and winter readiness", "idle Kazakhstan",
        decisions("2026-02", ("kazakhstan.power_readiness", "", 30.0)),
        (
            Claim("winters and power cuts cost Bakuta less", "project.bakuta.output", ("2028-01", "2034-12"), at_least=0.5,
                  over="mean",
                  known_miss="winters and power cuts take one or two per cent in all, and readiness saves a part of that"),
        ),
    ),
    Experiment(
        "award_to_china", "Kazakhstan gives its two big deposits to China at once", "as it goes",
        decisions("2025-01", *for_each("kazakhstan.award", ("northern_katpar", "upper_kairakty"), CHINA)),
        (
            Claim("they deliver more by 2034", "project.northern_katpar.output + project.upper_kairakty.output",
                  ("2033-01", "2034-12"), at_least=50.0, unit="t W/month", over="mean",
                  known_miss="at a long-run price of some USD 340 neither deposit pays at 15 %, so a Chinese holder, who"
                  " builds sooner, also closes in the bust, and an American one works on with floors and the state"
                  " behind it"),
            Claim("China imports more concentrate", "imports.china.concentrate", ("2033-01", "2034-12"), at_least=2.0,
                  over="mean"),
        ),
        "every mine that opened in Central Asia since 2015 was built with Chinese money",
    ),
)  # fmt: skip
