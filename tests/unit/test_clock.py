"""One clock for the whole desk: never backwards, and simulated time only when asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.clock import DeskClock, PlayClock, SystemClock

START = datetime(2026, 3, 10, 13, tzinfo=UTC)


class Monotonic:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_it_stands_still_at_speed_nought_and_runs_at_its_speed() -> None:
    real = Monotonic()
    clock = PlayClock(START, speed=0.0, monotonic=real)
    real.seconds += 50
    assert clock.now() == START
    clock.speed = 60.0
    real.seconds += 2
    assert clock.now() == START + timedelta(minutes=2)
    clock.speed = 0.0
    real.seconds += 1000
    assert clock.now() == START + timedelta(minutes=2)


def test_it_is_never_put_back() -> None:
    clock = PlayClock(START)
    clock.move_to(START - timedelta(hours=1))
    assert clock.now() == START


@given(st.lists(st.tuples(st.floats(0, 3600), st.floats(0, 30)), max_size=20))
def test_time_only_goes_forward_whatever_the_speeds(steps: list[tuple[float, float]]) -> None:
    real = Monotonic()
    clock = PlayClock(START, monotonic=real)
    last = clock.now()
    for speed, seconds in steps:
        clock.speed = speed
        real.seconds += seconds
        assert clock.now() >= last
        last = clock.now()


def test_the_desk_follows_a_play_clock_and_comes_back() -> None:
    clock = DeskClock(SystemClock())
    assert not clock.simulated
    clock.use(PlayClock(START))
    assert clock.simulated and clock.now() == START
    clock.use(None)
    assert not clock.simulated and clock.now() > START
