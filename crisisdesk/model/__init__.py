"""What we talk about. Frozen dataclasses and enums; standard library only.

Every instant is an aware UTC ``datetime``; local time exists only on screen and in published texts.
"""
