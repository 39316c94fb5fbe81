"""An experiment as somebody asks for it: a problem of the library or a file by its name, with settings on top."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from core.errors import InputError, Position
from core.experiment.experiment import HYPERPARAMETERS, Experiment
from core.experiment.making import experiment_from_table, experiment_of
from core.experiment.presets import SHARP
from core.files import toml
from core.files.sheet import MAX_BYTES
from core.problem.reading.reading import load

Numbers = Mapping[str, float]


def asked(name: str, settings: Mapping[str, Any], values: Numbers, weights: Numbers, preset: str = SHARP) -> Experiment:
    """The experiment of a problem of the library, or of the file `name`, with these settings, values and weights in place of its own.

    What nobody says comes from the preset. Raises `InputError`, with the place in the file where it lies in one.
    """
    path = Path(name)
    if path.suffix != ".toml" and not path.is_file():
        return experiment_of(load(name), values, settings, weights, preset)
    table = _read(path)
    network, training = dict(table.get("network", {})), dict(table.get("training", {}))
    for setting, value in settings.items():
        section = HYPERPARAMETERS[setting].section if setting in HYPERPARAMETERS else "training"
        {"network": network, "training": training}[section][setting] = value
    training["weights"] = {**training.get("weights", {}), **weights}
    return experiment_from_table(
        {**table, "network": network, "training": training, "values": {**table.get("values", {}), **values}},
        file=str(path),
        files=partial(_beside, path.parent),
        preset=preset,
    )


def _beside(folder: Path, name: str) -> bytes:
    """The beginning of a file that an experiment file names, one byte more than data may have."""
    try:
        with (folder / name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise InputError("cannot-read", at=Position(file=name), reason=getattr(error, "strerror", None) or str(error)) from None


def _read(path: Path) -> dict[str, Any]:
    """The tables of an experiment file; raises `InputError` where it cannot be read."""
    try:
        with path.open("rb") as file:
            size, data = os.fstat(file.fileno()).st_size, file.read(toml.MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise InputError("cannot-read", at=Position(file=str(path)), reason=getattr(error, "strerror", None) or str(error)) from None
    if size > toml.MAX_BYTES:
        raise InputError("file-too-large", at=Position(file=str(path)), size=size, limit=toml.MAX_BYTES)
    return toml.read(toml.decode(data, file=str(path)), file=str(path))
