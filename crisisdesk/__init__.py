"""The desk: CrisisDesk's core, importable, usable and tested without Qt."""

__version__ = "0.1.0"
