"""The bars as whole pixels, for whoever paints them over the chart's pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crisisdesk.reports.chart_minutes import Buckets, Floats
from crisisdesk.reports.chart_scale import columns

if TYPE_CHECKING:
    from crisisdesk.reports.charts import Image

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Boxes:
    """What is painted, one bar for each pixel column or bucket, in device pixels from the top left.

    Attributes:
        left: the bars' left edges, shape (n,); ``wide`` their widths.
        high: where reposts begin, on top of the originals; ``low`` where originals begin; both end at ``base``.
        second: the height of the second series, shape (n,); empty without one.
    """

    left: Ints
    wide: Ints
    high: Ints
    low: Ints
    base: int
    second: Ints

    def changed(self, before: Boxes) -> list[int]:
        """Which bars differ from ``before``, a picture of the same place."""
        differs = (self.high != before.high) | (self.low != before.low)
        if self.second.size and self.second.size == before.second.size:
            differs |= self.second != before.second
        found: list[int] = differs.nonzero()[0].tolist()
        return found


def boxes(buckets: Buckets, place: Image) -> Boxes:
    """The very columns that the whole figure draws, where ``place`` says; nothing stands above the plot."""
    fitted = columns(buckets, round(place.right - place.left), max(1, round(place.scale)))
    per = (place.bottom - place.top) / place.highest

    def tops(values: Floats) -> Ints:
        return np.rint(place.bottom - np.minimum(values, place.highest) * per).astype(np.int64)

    left = (round(place.left) + fitted.left).astype(np.int64)
    wide = np.maximum(fitted.right - fitted.left, 1).astype(np.int64)
    second = tops(fitted.second) if fitted.second.size else np.empty(0, np.int64)
    return Boxes(left, wide, tops(fitted.total), tops(fitted.originals), round(place.bottom), second)
