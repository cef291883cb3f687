"""The long table shows any list after any other, and what stays is not touched where little changed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex

from crisisdesk.texts import Texts
from tests.fakes import samples as s
from ui.models import window
from ui.models.columns import ENTRIES, Look
from ui.models.window import WindowTable

LISTS = st.lists(st.integers(0, 30), unique=True, max_size=20)


def table() -> WindowTable[Any]:
    return WindowTable(ENTRIES, Look(Texts("es"), s.ZONE, s.NOW), lambda entry: entry.id)


@pytest.mark.parametrize("most", [0, 3, 1_000])
@given(old=LISTS, new=LISTS)
def test_any_list_after_any_other(most: int, old: list[int], new: list[int]) -> None:
    model, before = table(), window.MOST_STEPS
    window.MOST_STEPS = most  # type: ignore[misc]
    try:
        model.show(old)
        kept = {key: QPersistentModelIndex(model.index(n, 0)) for n, key in enumerate(old)}
        model.show(new)
    finally:
        window.MOST_STEPS = before  # type: ignore[misc]
    assert model.keys() == tuple(new)
    for key, index in kept.items():
        assert not index.isValid() or model.key_at(index.row()) == key
    if most == 1_000 and [k for k in old if k in new] == [k for k in new if k in old]:
        assert all(kept[key].isValid() for key in old if key in new)
