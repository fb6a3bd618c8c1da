"""Parameters of behaviour, read once from the scenario."""

from __future__ import annotations

from types import SimpleNamespace

from sim.scenario import Scenario


def read(scenario: Scenario) -> SimpleNamespace:
    """Groups of behaviour as attributes: `read(scenario).fear.refusal` is a number."""
    return SimpleNamespace(
        usual_cover=2.8,
        **{
            group: SimpleNamespace(**{name: quantity.value for name, quantity in members.items()})
            for group, members in scenario.behaviour.items()
        }
    )
