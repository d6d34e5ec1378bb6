"""A small file system of the rig's own for PostgreSQL, so that its disk can be full and nobody else's."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SIZE = "1g"


def mount(folder: Path) -> str | None:
    """Mounts a tmpfs there; answers why it cannot, or None where it could."""
    program = shutil.which("mount")
    if program is None:
        return "there is no mount on this machine"
    if os.geteuid() != 0:
        return "only root may mount a file system"
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [program, "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    return None if done.returncode == 0 else f"mount refuses: {done.stderr.strip()}"


def unmount(folder: Path) -> None:
    program = shutil.which("umount")
    assert program is not None
    subprocess.run([program, "--lazy", str(folder)], capture_output=True)
