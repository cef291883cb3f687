"""The evidence pack as a file: a zip with a list of its members' SHA-256, sealed where there is a key.

A pack comes from outside as often as not. It is never unpacked: names, numbers and sizes are looked at first, and
every member is read in pieces with a limit of its own, whatever the zip says of it.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crisisdesk import plain
from crisisdesk.model.errors import InputError
from crisisdesk.model.fault import fault_of

SUMS: Final = "SHA256SUMS"
SEAL: Final = "SHA256SUMS.seal"
CHAIN: Final = "chain.tsv"
ROWS: Final = "timeline.jsonl"
FILES: Final = "files.jsonl"
FOLDER: Final = "files/"  # below it each attached file, named by its SHA-256 and nothing else: nothing to run
ANSWERS: Final = "answers.jsonl"
ANSWERS_FOLDER: Final = "answers/"  # below it the networks' answers, named in the same way
MOST_MEMBERS: Final = 5_000
MOST_BYTES: Final = 1 << 30  # all members together, unpacked
_MOST_READ: Final = 1 << 28  # one that is kept in memory to be checked
_PIECE: Final = 1 << 20
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_KEPT: Final = (SUMS, SEAL, CHAIN, ROWS, FILES)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack as it was read.

    Attributes:
        digests: member → SHA-256 as hex, or empty where its bytes are damaged; without list and seal.
        listed: member → SHA-256 as the list says.
        kept: the bytes of the list, the seal, the chain, the rows and the list of files, those that are there.
    """

    digests: dict[str, str]
    listed: dict[str, str]
    kept: dict[str, bytes]

    @property
    def digest(self) -> str:
        """SHA-256 of the list of members."""
        return hashlib.sha256(self.kept.get(SUMS, b"")).hexdigest()


def write(path: Path, members: Iterable[tuple[str, bytes]], seal: str = "") -> None:
    """Write beside ``path`` and move it there; InputError when it cannot be written.

    Args:
        members: the list of their digests among them, last; see :func:`sums`.
        seal: the text of the seal, or empty.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (*members, *([(SEAL, seal.encode("ascii"))] if seal else [])):
                archive.writestr(zipfile.ZipInfo(name, _TIME), content, zipfile.ZIP_DEFLATED)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise InputError("report.write", path=str(path), reason=fault_of(error)) from error


def sums(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The list of members as ``sha256sum`` writes and reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in members).encode("ascii")


def read(path: Path) -> Pack:
    """Read a pack without unpacking it; InputError (``pack.*``) when it is none or not safe to read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(archive, path.name)
    except FileNotFoundError:
        raise InputError("importing.missing", path=path.name) from None
    except RuntimeError as error:  # zipfile's word for «encrypted»
        raise InputError("pack.broken", path=path.name, reason=fault_of(error)) from error
    except _BROKEN as error:
        raise InputError("pack.broken", path=path.name, reason=fault_of(error)) from error


def _read(archive: zipfile.ZipFile, name: str) -> Pack:
    found = archive.infolist()
    if len(found) > MOST_MEMBERS or sum(one.file_size for one in found) > MOST_BYTES:
        raise InputError("pack.too_large", path=name)
    seen: set[str] = set()
    for one in found:
        if not _safe(one.filename) or one.is_dir():
            raise InputError("pack.bad_name", path=name, member=plain.one_line(one.filename, 80))
        if one.filename.casefold() in seen:
            raise InputError("pack.twice", path=name, member=plain.one_line(one.filename, 80))
        seen.add(one.filename.casefold())
    digests: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    left = MOST_BYTES
    for one in found:
        digest, content, size = _member(archive, one, left, name)
        left -= size
        if one.filename in _KEPT:
            kept[one.filename] = content
        if one.filename not in (SUMS, SEAL):
            digests[one.filename] = digest
    return Pack(digests, _listed(kept.get(SUMS, b"")), kept)


def _safe(name: str) -> bool:
    """Whether a name is one of ours in form: letters, digits, dot, dash, no folder but below, nothing hidden in it."""
    parts = name.split("/")
    allowed = all(part and part.strip(".") and part.isascii() for part in parts)
    return allowed and len(name) <= 200 and all(c.isalnum() or c in "-_./" for c in name)


def _member(archive: zipfile.ZipFile, one: zipfile.ZipInfo, left: int, name: str) -> tuple[str, bytes, int]:
    """SHA-256 (empty where the bytes are damaged), the bytes if they are to be kept, and how many there were."""
    made, kept, size = hashlib.sha256(), bytearray(), 0
    try:
        with archive.open(one) as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > left or (one.filename in _KEPT and size > _MOST_READ):
                    raise InputError("pack.too_large", path=name)
                made.update(piece)
                if one.filename in _KEPT:
                    kept += piece
    except (zipfile.BadZipFile, zlib.error, EOFError):  # its checksum or its packing
        return "", bytes(kept), size
    return made.hexdigest(), bytes(kept), size


def _listed(content: bytes) -> dict[str, str]:
    """The list's names and digests; a line of another form lists nothing."""
    found = {}
    for line in content.decode("ascii", "replace").split("\n")[: MOST_MEMBERS + 1]:
        digest, between, name = line[:64], line[64:66], line[66:]
        if between == "  " and len(digest) == 64 and _safe(name):
            found[name] = digest
    return found
