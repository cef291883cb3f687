"""The pages of the window, one file each; a page knows no other page."""

from __future__ import annotations
