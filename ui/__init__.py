"""The window: what a person sees and presses. It knows the desk; the desk does not know it."""

from __future__ import annotations
