"""The lab's own controller, one process per cluster: add-ons, certificates as cert-manager gives them, volumes.

It looks at everything again after any change, so that it needs no order and no memory. Argument: the cluster's name.
"""

from __future__ import annotations

import sys
import threading
import time
from http.client import NOT_FOUND, HTTPException

from . import addons, certificates, volumes
from .api import METADATA_ONLY, Api, ApiError, Object
from .layout import Lab

_CERTIFICATES = "/apis/cert-manager.io/v1"
_ADMISSION = "/apis/admissionregistration.k8s.io/v1"
_PAUSE = 1.0  # seconds before a watch that failed is opened again


class Watched:
    """The objects of one kind as last seen, kept up to date by a thread of its own."""

    def __init__(self, api: Api, path: str, changed: threading.Event, *, fields: str = "", accept: str = "application/json") -> None:
        self._api, self._path, self._changed, self._fields, self._accept = api, path, changed, fields, accept
        self._objects: dict[str, Object] = {}
        self._said = ""
        self._lock = threading.Lock()
        threading.Thread(target=self._follow, daemon=True).start()

    def all(self) -> list[Object]:
        with self._lock:
            return list(self._objects.values())

    def _follow(self) -> None:
        while True:
            try:
                for news in self._api.watch(self._path, fields=self._fields, accept=self._accept):
                    self._take(news)
                    self._changed.set()
            except (OSError, HTTPException, ApiError, ValueError) as error:
                self._say(f"watching {self._path}: {error}")
                if isinstance(error, ApiError) and error.status == NOT_FOUND:
                    self._take([])  # a kind that is not there yet, or no more, has no objects
                time.sleep(_PAUSE)

    def _say(self, text: str) -> None:
        # A kind may be missing for as long as nobody installs it.
        if text != self._said:
            _log(text)
        self._said = text

    def _take(self, news: list[Object] | Object) -> None:
        with self._lock:
            if isinstance(news, list):
                self._objects = {found["metadata"]["uid"]: found for found in news}
            elif news["type"] == "ERROR":
                raise ValueError(f"the watch has to begin anew: {news['object'].get('message')}")
            elif news["type"] == "DELETED":
                self._objects.pop(news["object"]["metadata"]["uid"], None)
            else:
                self._objects[news["object"]["metadata"]["uid"]] = news["object"]


def serve(api: Api, lab: Lab, cluster_name: str) -> None:
    """Answer changes for ever. Raises OSError or ApiError when the add-ons cannot be applied: PID 1 starts us again."""
    cluster = lab.cluster(cluster_name)
    addons.apply(api, cert_manager=lab.machines[cluster_name].cert_manager)
    changed = threading.Event()
    issuers = [Watched(api, f"{_CERTIFICATES}/{kind}", changed) for kind in ("issuers", "clusterissuers")]
    wanted = Watched(api, f"{_CERTIFICATES}/certificates", changed)
    secrets = Watched(api, "/api/v1/secrets", changed, fields="type=kubernetes.io/tls")
    kinds = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations")
    webhooks = {kind: Watched(api, f"{_ADMISSION}/{kind}", changed) for kind in kinds}
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    definitions = Watched(api, crds, changed, accept=METADATA_ONLY)
    claims = Watched(api, "/api/v1/persistentvolumeclaims", changed)
    pieces = Watched(api, "/api/v1/persistentvolumes", changed)
    while True:
        changed.wait()
        changed.clear()
        try:
            ready = [issuer for kind in issuers for issuer in kind.all()]
            certificates.answer(api, ready, wanted.all(), secrets.all())
            for kind, found in webhooks.items():
                certificates.inject_into_webhooks(api, f"{_ADMISSION}/{kind}", found.all(), wanted.all(), secrets.all())
            certificates.inject_into_definitions(api, crds, definitions.all(), wanted.all(), secrets.all())
            volumes.answer(api, cluster, claims.all(), pieces.all())
        except (OSError, HTTPException, ApiError) as error:
            # What is refused now (a namespace that goes away, a write overtaken by another) is looked at again.
            _log(f"answering: {error}")
            time.sleep(_PAUSE)
            changed.set()
        time.sleep(0.1)  # changes come in bursts: one look for many


def _log(text: str) -> None:
    print(time.strftime("%H:%M:%S"), text, flush=True)


def main() -> None:
    lab = Lab.load()
    cluster = lab.cluster(sys.argv[1])
    serve(Api(cluster, host="127.0.0.1"), lab, cluster.name)


if __name__ == "__main__":
    main()
