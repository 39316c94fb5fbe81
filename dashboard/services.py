"""The store and the cluster that all pages and routes of this process share.

`TANGENTE_STORE` and `TANGENTE_SCHEDULER` say where they are. The server starts the cluster before the first visitor comes; elsewhere (a test
of a page) it starts when first asked for.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import Future

from core.cluster import Cluster
from core.store import RunStore, default_url

_lock = threading.Lock()
_stores: dict[str, RunStore] = {}
_clusters: dict[tuple[str, str | None], Future[Cluster]] = {}


def store() -> RunStore:
    """The store, opened when first asked for."""
    url = os.environ.get("TANGENTE_STORE") or default_url()
    with _lock:
        if url not in _stores:
            _stores[url] = RunStore(url)
        return _stores[url]


def cluster() -> Cluster:
    """The cluster, once it is ready; raises what its start raised."""
    return start_cluster().result()


def start_cluster() -> Future[Cluster]:
    """The cluster that is being started, in the background, and at most once."""
    place = (os.environ.get("TANGENTE_STORE") or default_url(), os.environ.get("TANGENTE_SCHEDULER") or None)
    with _lock:
        if place not in _clusters:
            _clusters[place] = Future()
            threading.Thread(target=_start, args=(place, _clusters[place]), name="cluster-start", daemon=True).start()
        return _clusters[place]


def close() -> None:
    """End every cluster that this process has started."""
    with _lock:
        started = list(_clusters.values())
        _clusters.clear()
    for future in started:
        if future.exception() is None:
            future.result().close()


def _start(place: tuple[str, str | None], future: Future[Cluster]) -> None:
    try:
        made = Cluster(place[0], scheduler=place[1])
        made.start()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(made)
