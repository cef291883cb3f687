"""Everything that is data: playbooks, scenarios, sentences, themes, lexicons, templates, icons."""

from __future__ import annotations

from importlib.resources import files as _files
from importlib.resources.abc import Traversable


def files(*parts: str) -> Traversable:
    """The resource at ``parts`` below this package, such as ``files("playbooks", "caida-de-servicio.yaml")``."""
    return _files(__name__).joinpath(*parts)
