"""Makes world.npz, the land of the map, from Natural Earth's countries at 1:50 million in TopoJSON.

Run `python assets/map/make.py countries-50m.json` with the file of the npm package world-atlas, which is made from
Natural Earth (public domain). Borders are simplified as shared arcs, so that neighbours still meet.
"""

import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TOLERANCE = 0.09
"""Degrees that a simplified border may lie off."""
SMALLEST = 0.12
"""Square degrees below which an island is left out."""


def simplify(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Points of a line that are needed to stay within a tolerance (Douglas and Peucker 1973)."""
    keep = np.zeros(len(points), bool)
    keep[0] = keep[-1] = True
    stack = [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        if last - first < 2:
            continue
        inside = points[first + 1 : last] - points[first]
        along = points[last] - points[first]
        length = float(np.hypot(*along))
        if length < 1e-9:
            off = np.hypot(inside[:, 0], inside[:, 1])
        else:
            off = np.abs(inside[:, 0] * along[1] - inside[:, 1] * along[0]) / length
        far = int(np.argmax(off))
        if off[far] > tolerance:
            middle = first + 1 + far
            keep[middle] = True
            stack += [(first, middle), (middle, last)]
    return points[keep]


def area(ring: np.ndarray) -> float:
    """Square degrees inside a ring."""
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def main(source: Path) -> None:
    """Write world.npz: points in hundredths of a degree, where each ring begins, and its country."""
    topology = json.loads(source.read_text())
    scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
    arcs = [simplify(np.cumsum(np.array(arc), axis=0) * scale + shift, TOLERANCE) for arc in topology["arcs"]]

    def ring(indices: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    points, starts, names, length = [], [], [], 0
    for country in topology["objects"]["countries"]["geometries"]:
        name = country["properties"]["name"]
        if name == "Antarctica" or "arcs" not in country:
            continue
        shapes = [country["arcs"]] if country["type"] == "Polygon" else country["arcs"]
        for shape in shapes:
            outline = ring(shape[0])
            if len(outline) < 4 or area(outline) < SMALLEST:
                continue
            starts.append(length)
            names.append(name)
            points.append(np.round(outline * 100).astype(np.int16))
            length += len(outline)
    np.savez_compressed(
        HERE / "world.npz", points=np.concatenate(points), starts=np.array(starts, np.int32), names=np.array(names)
    )
    print(f"{len(starts)} rings, {length} points")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
