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


# ── the real clock, when somebody sets it and when the computer sleeps ───────────────────────────────────────────


class Computer:
    """A computer's three clocks: the wall, the one since it was started, and the one that stops in sleep."""

    def __init__(self) -> None:
        self.wall, self.boot, self.awake = 1_800_000_000.0, 500.0, 400.0

    def clock(self) -> SystemClock:
        return SystemClock(lambda: self.wall, lambda: self.boot, lambda: self.awake)

    def passes(self, seconds: float, *, asleep: bool = False) -> None:
        self.wall += seconds
        self.boot += seconds
        self.awake += 0 if asleep else seconds


@given(st.lists(st.tuples(st.floats(0, 7200), st.booleans(), st.floats(-7200, 7200)), max_size=12))
def test_what_the_beat_tells_adds_up_to_what_happened(events: list[tuple[float, bool, float]]) -> None:
    computer = Computer()
    clock = computer.clock()
    for seconds, asleep, step in events:
        computer.passes(seconds, asleep=asleep)
        computer.wall += step
        beat = clock.beat()
        told = beat.set_by.total_seconds()
        assert abs(told - step) < 1e-3 if abs(step) > 2.01 else (told == 0 or abs(step) > 1.99)
        slept = beat.slept.total_seconds()
        assert abs(slept - seconds) < 1e-3 if asleep and seconds > 2.01 else (slept == 0 or seconds > 1.99)


def test_small_corrections_never_run_backwards_and_a_set_clock_is_followed() -> None:
    computer = Computer()
    clock = computer.clock()
    before = clock.now()
    computer.passes(0.5)
    computer.wall -= 1.5  # time over the network
    assert clock.now() == before
    computer.wall -= 3600
    assert before - clock.now() > timedelta(minutes=59)
    assert abs(clock.beat().set_by.total_seconds() + 3600) < 1e-3
    assert clock.beat().set_by == timedelta(0)


def test_a_clock_set_while_the_desk_was_closed_is_found_out() -> None:
    computer = Computer()
    mark = computer.clock().mark()
    if mark is None:  # a system without a name for its run of the computer cannot tell
        assert computer.clock().set_since({"boot": "x", "offset": 0.0}) == timedelta(0)
        return
    computer.passes(900)
    computer.wall -= 3600
    assert computer.clock().set_since(mark) == timedelta(hours=-1)
    assert computer.clock().set_since({**mark, "boot": "another run"}) == timedelta(0)
    assert computer.clock().set_since(None) == timedelta(0)
