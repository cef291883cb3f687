"""Rows of the preparation page's tables: channels, the process table, templates, what each source brings."""

from __future__ import annotations

from crisisdesk.model.playbook import MentionType, Template
from crisisdesk.words import duration, number, percent
from ui.models.columns import Cell, Look, outside
from ui.widgets.seven_steps import IMPORT_IS_ENOUGH, Prepared, daily


def channel_cells(name: str, count: int, total: int, look: Look) -> tuple[Cell, ...]:
    """A channel with its mentions and its share."""
    texts = look.texts
    return (
        Cell(text=outside(name, 60) or texts("measures.no_channel"), bold=True),
        Cell(text=number(count, texts)),
        Cell(text=percent(count / total, texts), token="muted"),
    )


def role_name(role_id: str, now: Prepared, look: Look) -> str:
    """The name of a role."""
    role = now.playbook.role(role_id)
    return role.name.get(look.texts.lang) if role else role_id


def type_cells(kind: MentionType, now: Prepared, look: Look) -> tuple[Cell, ...]:
    """A row of the process table."""
    texts = look.texts
    raises = texts("preparation.raises", level=kind.raises_to) if kind.raises_to else ""
    name = Cell(text=kind.name.get(texts.lang) or kind.id, bold=True, under=raises)
    words = Cell(text=outside(", ".join(kind.words), 300) or "—", token="muted")
    if not kind.answer:
        return name, words, Cell(text=texts("preparation.no_answer"), token="muted"), Cell(text="—", token="muted")
    owner = Cell(
        text=role_name(kind.owner, now, look), under=role_name(kind.deputy, now, look) if kind.deputy else ""
    )
    first = duration(kind.first_reply, texts) if kind.first_reply is not None else "—"
    return name, words, owner, Cell(text=first, bold=True)


def template_cells(one: Template, now: Prepared, look: Look) -> tuple[Cell, ...]:
    """A template with its text, who approves it and its languages."""
    texts = look.texts
    approves = (
        texts("preparation.pre_cleared")
        if one.pre_cleared
        else ", ".join(role_name(r, now, look) for r in one.approves)
    )
    langs = [name for name in ("es", "en") if getattr(one.text, name).strip()]
    both = len(langs) == 2
    return (
        Cell(text=one.purpose.get(texts.lang), bold=True, under=one.id),
        Cell(text=outside(one.text.get(texts.lang), 400), token="muted"),
        Cell(text=approves or "—"),
        Cell(text=" · ".join(langs), mark="✓" if both else "◆", mark_token="good" if both else "promise"),
    )


def volumes(now: Prepared) -> list[tuple[str, str, int]]:
    """Every source with what it brought: the connected ones that brought nothing too."""
    brought = {(source, account) for source, account, _n in now.by_source}
    silent = [(one.source, one.account, 0) for one in now.sources if (one.source, one.account) not in brought]
    return [*now.by_source, *silent]


def volume_cells(source: str, account: str, count: int, now: Prepared, look: Look) -> tuple[Cell, ...]:
    """What a source brought, and what is worth doing about it."""
    texts = look.texts
    known = next((one for one in now.sources if (one.source, one.account) == (source, account)), None)
    a_day = daily(now, source, account)
    shown = number(a_day, texts, 0 if a_day >= 10 else 1)
    connected = known is not None
    if not count:
        advice = "silent"
    elif a_day < IMPORT_IS_ENOUGH:
        advice = "import_enough" if connected else "import_fine"
    else:
        advice = "connected_right" if connected else "connect"
    return (
        Cell(text=outside(known.label if known and known.label else account or source, 80), bold=True, under=source),
        Cell(text=number(count, texts)),
        Cell(text=shown),
        Cell(
            text=texts(f"preparation.advice.{advice}", n=shown),
            mark="◆" if advice in ("silent", "connect") else "",
            mark_token="promise",
        ),
    )
