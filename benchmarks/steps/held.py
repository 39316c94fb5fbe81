"""Steps of a training whose loop belongs to a framework, which is the fastest way through it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue

Tell = Callable[[Callable[[], float]], None]
"""What the framework's loop calls after each step, with what reads the loss."""


class Held:
    """Runs `train` in a thread of its own and holds it between two turns: its loop must call what it is given after each step."""

    def __init__(self, train: Callable[[Tell], None]) -> None:
        self._train = train
        self._asked: SimpleQueue[int] = SimpleQueue()
        self._answers: SimpleQueue[float | BaseException] = SimpleQueue()
        self._left = 0
        threading.Thread(target=self._run, daemon=True).start()

    def __call__(self, count: int) -> float:
        """Take so many steps; the loss of the last."""
        self._asked.put(count)
        answer = self._answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _run(self) -> None:
        self._left = self._asked.get()
        try:
            self._train(self._tell)
            raise RuntimeError("the framework ended the training by itself")
        except BaseException as error:  # for whoever waits
            self._answers.put(error)

    def _tell(self, loss: Callable[[], float]) -> None:
        self._left -= 1
        if self._left == 0:
            self._answers.put(loss())
            self._left = self._asked.get()
