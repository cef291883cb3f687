"""Why the system or a library refused, as a kind that both languages have a sentence for.

The system speaks English («No such file or directory»), or the language of the machine, never the reader's choice; so
its words go to the log only. :func:`fault_of` is the one place that reads an error's number or type, and
``resources/i18n/*/faults.toml`` says each kind. A :class:`~crisisdesk.texts.Texts` tells a field that is a fault.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final

_NUMBERS: Final = {
    "missing": ("ENOENT",),
    "denied": ("EACCES", "EPERM"),
    "folder": ("EISDIR",),
    "no_folder": ("ENOTDIR",),
    "exists": ("EEXIST",),
    "not_empty": ("ENOTEMPTY",),
    "full": ("ENOSPC", "EDQUOT"),
    "read_only": ("EROFS",),
    "long_name": ("ENAMETOOLONG",),
    "busy": ("EBUSY", "ETXTBSY", "EAGAIN", "EDEADLK", "ENOLCK"),
    "many_open": ("EMFILE", "ENFILE"),
    "large": ("EFBIG", "EOVERFLOW"),
    "disk": ("EIO", "ESTALE", "EREMOTEIO"),
    "gone": ("ENXIO", "ENODEV", "EBADF"),
    "circle": ("ELOOP",),
    "unfit": ("EINVAL", "EILSEQ", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV"),
    "memory": ("ENOMEM",),
    "slow": ("ETIMEDOUT",),
    "no_answer": ("ECONNREFUSED", "EHOSTUNREACH", "EHOSTDOWN"),
    "no_network": ("ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"),
    "cut_off": ("ECONNRESET", "ECONNABORTED", "EPIPE", "ENOTCONN", "ESHUTDOWN"),
    "port_taken": ("EADDRINUSE",),
}
_BY_NUMBER: Final = {
    getattr(errno, name): kind for kind, names in _NUMBERS.items() for name in names if hasattr(errno, name)
}
_LOCKED_BY_ANOTHER: Final = (32, 33)
"""Windows: a sharing or a lock violation, which it reports as «no permission»."""

_TYPES: Final = {
    "BadZipFile": "no_zip",
    "LargeZipFile": "large",
    "UnicodeDecodeError": "no_text",
    "UnicodeEncodeError": "unfit",
    "JSONDecodeError": "no_json",
    "EOFError": "short",
    "MemoryError": "memory",
    "RecursionError": "deep",
    "NotImplementedError": "unfit",
    "TimeoutError": "slow",
    "gaierror": "no_host",
    "SSLError": "no_tls",
}
_DAMAGED: Final = ("zlib.error", "struct.error", "binascii.Error", "_csv.Error", "lzma.LZMAError")

KINDS: Final = (
    *_NUMBERS,
    *("no_zip", "no_text", "no_json", "short", "deep", "no_host", "no_tls", "damaged", "password"),
    *("yaml_colon", "yaml_indent", "yaml_sign", "yaml_name", "yaml", "other"),
)
"""Every kind of fault; ``other`` names the error by its ``name``."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, to be told in the reader's language.

    Attributes:
        kind: one of :data:`KINDS`.
        name: the error's own short name for the log and for ``other``: ``ENOTTY``, ``BadZipFile``.
    """

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.name})" if self.name else self.kind


def fault_of(error: BaseException) -> Fault:
    """The fault of an error of the system or of a library; its words are not looked at, but for «password»."""
    name = type(error).__name__
    for one in type(error).__mro__:
        if one.__name__ in _TYPES:
            return Fault(_TYPES[one.__name__], name)
        if f"{one.__module__}.{one.__name__}" in _DAMAGED:
            return Fault("damaged", name)
    if isinstance(error, OSError):
        number = error.errno or 0
        if getattr(error, "winerror", 0) in _LOCKED_BY_ANOTHER:
            return Fault("busy", name)
        short = errno.errorcode.get(number, name)
        return Fault(_BY_NUMBER.get(number, "other"), short)
    if isinstance(error, RuntimeError) and "password" in str(error):
        return Fault("password", name)  # zipfile's way to say «encrypted»
    return Fault("unfit" if isinstance(error, ValueError) else "other", name)


_YAML: Final = {
    "mapping values are not allowed": "yaml_colon",
    "could not find expected ':'": "yaml_colon",
    "expected ':'": "yaml_colon",
    "block end": "yaml_indent",
    "expected <document start>": "yaml_indent",
    "indentation": "yaml_indent",
    "expected ',' or": "yaml_sign",
    "cannot start any token": "yaml_sign",
    "escape character": "yaml_sign",
    "unexpected end": "yaml_sign",
    "undefined alias": "yaml_name",
    "duplicate anchor": "yaml_name",
    "undefined tag handle": "yaml_name",
}


def yaml_fault(problem: str) -> Fault:
    """What a YAML parser's ``problem`` means for who mends the file; one of the ``yaml`` kinds."""
    return Fault(next((kind for words, kind in _YAML.items() if words in problem), "yaml"))
