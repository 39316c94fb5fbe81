"""Computations on an NVIDIA GPU recorded once as CUDA graphs and played back.

That is one launch in the place of hundreds, each of which costs the processor more than so small a network costs the GPU.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import torch

WARM = 3
"""Times that something is computed step by step before it is recorded, on a stream of its own, as capturing asks for."""

Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Recordings:
    """Recordings of what is computed again and again on `device`, by a key; other devices compute it as it comes.

    Results are tensors, or tuples of them, and are copied out of the recording's memory.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._found: dict[Hashable, Recording] = {}
        self._inside = False

    def forget(self, *keys: Hashable) -> None:
        """Record these anew, or all: the memory is no longer that of before."""
        for key in keys or list(self._found):
            self._found.pop(key, None)

    def play(self, key: Hashable, take: Callable[[], Result]) -> Result:
        """The result of `take`; within another recording the computation becomes a part of that one."""
        if self._device.type != "cuda" or self._inside:
            return take()
        self._inside = True
        try:
            if key not in self._found:
                self._found[key] = Recording(self._device)
            result: Result = self._found[key].play(take)
        finally:
            self._inside = False
        return result


class Recording:
    """One computation on `device`."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)
        self._taken = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._refused = False
        self._result: Any = None

    def play(self, take: Callable[[], Any]) -> Any:
        """Compute it, by the graph once there is one."""
        if self._graph is None and not self._refused and self._taken >= WARM:
            self._record(take)
        if self._graph is not None:
            self._graph.replay()
            return _copied(self._result)
        self._taken += 1
        self._stream.wait_stream(torch.cuda.current_stream(self._stream.device))
        with torch.cuda.stream(self._stream):
            result = take()
        torch.cuda.current_stream(self._stream.device).wait_stream(self._stream)
        return result

    def _record(self, take: Callable[[], Any]) -> None:
        """Record a step without computing it; one that cannot be recorded is computed operation by operation from now on."""
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self._stream):
                self._result = take()
        except RuntimeError as error:
            log.warning("A step could not be recorded as a CUDA graph: %s", error)
            self._refused, self._result = True, None
            return
        self._graph = graph


def _copied(result: Any) -> Any:
    return tuple(part.clone() for part in result) if isinstance(result, tuple) else result.clone()
