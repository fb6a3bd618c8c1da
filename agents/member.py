"""A Mesa agent that is one row of a population: its numbers are the row's vectors over worlds."""

from __future__ import annotations

from typing import Any

import mesa

from sim.state import declared


class Population:
    """All agents of one kind; its state has one row for each of them."""

    names: tuple[str, ...]


class Member(mesa.Agent):
    """One agent of a population; every declared state reads as this agent's own, shape (worlds,)."""

    def __init__(self, model: mesa.Model, population: Population, row: int) -> None:
        super().__init__(model)
        self.population = population
        self.row = row
        self.name = population.names[row]

    def __getattr__(self, name: str) -> Any:
        population = self.__dict__.get("population")
        if population is None or name not in declared(population):
            raise AttributeError(name)
        return getattr(population, name)[..., self.row, :]
