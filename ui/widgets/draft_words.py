"""Why a draft may not be published, in words and in the groups of «Antes de publicar»."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from crisisdesk.model.draft import DraftView, Problem
from crisisdesk.model.finding import Severity
from crisisdesk.model.playbook import Playbook
from crisisdesk.pipeline.lengths import Length, Unit
from crisisdesk.texts import Texts

GROUPS: Final = ("fields", "facts", "promises", "tone", "languages", "length", "fresh", "remedy", "approval")
_GROUP: Final = {
    "unregistered_promise": "promises",
    "promise_no_giver": "promises",
    "promise_giver_not_allowed": "promises",
    "promise_over_limit": "promises",
    "action_not_told": "promises",
    "broken_not_named": "tone",
    "staff_only": "approval",
    "conditional_apology": "tone",
    "tone": "tone",
    "numbers_differ": "languages",
    "links_differ": "languages",
    "names_differ": "languages",
    "too_long": "length",
    "too_long_bytes": "length",
    "too_long_sms": "length",
    "too_long_voice": "length",
    "same_as_last": "fresh",
    "remedy_missing": "remedy",
    "not_approved": "approval",
    "approval_expired": "approval",
    "objection": "approval",
    "two_people": "approval",
    "own_approval": "approval",
    "changed_fact": "facts",
}


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line of the checklist: its group, whether it blocks, its summary and its sentences with their problems."""

    group: str
    severity: Severity | None
    summary: str
    details: tuple[tuple[str, Problem], ...] = ()


def group_of(problem: Problem) -> str:
    """The checklist's group that a problem belongs to."""
    return _GROUP.get(problem.key, "fields")


def length_said(length: Length, texts: Texts) -> str:
    """A length in few words, in what its channel counts: «231 / 280», «2 SMS · 161», «≈ 12 s / 12»."""
    if length.unit is Unit.SMS:
        key = "count_sms"
    elif length.unit is Unit.SECONDS:
        key = "count_seconds" if length.limit else "count_seconds_only"
    elif length.limit_bytes is not None and length.used_bytes > length.limit_bytes:
        key = "count_bytes"
    else:
        key = "count" if length.limit else "count_only"
    said: dict[str, object] = {"n": length.used, "limit": length.limit, "encoding": length.encoding}
    said |= {"segments": length.segments, "bytes": length.used_bytes, "limit_bytes": length.limit_bytes}
    return texts(f"drafting.form.{key}", **said)


def problem_rule(problem: Problem) -> str:
    """The lint's rule behind a problem, as the sentences name it."""
    return dict(problem.fields).get("rule", "").replace(".", "_")


def problem_sentence(problem: Problem, view: DraftView, playbook: Playbook, texts: Texts) -> str:
    """A problem in one sentence, fields and roles by the names that people see."""
    said: dict[str, object] = dict(problem.fields)
    field = next((f for f in view.template.fields if f.name == problem.field), None)
    said["field"] = field.label.get(texts.lang) or problem.field if field is not None else problem.field
    if problem.lang:
        said["lang"] = texts(f"drafts.lang.{problem.lang}")
    for name in ("role", "giver"):
        role = playbook.role(str(said.get(name, ""))) or (playbook.role(problem.field) if name == "role" else None)
        if role is not None:
            said[name] = role.name.get(texts.lang) or role.id
    if texts.lang == "en":
        said |= {name: other for name in ("old", "new") if (other := said.get(f"{name}_en"))}
    key = problem.key
    if key == "tone":
        key = f"tone.{problem_rule(problem)}"
    elif key.endswith("_differ"):
        sides = [lang for lang in ("es", "en") if str(said.get(lang, "")).strip("—- ")]
        key = f"{key.removesuffix('_differ')}_only_{sides[0]}" if len(sides) == 1 else key
    return texts(f"drafts.problem.{key}", **said)


def check_lines(view: DraftView, playbook: Playbook, texts: Texts) -> tuple[CheckLine, ...]:
    """The checklist of a draft, always in the same order; lines that cannot matter here are left out."""
    lines = []
    for group in GROUPS:
        mine = [p for p in view.problems if group_of(p) == group]
        if not mine and not _matters(group, view):
            continue
        errors = [p for p in mine if p.severity is Severity.ERROR]
        severity = Severity.ERROR if errors else Severity.WARNING if mine else None
        details = tuple((problem_sentence(p, view, playbook, texts), p) for p in mine)
        given = group == "approval" and bool(view.approvers)
        summary = texts("drafts.check_ok.approval_given") if given and not mine else _summary(group, mine, texts)
        lines.append(CheckLine(group, severity, summary, details))
    return tuple(lines)


def _matters(group: str, view: DraftView) -> bool:
    if group == "facts":
        return any(value.fact_id is not None for value in view.draft.values.values())
    if group == "remedy":
        return any(f.name == "remedio" for f in view.template.fields) and view.draft.answers is not None
    if group == "length":
        return bool(view.template.limits)
    return True


def _summary(group: str, problems: Sequence[Problem], texts: Texts) -> str:
    return texts(f"drafts.missing.{group}", n=len(problems)) if problems else texts(f"drafts.check_ok.{group}")


def blocked_because(view: DraftView, playbook: Playbook, texts: Texts) -> str:
    """Why the button may not be pressed, in a few words; empty when it may."""
    errors = [p for p in view.problems if p.severity is Severity.ERROR]
    if not errors:
        return ""
    groups = {group_of(p) for p in errors}
    if len(groups) > 1:
        return texts("drafting.publish.blocked_many", n=len(errors))
    group = groups.pop()
    role = playbook.role(errors[0].field)
    name = (role.name.get(texts.lang) or role.id) if role is not None else errors[0].field
    key = f"drafting.publish.blocked_{group}"
    return texts(key, n=len(errors), role=name)
