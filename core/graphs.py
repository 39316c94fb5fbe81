"""Steps on an NVIDIA GPU recorded once as a CUDA graph and played back.

That is one launch in the place of hundreds, each of which costs the processor more than so small a network costs the GPU.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import torch
from torch import Tensor

WARM = 3
"""Steps taken one by one before a recording, on a stream of their own, as capturing asks for."""

log = logging.getLogger(__name__)


class Recording:
    """One step that does the same again and again, on `device`, with the memory it has; what it returns is copied out of that."""

    def __init__(self, device: torch.device) -> None:
        self._stream = torch.cuda.Stream(device)
        self._taken = 0
        self._graph: torch.cuda.CUDAGraph | None = None
        self._refused = False
        self._result: Tensor | None = None

    def step(self, take: Callable[[], Tensor]) -> Tensor:
        """Take the step, by the recording once there is one."""
        if self._graph is None and not self._refused and self._taken >= WARM:
            self._record(take)
        if self._graph is not None and self._result is not None:
            self._graph.replay()
            return self._result.clone()
        self._taken += 1
        self._stream.wait_stream(torch.cuda.current_stream(self._stream.device))
        with torch.cuda.stream(self._stream):
            result = take()
        torch.cuda.current_stream(self._stream.device).wait_stream(self._stream)
        return result

    def _record(self, take: Callable[[], Tensor]) -> None:
        """Nothing is computed while a step is recorded; where it cannot be, steps go on one by one."""
        graph = torch.cuda.CUDAGraph()
        try:
            with torch.cuda.graph(graph, stream=self._stream):
                self._result = take()
        except RuntimeError as error:
            log.warning("A step could not be recorded as a CUDA graph: %s", error)
            self._refused, self._result = True, None
            return
        self._graph = graph
