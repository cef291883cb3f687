"""The command line's own words in the reader's language: what argparse says in English, said as our errors are."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from crisisdesk.plain import one_line
from crisisdesk.texts import Texts

_WHERE: Final = r"argument (?P<where>[^:]+): "
_SAID: Final = (
    ("required", re.compile(r"the following arguments are required: (?P<what>.+)")),
    ("unknown", re.compile(r"unrecognized arguments: (?P<what>.+)")),
    ("command", re.compile(_WHERE + r"invalid choice: (?P<what>.+) \(choose from (?P<known>'check'.+)\)")),
    ("choice", re.compile(_WHERE + r"invalid choice: (?P<what>.+) \(choose from (?P<known>.+)\)")),
    ("number", re.compile(_WHERE + r"invalid (?:int|float) value: (?P<what>.+)")),
    ("unfit", re.compile(_WHERE + r"invalid .*value: (?P<what>.+)")),
    ("no_value", re.compile(_WHERE + r"expected .+")),
    ("surplus", re.compile(_WHERE + r"ignored explicit argument (?P<what>.+)")),
    ("together", re.compile(_WHERE + r"not allowed with argument (?P<what>.+)")),
    ("ambiguous", re.compile(r"ambiguous option: (?P<what>.+) could match (?P<known>.+)")),
)


class Grammar(argparse.ArgumentParser):
    """A parser whose help and errors are in the language of ``texts``; an error is one sentence and status 2."""

    def __init__(self, texts: Texts, **kwargs: Any) -> None:
        super().__init__(add_help=False, formatter_class=partial(_Help, texts), **kwargs)
        self.texts = texts
        self._positionals.title = texts("cli.usage.arguments")
        self._optionals.title = texts("cli.usage.options")
        self.another: Any = partial(type(self), texts)  # what a command's own parser is made by
        self.add_argument("-h", "--help", action="help", help=texts("cli.usage.help"))

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words that were typed, and leave."""
        told = next(((key, found) for key, said in _SAID if (found := said.fullmatch(message))), None)
        fields = {name: value.replace("'", "") for name, value in told[1].groupdict().items()} if told else {}
        words = self.texts(f"cli.usage.{told[0]}", **fields) if told else message
        self.exit(2, one_line(f"{words} {self.texts('cli.usage.more', command=self.prog)}", 1000) + "\n")


def folder(text: str) -> Path:
    """A folder's path; nothing is none, and not the folder where one happens to be."""
    if not text.strip():
        raise argparse.ArgumentTypeError("expected one argument")
    return Path(text)


class _Help(argparse.HelpFormatter):
    def __init__(self, texts: Texts, prog: str) -> None:
        super().__init__(prog)
        self._texts = texts

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """The first line, with its word in the reader's language."""
        super().add_usage(usage, actions, groups, self._texts("cli.usage.begins") if prefix is None else prefix)
