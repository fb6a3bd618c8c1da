"""Degrees to points of the screen: a cylinder that is easy on the eye, so that the map can be moved around the world."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pygame

WIDEST, NEAREST = 0.4, 14.0
HIGHEST, LOWEST = 84.0, -58.0


def height_of(latitude: np.ndarray | float) -> np.ndarray | float:
    """Height over the equator in radians of the sphere.

    Source: compact Miller projection; Jenny, Savric and Patterson 2015, A compromise aspect-adaptive cylindrical
    projection for world maps.
    """
    phi = np.radians(latitude)
    square = phi * phi
    return phi * (0.9902 + square * (0.1604 - 0.03054 * square))


@dataclass(frozen=True)
class Lens:
    """What part of the world is seen, and where on the screen."""

    lon: float = 70.0
    lat: float = 29.0
    """Centre, degrees."""
    zoom: float = 1.0
    area: pygame.Rect = field(default_factory=lambda: pygame.Rect(0, 0, 1, 1))

    @property
    def scale(self) -> float:
        """Pixels of a radian."""
        return self.zoom * max(self.area.width / 3.0, self.area.height / 1.72)

    def points(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """Points on the screen, (n, 2)."""
        x = self.area.centerx + np.radians(lon - self.lon) * self.scale
        y = self.area.centery - (height_of(lat) - height_of(self.lat)) * self.scale
        return np.stack([x, y], axis=-1)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """A point on the screen, of the several turns of the world the one nearest to the centre."""
        lon = self.lon + (lon - self.lon + 180) % 360 - 180
        x, y = self.points(np.array([lon]), np.array([lat]))[0]
        return float(x), float(y)

    def degrees(self, position: tuple[float, float]) -> tuple[float, float]:
        """Degrees east and north under a point of the screen."""
        lon = self.lon + np.degrees((position[0] - self.area.centerx) / self.scale)
        wanted = height_of(self.lat) - (position[1] - self.area.centery) / self.scale
        low, high = -89.0, 89.0
        for _ in range(30):
            middle = (low + high) / 2
            low, high = (middle, high) if height_of(middle) < wanted else (low, middle)
        return float(lon), (low + high) / 2

    def moved(self, dx: float, dy: float) -> Lens:
        """Shifted by pixels."""
        centre = (self.area.centerx - dx, self.area.centery - dy)
        lon, lat = self.degrees(centre)
        return replace(self, lon=(lon + 180) % 360 - 180, lat=min(max(lat, LOWEST + 25), HIGHEST - 20))

    def zoomed(self, factor: float, position: tuple[float, float]) -> Lens:
        """Nearer or farther, with the place under a point kept there."""
        lon, lat = self.degrees(position)
        closer = replace(self, zoom=min(max(self.zoom * factor, WIDEST), NEAREST))
        x, y = closer.points(np.array([lon]), np.array([lat]))[0]
        return closer.moved(position[0] - x, position[1] - y)
