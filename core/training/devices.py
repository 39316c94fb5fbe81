"""The devices that this process can compute on, by name and label."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from pathlib import Path

import torch

from core.errors import RunError


@cache
def labels() -> dict[str, str]:
    """Each device's name and what its maker calls it: `cpu`, `cuda:0`, …, `mps`."""
    found = {"cpu": _processor()}
    if torch.cuda.is_available():
        found |= {f"cuda:{index}": torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())}
    if torch.backends.mps.is_available():
        found["mps"] = f"{_processor()} GPU"
    return found


def torch_device(name: str) -> torch.device:
    """The device called `name`; raises `RunError` where this process has none of that name, never takes another."""
    if name not in labels():
        raise RunError("device-missing", device=name, present=", ".join(f"{known} ({label})" for known, label in labels().items()))
    return torch.device(name)


def _processor() -> str:
    """The processor's model, as well as the operating system knows it."""
    system = platform.system()
    if system == "Linux":
        for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    if system == "Darwin":
        answer = subprocess.run(["sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, check=False)
        if answer.stdout.strip():
            return answer.stdout.strip()
    return platform.processor() or platform.machine()
