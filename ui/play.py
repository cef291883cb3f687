"""``crisisdesk play FILE``: a window on an imported file, played on a simulated clock in a data folder of its own."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from crisisdesk import settings
from crisisdesk.app import Desk, build_desk
from crisisdesk.commands import grammar
from crisisdesk.commands.console import language
from crisisdesk.model.errors import CrisisDeskError, ImportFileError
from crisisdesk.model.fault import fault_of
from crisisdesk.paths import Paths, profile
from crisisdesk.texts import LANGUAGES, Texts
from ui.demo import speed_of
from ui.start import open_window

SPEED = 60.0


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; a file that was being played goes on where it stopped."""
    words = list(sys.argv[1:] if argv is None else argv)
    texts = Texts(language(words))
    parser = grammar.Grammar(texts, prog="crisisdesk play", description=texts("cli.play.help"))
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--speed", default="", metavar="N", help=texts("demo.speed"))
    parser.add_argument("--data-dir", type=grammar.folder, metavar="DIR", help=texts("cli.data_dir"))
    parser.add_argument("--lang", choices=LANGUAGES, help=texts("cli.lang"))
    options = parser.parse_args(words)
    try:
        speed = speed_of(options.speed, texts) or SPEED
        folder = options.data_dir or _folder(options.file)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    except CrisisDeskError as error:
        print(texts.error(error), file=sys.stderr)
        return 2

    def build(paths: Paths) -> Desk:
        stored, _ = settings.load(profile().settings)
        desk = build_desk(stored, paths)
        desk.play_file(options.file, speed=speed)
        return desk

    return open_window(folder, texts.lang, build)


def _folder(file: Path) -> Path:
    """A folder for this very file, so that playing it again goes on where it stopped."""
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise ImportFileError("importing.unreadable", path=file.name, reason=fault_of(error)) from error
    return profile().data / "replays" / digest[:16]


if __name__ == "__main__":
    sys.exit(main())
