"""Starts the proof of compiled code in a process of its own: code that is wrong may end its process at the first call, without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from core.errands.surroundings import import_path

PATIENCE = 120.0  # seconds


def fault(code: bytes, precision: str) -> str:
    """The fault of object code on this machine in a few words, "" for none. Raises `OSError` where the proof cannot be carried out."""
    command = [sys.executable, "-m", "core.engines.kernel.proof", precision]
    try:
        done = subprocess.run(
            command, input=code, capture_output=True, timeout=PATIENCE, env={**os.environ, "PYTHONPATH": import_path()}, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise OSError("its test does not end") from error
    if done.returncode in (-signal.SIGTERM, -getattr(signal, "SIGKILL", 9)):
        raise OSError("its test was ended from outside")
    if done.returncode == 0:
        return ""
    told = (done.stdout or done.stderr).decode(errors="replace").strip().splitlines()
    return told[-1] if told else f"its test ended with {-done.returncode if done.returncode < 0 else done.returncode}"
