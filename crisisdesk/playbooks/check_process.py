"""Checks of levels, tasks, the process table, dates and compensation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from crisisdesk.model.finding import Finding
from crisisdesk.model.playbook import Threshold
from crisisdesk.playbooks.book import Book
from crisisdesk.playbooks.phrases import fold

FIRST_MESSAGE = "primer_mensaje"
FIRST_WITHIN = timedelta(minutes=15)
PRESET_VALID = timedelta(days=365)
DRILL_EVERY = timedelta(days=180)


def level_numbers(book: Book) -> Iterator[Finding]:
    """4: level numbers are unique, and run in one direction."""
    numbers = [level.number for level in book.playbook.levels]
    for index, number in enumerate(numbers):
        if number in numbers[:index]:
            yield book.error(4, "level_twice", f"niveles[{index}].nivel", level=number)
    if len(set(numbers)) == len(numbers) and numbers not in (sorted(numbers), sorted(numbers, reverse=True)):
        written = ", ".join(str(number) for number in numbers)
        yield book.error(4, "levels_unordered", "niveles", order=written)
    if not numbers and "niveles" in book.reading.places:
        yield book.error(4, "no_levels", "niveles")


def easier_levels(book: Book) -> Iterator[Finding]:
    """5: a higher level that is as easy to reach as a lower one."""
    seen: list[tuple[int, Threshold]] = []
    for level in sorted(book.playbook.levels, key=lambda lv: lv.number):
        for made in level.activates:
            for number, lower in seen:
                if number < level.number and _easier(made, lower):
                    index = book.playbook.levels.index(level)
                    spot = level.activates.index(made)
                    path = f"niveles[{index}].se_activa_si[{spot}]"
                    yield book.warning(5, "level_easier", path, level=level.number, lower=number,
                                       sentence=made.sentence, other=lower.sentence)  # fmt: skip
            seen.append((level.number, made))


def _easier(higher: Threshold, lower: Threshold) -> bool:
    """Whether ``higher`` is met no later than ``lower``: the same measure, no larger value, no more to wait for."""
    same = (higher.measure, higher.subject) == (lower.measure, lower.subject) and higher.op in (">=", ">")
    return same and higher.value <= lower.value and higher.minimum <= lower.minimum and lower.op in (">=", ">")


def fall_rule(book: Book) -> Iterator[Finding]:
    """7: no rule for coming down from a level."""
    if book.playbook.falls_if is None and "baja_de_nivel" not in book.reading.places:
        yield book.warning(7, "no_fall_rule", "niveles")


def tasks(book: Book) -> Iterator[Finding]:
    """13: tasks in the order of their times, ids unique, the first message no later than T+15 min."""
    seen: set[str] = set()
    latest = timedelta(0)
    for index, phase in enumerate(book.playbook.phases):
        times = [task.before for task in phase.tasks if task.before]  # zero: not given, and told already
        if times and min(times) < latest:
            minutes = int(latest.total_seconds() // 60)
            yield book.warning(13, "phase_out_of_order", f"fases[{index}]", phase=phase.id, minutes=minutes)
        latest = max([latest, *times[:1]])
        yield from _task_order(book, index)
    for path, task in book.tasks():
        if task.id and task.id in seen:
            yield book.error(13, "task_twice", f"{path}.id", task=task.id)
        seen.add(task.id)
    first = [(path, task) for path, task in book.tasks() if task.template == FIRST_MESSAGE]
    if not first:
        yield book.warning(13, "no_first_message", "fases")
    elif (soonest := min(first, key=lambda pair: pair[1].before))[1].before > FIRST_WITHIN:
        yield book.warning(13, "first_message_late", f"{soonest[0]}.antes_de", task=soonest[1].id)


def _task_order(book: Book, index: int) -> Iterator[Finding]:
    listed = book.playbook.phases[index].tasks
    for j in range(1, len(listed)):
        if timedelta(0) < listed[j].before < listed[j - 1].before:
            path = f"fases[{index}].tareas[{j}].antes_de"
            yield book.warning(13, "task_out_of_order", path, task=listed[j].id, other=listed[j - 1].id)


def mention_types(book: Book) -> Iterator[Finding]:
    """24–26: words that two types claim, types nobody answers, first replies slower than the next public text."""
    owners: dict[str, str] = {}
    cadences = [level.public_cadence for level in book.playbook.levels if level.public_cadence]
    for index, row in enumerate(book.playbook.mention_types):
        path = f"menciones[{index}]"
        for spot, word in enumerate(row.words):
            other = owners.setdefault(fold(word), row.id)
            if other != row.id:
                yield book.warning(24, "word_twice", f"{path}.ejemplos[{spot}]", word=word, type=row.id, other=other)
        if row.answer and not row.owner:
            yield book.error(25, "nobody_answers", path, type=row.id)
        if row.answer and row.first_reply is None:
            yield book.error(25, "no_first_reply", path, type=row.id)
        waits = book.reading.places.get(f"{path}.puede_esperar")
        if row.answer and row.first_reply and cadences and not (waits and waits.read.lower() != "no"):
            slowest = max(cadences)
            if row.first_reply > slowest:
                yield book.warning(26, "reply_slower_than_cadence", f"{path}.primera_respuesta", type=row.id,
                                   minutes=int(slowest.total_seconds() // 60))  # fmt: skip


def dates(book: Book) -> Iterator[Finding]:
    """27: the playbook's own review is overdue or set in the future."""
    reviewed, every = book.playbook.reviewed, book.playbook.review_every
    if reviewed is None:
        return
    if reviewed > book.today:
        yield book.warning(27, "reviewed_in_future", "revisado", date=reviewed.isoformat())
    elif every is not None and reviewed + every < book.today:
        late = (book.today - reviewed - every).days
        yield book.warning(27, "review_overdue", "revisado", date=reviewed.isoformat(), days=late)


def compensation(book: Book) -> Iterator[Finding]:
    """28: compensation that nobody approves, or that rests on a rule not confirmed for a year."""
    for index, rule in enumerate(book.playbook.compensation):
        path = f"compensacion[{index}]"
        if not rule.approves:
            yield book.error(28, "no_compensation_approver", path, rule=rule.proposes)
        basis = f"{path}.base_legal"
        if basis in book.reading.places and _old(book, f"{basis}.revisada"):
            yield book.warning(28, "law_unconfirmed", basis, rule=rule.proposes)


def _old(book: Book, path: str) -> bool:
    place = book.reading.places.get(path)
    try:
        return place is None or book.today - date.fromisoformat(place.read) > PRESET_VALID
    except ValueError:
        return False  # told as an impossible date already


def drill(book: Book) -> Iterator[Finding]:
    """29: no drill at least every 180 days."""
    every = book.playbook.drill_every
    if every is None:
        yield book.warning(29, "no_drill", "simulacro", days=DRILL_EVERY.days)
    elif every > DRILL_EVERY:
        yield book.warning(29, "drill_rare", "simulacro.cada", days=DRILL_EVERY.days, read=every.days)


CHECKS = (
    level_numbers, easier_levels, fall_rule, tasks, mention_types, dates, compensation, drill,
)  # fmt: skip
