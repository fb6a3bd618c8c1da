"""Writes what the contests found as a page of Markdown, and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.strategies.book import Book
from lab.strategies.contest import Contest, Size

HEAD = """# Strategies

Is it a good game? Each scored seat is played by eight strategies that a person could think of, against six ways in which
everybody else may play, each under the same {seeds} seeds: `{scenario}` until {until}, in turns of a quarter. Whoever sits
there starts free in January 2025; the score of a game is the mean of its months, as in the debrief. Strategies and profiles
stand in `lab/strategies/strategies.toml`; what a strategy leaves alone the rule decides.

This page is written by `main.py strategies --document docs`. {verdict}

## What is asked

1. **No strategy is the answer.** In the mixed equilibrium no strategy carries more than 0.8. The notion is minimax regret:
   a zero-sum game in which the player chooses strategies, an adversary chooses how everybody else plays, and what is paid
   is the distance from the strategy that would have been best against them. Others' temperaments are no player who wants
   anything, so there is no payoff for them; and with scores themselves in place of regret the adversary would always
   choose the profile that is hardest for everybody, whatever one does.
2. **No setting of levers that never moves beats everything.** Each lever at either end, all levers at an end, and two
   Latin hypercubes of {spread} settings each play all profiles under {trials} seeds; the one that is hardest to beat must
   still lose to something, somewhere, by more than twice the standard error.
3. **Skill over luck.** Among the three best strategies, decisions explain at least as much of the variance of the score as
   luck does (total effects, Homma and Saltelli 1996).
4. **The rules are opponents.** In {games} games with sampled profiles every temperament of the seat's rule beats dice,
   which throw every lever anew each turn, in 95 % of them, and its mean is not below that of all levers at their most or
   their least.

## In short

| seat | most of the equilibrium | decisions, luck, others (points squared) | hardest constant loses by | rule | dice | most | least | missed |
|---|---|---|---|---|---|---|---|---|
{rows}

## How everybody else plays

| profile | |
|---|---|
{profiles}
"""

TITLES = {"united_states": "United States", "european_union": "European Union", "japan_korea": "Japan and Korea",
          "buyers.us": "Buyers, United States", "buyers.europe": "Buyers, Europe",
          "buyers.japan_korea": "Buyers, Japan and Korea"}  # fmt: skip


def page(found: Sequence[Contest], book: Book, scenario: str, until: str, size: Size, spread: int) -> str:
    """The page."""
    missed = [f"{title(each.role)}: {what}" for each in found for what, holds in each.verdicts.items() if not holds]
    asked = sum(len(each.verdicts) for each in found)
    verdict = f"{asked - len(missed)} of {asked} requirements are met."
    rows = "\n".join(_row(each) for each in found)
    profiles = "\n".join(f"| {profile.name} | {profile.says} |" for profile in book.profiles)
    head = HEAD.format(
        seeds=size.seeds, trials=size.trials, games=size.games, scenario=scenario, until=until, spread=spread,
        verdict=verdict, rows=rows, profiles=profiles,
    )  # fmt: skip
    return "\n".join([head, *(_seat(each) for each in found)])


def title(role: str) -> str:
    """A seat's name as people write it."""
    return TITLES.get(role, role.capitalize())


def _row(found: Contest) -> str:
    missed = "; ".join(what for what, holds in found.verdicts.items() if not holds)
    s, best = found.shares, found.mixture.argmax()
    rules = " / ".join(f"{won[0]:.1f}" for won in found.rules.values())
    ends = " | ".join(f"{mean:.1f}" for mean in found.ends.values())
    return (
        f"| {title(found.role)} | {found.mixture[best]:.2f}, {found.strategies[best].name}"
        f" | {s.decisions:.2f}, {s.luck:.2f}, {s.others:.2f} | {found.beaten.points:.1f} | {rules} | {ends} | {missed} |"
    )


def _seat(found: Contest) -> str:
    """The payoff matrix of a seat, and what follows from it."""
    heads = " | ".join(found.profiles)
    lines = [
        f"## {title(found.role)}", "",
        f"| strategy | {heads} | mean | in equilibrium |", "|---|" + "---|" * (len(found.profiles) + 2),
    ]  # fmt: skip
    top = found.payoff.argmax(axis=0)
    for i, strategy in enumerate(found.strategies):
        scores = " | ".join(f"**{s:.1f}**" if top[j] == i else f"{s:.1f}" for j, s in enumerate(found.payoff[i]))
        weight = f"{found.mixture[i]:.2f}" if found.mixture[i] > 0 else ""
        lines.append(f"| {strategy.name}: {strategy.says} | {scores} | {found.payoff[i].mean():.1f} | {weight} |")
    beaten = found.beaten
    by = found.settings[beaten.by].split(" (")[0]
    rules = "; ".join(
        f"{name} {won[0]:.1f}, wins {won[1]:.1%} against dice, {won[2]:.1%} against the most, {won[3]:.1%} against the least"
        for name, won in found.rules.items()
    )
    lines += [
        "",
        f"In equilibrium {found.regret:.2f} points are lost against knowing how the others play."
        f" The three best by their mean are {', '.join(found.strategies[i].name for i in found.best)}.",
        "",
        f"Hardest constant to beat: {found.settings[beaten.row]}; against *{found.profiles[beaten.profile]}* it loses"
        f" {beaten.points:.2f} points (standard error {beaten.error:.2f}) to {by}.",
        "",
        f"Rule: {rules}.",
        "",
    ]
    return "\n".join(lines)


def data(found: Sequence[Contest]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {
            "role": each.role,
            "strategies": [strategy.name for strategy in each.strategies],
            "profiles": list(each.profiles),
            "payoff": each.payoff.round(3).tolist(),
            "equilibrium": each.mixture.round(4).tolist(),
            "regret": round(each.regret, 3),
            "variance": {"decisions": each.shares.decisions, "luck": each.shares.luck, "others": each.shares.others},
            "hardest_constant": {
                "setting": each.settings[each.beaten.row],
                "beaten_by": each.settings[each.beaten.by],
                "profile": each.profiles[each.beaten.profile],
                "points": each.beaten.points,
                "standard_error": each.beaten.error,
            },
            "rules": {
                name: dict(zip(("score", "beats_dice", "beats_most", "beats_least"), won, strict=True))
                for name, won in each.rules.items()
            },
            "ends": each.ends,
            "verdicts": each.verdicts,
        }
        for each in found
    ]
