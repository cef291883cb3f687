"""``crisisdesk handbook PLAYBOOK --out FILE.pdf``: the handbook on pages, set by Qt."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from crisisdesk.__main__ import parser
from crisisdesk.commands.console import findings, language
from crisisdesk.commands.handbook import open_playbook
from crisisdesk.model.errors import CrisisDeskError, PlaybookError
from crisisdesk.model.fault import fault_of
from crisisdesk.plain import one_line
from crisisdesk.playbooks.phrases import echo
from crisisdesk.reports import handbook, setting
from crisisdesk.texts import Texts
from ui import paper


def write_handbook(source: Path, texts: Texts, path: Path) -> int:
    """Write the handbook of the playbook at ``source`` to ``path``; the number of its pages."""
    playbook, today = open_playbook(source)
    document = handbook.document(playbook, texts, file=source.name, echo=echo, today=today)
    return paper.write_pdf(
        setting.printed(document, texts, paper.page_token),
        path,
        title=document.title,
        footer=document.footer,
        page_words=lambda number, count: texts("report.page", page=number, pages=count),
    )


def main(argv: Sequence[str]) -> int:
    """Write the PDF; the other endings do without Qt."""
    texts = Texts(language(argv))
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")) and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    options = parser(texts, "handbook").parse_args(list(argv))
    app = QGuiApplication.instance() or QGuiApplication([])
    try:
        write_handbook(options.playbook, texts, options.out)
    except PlaybookError as error:
        print(findings(error.findings, texts), file=sys.stderr)
        return 2
    except CrisisDeskError as error:
        print(one_line(texts.error(error), 1000), file=sys.stderr)
        return 2
    except OSError as error:
        told = texts("cli.os_error", file=options.playbook.name, reason=fault_of(error))
        print(one_line(told), file=sys.stderr)
        return 2
    finally:
        app.quit()
    print(texts("cli.handbook.written", file=options.out.name))
    return 0
