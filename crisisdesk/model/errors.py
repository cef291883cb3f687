"""The exception tree. Everything CrisisDesk raises on purpose descends from :class:`CrisisDeskError`.

::

    CrisisDeskError
    ├── InputError            what a person or a file gave us cannot be used
    │   ├── PlaybookError     a playbook with at least one finding that blocks
    │   ├── ScenarioError     a scenario file that cannot be played
    │   └── ImportFileError   a file of mentions that cannot be read at all
    ├── StepError             a legal-state rule says no (publish with an empty field, keep a broken promise…)
    ├── NotFoundError         no such incident, draft, alert…
    ├── StoreError            the data file cannot be opened, read or written
    │   ├── StoreBusyError    another program is writing to it
    │   ├── StoreFullError    the disk is full
    │   ├── StoreNewerError   made by a newer CrisisDesk
    │   └── NotOurFileError   not a CrisisDesk file, empty, or damaged
    ├── WebError              a source could not be fetched
    │   ├── AuthError         it wants (new) credentials
    │   ├── RateLimitedError  it asked us to wait (``retry_at``)
    │   ├── TransientError    worth trying again later
    │   ├── RefusedError      we refuse: too large, too slow, a private address, a bad redirect
    │   ├── CursorInvalidError  the source no longer knows where we were: a gap, and a new beginning
    │   ├── AmbiguousError    a write whose outcome is unknown: look before writing again
    │   └── PermanentError    gone, or an answer we cannot use
    │       └── NotAllowedError  the platform's rules refuse this reply: offer the link
    └── VaultError            the OS keyring cannot give or keep a secret

An error carries the *key* of its sentence (``resources/i18n/*/errors.toml``) and the fields of that sentence, so
that it can be told in the reader's language: what is wrong, where, and how to mend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crisisdesk.model.finding import Finding


class CrisisDeskError(Exception):
    """Root of every error that CrisisDesk raises on purpose.

    Args:
        key: the sentence's key in ``errors.toml``, such as ``"draft.empty_field"``.
        fields: values for the sentence's placeholders.
    """

    def __init__(self, key: str, **fields: object) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key + (f" {fields}" if fields else ""))


class InputError(CrisisDeskError):
    """What a person or a file gave us cannot be used."""


class PlaybookError(InputError):
    """A playbook with at least one finding that blocks; ``findings`` holds all of them."""

    def __init__(self, key: str, findings: Sequence[Finding], **fields: object) -> None:
        super().__init__(key, **fields)
        self.findings = tuple(findings)


class ScenarioError(InputError):
    """A scenario file that cannot be played."""


class ImportFileError(InputError):
    """A file of mentions that cannot be read at all."""


class StepError(CrisisDeskError):
    """A rule about legal steps says no."""


class NotFoundError(CrisisDeskError):
    """There is no such thing in the data file."""


class StoreError(CrisisDeskError):
    """The data file cannot be opened, read or written."""


class StoreBusyError(StoreError):
    """Another program is writing to the data file."""


class StoreFullError(StoreError):
    """The disk is full; nothing that was saved is lost."""


class StoreNewerError(StoreError):
    """The data file was made by a newer CrisisDesk."""


class NotOurFileError(StoreError):
    """The file is not a CrisisDesk data file, is empty, or is damaged."""


class WebError(CrisisDeskError):
    """A source could not be fetched."""


class AuthError(WebError):
    """The source wants (new) credentials."""


class RateLimitedError(WebError):
    """The source asked us to wait until ``retry_at``."""

    def __init__(self, key: str, retry_at: datetime, **fields: object) -> None:
        super().__init__(key, retry_at=retry_at, **fields)
        self.retry_at = retry_at


class TransientError(WebError):
    """Worth trying again later; ``retry_at`` is set when the source said when."""

    def __init__(self, key: str, retry_at: datetime | None = None, **fields: object) -> None:
        super().__init__(key, **fields)
        self.retry_at = retry_at


class RefusedError(WebError):
    """We refuse: too large, too slow, a private address, a bad redirect."""


class PermanentError(WebError):
    """Gone, or an answer that we cannot use."""


class NotAllowedError(PermanentError):
    """The platform's rules refuse this reply (not summoned, a window that closed): offer the link instead."""


class CursorInvalidError(WebError):
    """The source no longer knows the cursor: the watch notes a gap and begins again."""


class AmbiguousError(WebError):
    """A write whose outcome is unknown; nothing is sent again before somebody has looked."""


class VaultError(CrisisDeskError):
    """The OS keyring cannot give or keep a secret."""
