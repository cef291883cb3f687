"""What a check found: line, what is wrong, what was read, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence

from crisisdesk.model.finding import Finding, Severity
from crisisdesk.playbooks.check import as_json
from ui.models.columns import DANGER_MARK, WARNING_MARK, Cell, Look, outside
from ui.theme import Theme
from ui.widgets.sheet import Sheet

_COLUMNS = (
    ("preparation.column.line", 64, True),
    ("preparation.column.finding", 0, False),
    ("preparation.column.read", 170, False),
    ("preparation.column.fix", 300, False),
)
_NARROW = (_COLUMNS[0], _COLUMNS[1], ("preparation.column.fix", 240, False))


def finding_cells(finding: Finding, look: Look) -> tuple[Cell, Cell, Cell, Cell]:
    """One finding as cells; an error blocks and bears ▲, a warning ◆."""
    told = as_json(finding, look.texts)
    error = finding.severity is Severity.ERROR
    mark, token = (DANGER_MARK, "danger") if error else (WARNING_MARK, "promise")
    spoken = look.texts(f"preparation.severity.{finding.severity}")
    return (
        Cell(text=str(finding.line), bold=True),
        Cell(text=outside(str(told["message"])), mark=mark, mark_token=token, spoken=f"{spoken}: {told['message']}"),
        Cell(text=outside(finding.read, 120) or "—", token="muted"),
        Cell(text=outside(str(told["fix"]))),
    )


class Findings(Sheet):
    """The findings of a playbook, errors first, then by line; ``narrow`` beside a text that shows what was read."""

    def __init__(self, look: Look, theme: Theme, *, narrow: bool = False) -> None:
        self._narrow = narrow
        if narrow:
            super().__init__(_NARROW, look, theme, row=62, lines=3)
        else:
            super().__init__(_COLUMNS, look, theme, row=46, lines=2)

    def put_findings(self, findings: Sequence[Finding], look: Look) -> None:
        """Show these findings."""
        ordered = sorted(findings, key=lambda one: (one.severity is not Severity.ERROR, one.line))
        cells = [finding_cells(one, look) for one in ordered]
        self.put([(one[0], one[1], one[3]) for one in cells] if self._narrow else cells, look)
        self.setAccessibleName(look.texts("preparation.findings"))
