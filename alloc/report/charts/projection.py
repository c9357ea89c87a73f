"""An equal-area conic projection (Albers), its parallels set by the places that are drawn."""

from __future__ import annotations

import math
from collections.abc import Sequence

from alloc.tolerances import DEGENERATE

Place = tuple[float, float]  # longitude and latitude in degrees


class Projection:
    """Degrees to pixels inside a box, north up, equal areas."""

    def __init__(self, places: Sequence[Place], width: float, height: float, margin: float) -> None:
        """Fits the places into `width` by `height` with a margin all around."""
        south, north = min(lat for _, lat in places), max(lat for _, lat in places)
        west, east = min(lon for lon, _ in places), max(lon for lon, _ in places)
        span = max(north - south, 0.5)
        first, second = math.radians(south + span / 6), math.radians(north - span / 6)
        self._middle = math.radians((west + east) / 2)
        self._n = (math.sin(first) + math.sin(second)) / 2
        if abs(self._n) < DEGENERATE:
            self._n = DEGENERATE
        self._c = math.cos(first) ** 2 + 2 * self._n * math.sin(first)
        self._scale, self._left, self._top = 1.0, 0.0, 0.0
        raw = [self(lon, lat) for lon, lat in places]
        low_x, high_x = min(x for x, _ in raw), max(x for x, _ in raw)
        low_y, high_y = min(y for _, y in raw), max(y for _, y in raw)
        wide, high = max(high_x - low_x, DEGENERATE), max(high_y - low_y, DEGENERATE)
        self._scale = min((width - 2 * margin) / wide, (height - 2 * margin) / high)
        self._left = (width - wide * self._scale) / 2 - low_x * self._scale
        self._top = (height - high * self._scale) / 2 - low_y * self._scale

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        """The pixel of a place."""
        angle = self._n * (math.radians(longitude) - self._middle)
        inner = self._c - 2 * self._n * math.sin(math.radians(latitude))
        radius = math.sqrt(max(0.0, inner)) / self._n
        x, y = radius * math.sin(angle), radius * math.cos(angle)
        return self._left + x * self._scale, self._top + y * self._scale
