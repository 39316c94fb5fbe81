"""The store and the cluster that all pages and routes of this process share, each made when first asked for.

`TANGENTE_STORE` and `TANGENTE_SCHEDULER` say where they are, `TANGENTE_WORKERS` how many workers there are without a scheduler.
"""

from __future__ import annotations

import os
import threading

from core.store import RunStore, default_url
from core.workers.cluster import Cluster
from dashboard.server import batches

_lock = threading.RLock()
_stores: dict[str, RunStore] = {}
_clusters: dict[tuple[str, str | None], Cluster] = {}


def store() -> RunStore:
    """The store; raises `InputError` where there is none to be had."""
    url = os.environ.get("TANGENTE_STORE") or default_url()
    with _lock:
        if url not in _stores:
            _stores[url] = RunStore(url)
        return _stores[url]


def cluster() -> Cluster:
    """The cluster, which starts in the background at the first call; raises `InputError` where it cannot be had with this store."""
    place = store().url, os.environ.get("TANGENTE_SCHEDULER") or None
    with _lock:
        if place not in _clusters:
            made = Cluster(*place, workers=int(os.environ.get("TANGENTE_WORKERS") or 0) or None)
            made.start()
            _clusters[place] = made
        return _clusters[place]


def close() -> None:
    """End all errands, and every cluster that this process has started; their runs stay in the store, to be taken up again."""
    batches.close()
    with _lock:
        while _clusters:
            _clusters.popitem()[1].close()
