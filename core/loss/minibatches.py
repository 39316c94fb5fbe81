"""Data as PyTorch has them: a `Dataset` of rows, read through a `DataLoader` in batches that are shuffled anew in each epoch.

The order of an epoch is a function of the seed and the number of the epoch, and a step's batch one of the step: nothing needs to be kept to
go on in the middle of an epoch.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from core.data.measured import ORDER, generator
from core.loss.points import Batch


class DataRows(Dataset[Batch]):
    """Rows of data, `points` (n, d) and `values` (n, unknowns); several are taken at once."""

    def __init__(self, points: Tensor, values: Tensor) -> None:
        self._all = Batch(points, values)

    def __len__(self) -> int:
        return len(self._all.points)

    def __getitem__(self, index: int) -> Batch:
        return self.__getitems__(torch.tensor([index]))

    def __getitems__(self, indices: Tensor) -> Batch:
        """The rows of these numbers, (k,): what a `DataLoader` asks for in the place of one row after the other."""
        chosen = indices.to(self._all.points.device)
        return Batch(self._all.points[chosen], self._all.values[chosen])


class Shuffled(Sampler[Tensor]):
    """Batches of `size` of `count` numbers, without end, from batch `start` on; each epoch has its own order, and leaves out the rest."""

    def __init__(self, count: int, size: int, seed: int, start: int) -> None:
        self._count, self._size, self._seed, self._start = count, size, seed, start

    def __iter__(self) -> Iterator[Tensor]:
        each = self._count // self._size  # batches of an epoch
        epoch, place = divmod(self._start, each)
        while True:
            order = torch.from_numpy(generator(self._seed, ORDER, epoch).permutation(self._count))
            yield from order.split(self._size)[place:each]
            epoch, place = epoch + 1, 0


class Minibatches:
    """The batch of each step, counted from 0, of the rows of a data set."""

    def __init__(self, rows: DataRows, size: int, seed: int) -> None:
        self._rows, self._size, self._seed = rows, size, seed
        self._next = -1
        self._batches: Iterator[Batch] = iter(())

    def at_step(self, step: int) -> Batch:
        """The batch of a step; steps in turn cost no more than their rows."""
        if step != self._next:
            self._batches = iter(self._loader(step))
        self._next = step + 1
        return next(self._batches)

    def _loader(self, start: int) -> DataLoader[Batch]:
        """A loader whose own random numbers, which it draws though it needs none, are not those of the training."""
        sampler = Shuffled(len(self._rows), self._size, self._seed, start)
        return DataLoader(self._rows, batch_sampler=sampler, collate_fn=_as_it_is, generator=torch.Generator())  # type: ignore[arg-type]


def _as_it_is(batch: Batch) -> Batch:
    return batch
