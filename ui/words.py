"""Numbers and names as people read them: units, signs, dates, rounded to what is known."""

from __future__ import annotations

import math

from sim import text as catalogue
from ui.findings import Part
from ui.messages import Item, OfferView
from ui.setting import Control, Setup

MINUS = "−"
GROUPS: dict[str, tuple[str, ...]] = {
    "licences": ("licence_approval", "licence_military", "processing_delay", "controlled_scope", "retaliation"),
    "mining": ("mining_quota", "quota_enforcement"),
    "reserve": ("reserve_purchases",),
    "abroad": ("overseas_finance",),
    "deposits": ("award", "local_workforce", "fast_track", "first_come"),
    "processing": ("processing_requirement", "refinery_investment", "carbide_investment"),
    "projects": ("loan", "offtake_share", "floor_price", "mine_support", "advocacy", "project_finance", "state_finance"),
    "stockpile": ("stockpile_purchases", "recycling_support"),
    "trade": ("royalty", "export_duty", "reserved_share", "tariff_china", "sourcing_ban", "exports_to_china"),
    "premium": ("premium_support",),
    "diplomacy": ("diplomacy",),
    "readiness": ("skills_investment", "power_readiness"),
    "buying": ("premium_ceiling", "secure_share", "long_contracts"),
    "stocks": ("cover", "pooling"),
    "thrift": ("recycling_effort", "substitution_effort"),
}


def say(name: str, /, **gaps: object) -> str:
    """A sentence of the catalogue."""
    return catalogue.load()(name, **gaps)


def suffix(lever: str) -> str:
    """Name of a lever without its role."""
    return lever.rsplit(".", 1)[-1]


def groups(controls: tuple[Control, ...]) -> dict[str, list[Control]]:
    """Levers by purpose, in a fixed order, those without a purpose last."""
    found: dict[str, list[Control]] = {}
    for group, names in GROUPS.items():
        here = [control for name in names for control in controls if suffix(control.name) == name]
        if here:
            found[group] = here
    return found


def lever(name: str) -> str:
    """What a lever is called."""
    return catalogue.load().get(f"lever.{suffix(name)}", suffix(name).replace("_", " ").capitalize())


def who(key: str) -> str:
    """Short name of a role, bloc, partner or place."""
    return catalogue.load().get(f"short.{key}", key.replace("_", " ").capitalize())


def role(key: str) -> str:
    """Full name of a role."""
    return catalogue.load().get(f"role.{key}", key.replace("_", " ").capitalize())


def target(setup: Setup, key: str) -> str:
    """Name of what a lever is aimed at."""
    for site in setup.sites:
        if site.key == key:
            return site.title
    return who(key)


def number(value: float, digits: int = 0) -> str:
    """A number with a true minus and thin groups of thousands."""
    if not math.isfinite(value):
        return "–"
    text = f"{abs(value):,.{digits}f}"
    return f"{MINUS if value < 0 and float(text.replace(',', '')) else ''}{text}"


def signed(value: float, digits: int = 0, unit: str = "") -> str:
    """A change with its sign."""
    text = number(abs(value), digits)
    sign = "+" if value > 0 else MINUS if value < 0 else "±"
    return f"{sign}{text}{unit}"


def money(million: float) -> str:
    """Million USD."""
    sign = MINUS if million < -0.05 else ""
    size = abs(million)
    if size >= 1000:
        return f"{sign}${size / 1000:.1f} bn"
    return f"{sign}${size:,.0f} m" if size >= 10 or size == 0 else f"{sign}${size:,.1f} m"


def price(value: float) -> str:
    """USD/mtu."""
    return f"${number(value)}/mtu"


def tonnes(value: float) -> str:
    """t W."""
    return f"{number(value if abs(value) < 100 else round(value, -1))} t W"


def percent(share: float, digits: int = 0) -> str:
    """A share."""
    return f"{number(100 * share, digits)} %"


def change(after: float, before: float) -> str:
    """A relative change."""
    return signed(100 * (after / before - 1), 0, " %") if before else "–"


def value(control: Control, number_: float) -> str:
    """A lever's value with its unit."""
    if control.choices:
        return who(control.choices[int(number_)])
    unit = control.unit
    if unit == "share":
        return percent(number_)
    if unit == "million USD":
        return money(number_)
    if unit == "million USD/year":
        return money(number_) + "/yr"
    if unit == "USD/mtu":
        return price(number_)
    if unit == "t W/year":
        return f"{number(number_)} t/yr"
    if unit == "month":
        return f"{number(number_, 1)} months"
    return f"{number_:g} {unit}"


def month(setup: Setup, index: int) -> tuple[int, int]:
    """Calendar year and month (1 to 12) of a month of the game."""
    first_year, first_month = (int(part) for part in setup.start.split("-"))
    year, place = divmod(first_year * 12 + first_month - 1 + index, 12)
    return year, place + 1


def date(setup: Setup, index: int, is_short: bool = False) -> str:
    """A month of the game in words."""
    year, place = month(setup, index)
    name = say(f"month.{place}")
    return name if is_short else f"{name} {year}"


def year(setup: Setup, index: int) -> str:
    """The calendar year of a month."""
    return str(month(setup, index)[0])


def quarter(setup: Setup, index: int) -> str:
    """The quarter in which a month lies."""
    year, place = month(setup, index)
    return f"Q{(place - 1) // 3 + 1} {year}"


CONSTRUCTION, OPERATING = 4, (5, 6)
"""Stages of which the news tell what the mine is planned for."""


def news(setup: Setup, item: Item) -> tuple[str, str]:
    """A line of news, and what it changed."""
    site = target(setup, item.subject)
    if item.kind == "price":
        return say("newsline.price", change=change(item.after, item.before), price=price(item.after)), change(
            item.after, item.before
        )
    if item.kind == "event":
        struck = say(f"struck.{item.kind_of_event}") if item.kind_of_event else ""
        return item.title, f"{struck} {change(item.after, 1.0)}".strip() if item.after != 1 else ""
    if item.kind == "stage":
        was, now = int(item.before) in OPERATING, int(item.after) in OPERATING
        told = item.planned and (was or now or int(item.after) == CONSTRUCTION)
        output = signed(item.planned * (now - was)) if now != was else number(item.planned)
        effect = say("newsline.planned", output=output) if told else ""
        return say("newsline.stage", mine=site, stage=say(f"stage.{int(item.after)}")), effect
    if item.kind == "award":
        return say("newsline.award", mine=site, partner=who(item.who)), ""
    if item.kind == "offtake":
        name = "newsline.offtake" if item.after > item.before else "newsline.offtake_end"
        return say(name, mine=site, who=who(item.who), share=percent(item.after)), percent(item.after)
    if item.kind == "loan":
        name = "newsline.loan" if item.after > item.before else "newsline.loan_end"
        return say(name, mine=site, who=who(item.who), money=money(item.after)), money(item.after)
    if item.kind == "decision":
        gaps = {"who": who(item.who), "lever": lever(item.subject), "target": target(setup, item.target)}
        text = say("newsline.decision_target" if item.target else "newsline.decision", **gaps)
        return text, f"{plain(item.subject, item.before)} → {plain(item.subject, item.after)}"
    return item.title, ""


SHARES = (
    "licence",
    "share",
    "scope",
    "enforcement",
    "retaliation",
    "tariff",
    "ban",
    "advocacy",
    "requirement",
    "royalty",
    "duty",
    "workforce",
    "fast_track",
    "first_come",
    "exports_to_china",
    "ceiling",
    "pooling",
    "contracts",
)


def plain(name: str, number_: float) -> str:
    """A value of any role's lever, by its name alone."""
    if math.isnan(number_):
        return "rule"
    last = suffix(name)
    if last == "award":
        from sim.levers import PARTNERS

        return who(PARTNERS[int(number_)])
    if any(part in last for part in SHARES):
        return percent(number_)
    if "quota" in last or "purchases" in last:
        return f"{number(number_)} t"
    if last in ("floor_price", "premium_support"):
        return price(number_)
    if last in ("processing_delay", "cover"):
        return f"{number(number_, 1)} mo"
    return money(number_)


def deal(setup: Setup, lever_name: str, target_key: str, number_: float) -> str:
    """A decision in an offer, in words."""
    name = lever(lever_name)
    name = f"{name} ({target(setup, target_key)})" if target_key else name
    return f"{name}: {plain(lever_name, number_)}"


def offer(setup: Setup, found: OfferView, me: str) -> list[str]:
    """What each side of an offer would do, the other side first, and until when."""
    lines = []
    mine, theirs = (found.mine, found.yours) if found.maker == me else (found.yours, found.mine)
    if theirs:
        lines.append(say("offer.they", terms="; ".join(deal(setup, d.lever, d.target, d.value) for d in theirs)))
    if mine:
        lines.append(say("offer.you", terms="; ".join(deal(setup, d.lever, d.target, d.value) for d in mine)))
    lines.append(say("offer.until", date=date(setup, min(found.until, setup.months - 1))))
    return lines


def share_of(part: float, whole: float) -> str:
    """A part of a change in per cent of what there was before."""
    if not whole:
        return ""
    percent_ = 100 * part / whole
    return signed(percent_, 0 if abs(percent_) >= 0.95 else 1)


def measured(value_: float, unit: str, is_change: bool = False, is_bare: bool = False) -> str:
    """A number in its unit, rounded to what is known; a change with its sign, without the unit if it is bare."""
    if not math.isfinite(value_):
        return "–"
    size, shown = value_, unit
    if unit == "share":
        size, shown = 100 * value_, "%"
    digits = {"share": 1, "month": 1, "million USD": 1, "index": 1}.get(unit, 0)
    if unit == "index" and abs(value_) <= 1:
        digits = 2
    elif abs(size) < 10:
        digits = max(digits, 1)
    text = signed(size, digits) if is_change else number(size, digits)
    names = {"index": "", "month": "months", "million USD": "m USD"}
    return text if is_bare else f"{text} {names.get(shown, shown)}".rstrip()


SHORT = {"share": (100.0, " %"), "t W/month": (12.0, " t/yr"), "USD/mtu": (1.0, " $/mtu"), "month": (1.0, " mo")}
"""Units as they stand behind a range: how many of them, and their name."""


def span(low: float, high: float, unit: str) -> str:
    """A range of changes in few letters; nothing if it is next to nothing."""
    size, shown = SHORT.get(unit, (1.0, ""))
    digits = 1 if max(abs(low), abs(high)) * size < 10 else 0
    if max(abs(low), abs(high)) * size < 0.5 * 10.0**-digits:
        return ""
    return f"{signed(low * size, digits)} … {signed(high * size, digits)}{shown}"


def played(setup: Setup, months: int) -> str:
    """When so many months had been played."""
    return date(setup, months - 1) if months else say("number.start")


def figure(setup: Setup, key: str, is_short: bool = False) -> str:
    """What a number is called; its name alone where it stands beside its like."""
    name, _, subject = key.partition(".")
    if name in ("project", "need", "cost"):
        return f"{target(setup, subject)}: {say(f'figure.{name}')}"
    if name == "trust":
        return say("figure.trust", who=role(subject))
    if name in ("score", "standing"):
        return say(f"figure.{name}") if is_short else say(f"figure.{name}_of", who=role(subject))
    if name == "lever":
        last, _, aim = subject.partition("/")
        return f"{target(setup, aim)}: {lever(last)}" if aim else lever(last)
    if name in ("flow", "landed"):
        origin, destination, form = subject.split(">")
        places = {place.key: place.title for place in setup.places}
        way = say("game.flow_title", origin=places[origin], destination=places[destination])
        return say(f"figure.{name}") if is_short else f"{way}: {say(f'game.form_{form}')}"
    if key.startswith("licence.shadow_price."):
        bloc = who(key.rsplit(".", 1)[-1])
        return bloc if is_short else say("figure.licence", who=bloc)
    return say(f"figure.{key.replace('.', '_')}")


def part(setup: Setup, piece: Part) -> str:
    """What a part of a number is called."""
    if piece.name == "score":
        return say(f"part.{piece.subject}")
    if piece.name == "mine":
        return target(setup, piece.subject)
    places = {place.key: place.title for place in setup.places}
    return say(f"piece.{piece.name}", who=places.get(piece.subject, piece.subject))


TERMS = {"price": "apt", "licence": "licence", "premium": "premium", "trust": "trust", "score": "score", "need": "project",
         "cost": "incentive", "project": "project", "treasury": "treasury", "cover": "cover", "stock": "stock",
         "stockpile": "stock", "flow": "flows", "landed": "flows", "standing": "score", "share": "concentrate",
         "home_mining": "concentrate"}  # fmt: skip


def term(key: str) -> str:
    """The encyclopedia's entry on a number."""
    if key.startswith("lever."):
        return suffix(key.partition("/")[0])
    return "concentrate" if key == "price.concentrate.china" else TERMS.get(key.partition(".")[0], "apt")
