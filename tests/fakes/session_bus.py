"""A D-Bus session of its own that starts nothing by itself: who asks for the keyring early must not get another one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_CONFIG: Final = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def without_services(folder: Path) -> str:
    """The option for ``dbus-run-session``; its configuration lies in ``folder``."""
    path = folder / "bus.conf"
    path.write_text(_CONFIG, "utf-8")
    return f"--config-file={path}"
