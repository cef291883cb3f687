"""Python's cyclic garbage, collected by the GUI thread only (docs/adr/0014).

Left to itself, Python collects in whatever thread happens to allocate: a worker would then destroy widgets that were
in a cycle, which Qt does not survive, and a collection of everything that was ever loaded holds the window for a third
of a second. What is there once the window stands never becomes garbage: it is put aside and not looked at again.
"""

from __future__ import annotations

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_MS: Final = 250
STANDS_MS: Final = 8_000
MANY: Final = (2_000, 10, 10)
"""Allocations, young collections and middle ones after which the next older generation is looked at."""


class Garbage(QObject):
    """Collects from now until :meth:`close`, in the thread that made it."""

    def __init__(self) -> None:
        super().__init__()
        self._was_on = gc.isenabled()
        gc.disable()
        self._look = QTimer(self, interval=LOOK_MS)
        self._look.timeout.connect(self.look)
        self._look.start()
        self._stands = QTimer(self, singleShot=True, interval=STANDS_MS)
        self._stands.timeout.connect(self.put_aside)
        self._stands.start()

    def look(self) -> None:
        """Collect the youngest generations that are due."""
        for generation, (count, many) in reversed(list(enumerate(zip(gc.get_count(), MANY, strict=True)))):
            if count > many:
                gc.collect(generation)
                return

    def put_aside(self) -> None:
        """All that is there now stays for good: modules, fonts, the window itself. Costs nothing, whatever its size."""
        gc.freeze()

    def close(self) -> None:
        """Leave collecting as it was found: where it was off, a worker's allocation must not switch it on."""
        self._look.stop()
        self._stands.stop()
        if self._was_on:
            gc.enable()
