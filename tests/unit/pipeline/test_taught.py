"""The local lessons: each holds for its own text, leaves strangers alone, and depends on nothing but its order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crisisdesk.pipeline.lexicon import prepare, tokens
from crisisdesk.pipeline.taught import MARGIN, Taught

CLASSES = ("a", "b", "c")
TEXTS = st.text(alphabet="abcde .", max_size=40)
LESSONS = st.lists(st.tuples(TEXTS, st.sampled_from(CLASSES)), max_size=12)
START = {"a": 1.0, "b": 0.0, "c": 0.5}


def marks(taught: Taught, text: str) -> dict[str, float]:
    found = tokens(prepare(text))
    return taught.marks(found, [t.word for t in found])


def learn(lessons: list[tuple[str, str]]) -> Taught:
    taught = Taught(frozenset())
    for text, right in lessons:
        taught.learn(marks(taught, text), START, right)
    return taught


def test_without_lessons_and_without_words_nothing_is_added() -> None:
    taught = learn([("", "b"), (" . ", "c"), ("x", "no such class")])
    assert not taught and taught.score({"x": 1.0}) == {} and taught.known(["x"], "a") == ()


@given(LESSONS, TEXTS, st.sampled_from(CLASSES))
def test_the_last_lesson_holds_for_its_text(lessons: list[tuple[str, str]], text: str, right: str) -> None:
    taught = learn([*lessons, (text, right)])
    given_ = marks(taught, text)
    added = taught.score(given_)
    now = {name: START[name] + added.get(name, 0.0) for name in CLASSES}
    if given_:
        assert all(now[right] >= now[name] + MARGIN - 1e-6 for name in CLASSES if name != right)


@given(LESSONS)
def test_the_same_lessons_teach_the_same_and_strangers_are_left_alone(lessons: list[tuple[str, str]]) -> None:
    one, two = learn(lessons), learn(lessons)
    for text, _ in lessons:
        assert one.score(marks(one, text)) == two.score(marks(two, text))
    assert one.score(marks(one, "zzz yyy")) == {}
