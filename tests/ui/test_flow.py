"""Things side by side: none is narrower than it must be, none leaves the row's width, none lies on another."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QWidget

from ui.widgets.flow import Flow


def laid(sizes: list[tuple[int, int]], width: int, *, even: bool) -> tuple[QWidget, list[QWidget]]:
    host, parts = QWidget(), []
    flow = Flow(8, even=even)
    host.setLayout(flow)
    flow.setContentsMargins(12, 0, 12, 8)
    for wide, high in sizes:
        part = QWidget()
        part.setMinimumSize(wide, high)
        part.setMaximumHeight(high)
        flow.addWidget(part)
        parts.append(part)
    host.show()
    host.resize(width, max(1, flow.totalHeightForWidth(width)))
    flow.activate()
    return host, parts


@pytest.mark.parametrize("even", [True, False])
@given(
    sizes=st.lists(st.tuples(st.integers(10, 200), st.integers(10, 40)), min_size=1, max_size=12),
    width=st.integers(230, 900),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_part_has_its_room_and_no_two_share_any(
    qapp: QApplication, even: bool, sizes: list[tuple[int, int]], width: int
) -> None:
    host, parts = laid(sizes, width, even=even)
    inside = host.rect().adjusted(12, 0, -12, -8)
    for n, part in enumerate(parts):
        assert inside.contains(part.geometry())
        assert part.width() >= sizes[n][0]
        assert not any(part.geometry().intersects(other.geometry()) for other in parts[:n])
    if even:
        assert len({part.width() for part in parts}) == 1
    host.close()


def test_what_is_hidden_takes_no_room(qapp: QApplication, qtbot: Any) -> None:
    host, (first, hidden, last) = laid([(100, 20)] * 3, 250, even=False)
    qtbot.addWidget(host)
    assert last.y() > first.y()
    hidden.hide()
    flow = host.layout()
    assert flow is not None
    flow.activate()
    assert last.y() == first.y()


def test_what_is_taken_out_is_laid_no_more(qapp: QApplication, qtbot: Any) -> None:
    host, parts = laid([(100, 20)] * 2, 400, even=False)
    qtbot.addWidget(host)
    flow = host.layout()
    assert flow is not None
    flow.removeWidget(parts[0])
    assert flow.count() == 1 and flow.itemAt(1) is None and flow.takeAt(9) is None
    flow.activate()
    assert parts[1].x() == 12
