# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this collection needs of one cluster, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from .._core.objects import Kind, Object, Ref


class Api(Protocol):
    """One context. Every method raises a `ClusterError` that names the context."""

    context: str
    date: str  # when the last answer was given, by the server's clock, as HTTP writes it; empty before the first

    def read(self, path: str, query: Mapping[str, str] | None = None) -> Object:
        """The JSON at a path such as ``/version``. Raises `Absent` on 404."""

    def find_kind(self, api_version: str, kind: str) -> Kind | None:
        """Where a kind is served, by discovery for kinds that are not well known; None when it is not served."""

    def get(self, ref: Ref) -> Object | None:
        """One object; None when it, or its kind, is not there."""

    def list(self, kind: Kind, namespace: str = "", labels: Mapping[str, str] | None = None) -> Sequence[Object] | None:
        """The objects of a kind, in all namespaces when `namespace` is empty; None when the kind is not served."""

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Server-side apply under our field manager, unknown fields refused.

        Raises `Conflict` naming the other field manager and the fields, unless `force` takes them over.
        """

    def create(self, path: str, body: Object, *, dry_run: bool = False) -> Object:
        """POST to a path: reviews, token requests, and probes of admission. Not retried."""

    def send(self, path: str, body: Object) -> None:
        """POST to what is behind the API server's proxy, whose answer need not be JSON. Not retried."""

    def merge(self, ref: Ref, patch: Object, *, subresource: str = "") -> Object:
        """A JSON merge patch: to remove what another field manager wrote, or to write a `status`. Raises `Absent`."""

    def delete(self, ref: Ref, *, alone: str = "") -> bool:
        """Asks for removal; False when it was not there.

        With `alone`, a resource version: only the object of exactly that version, and its dependents stay. Raises `Overtaken`
        when it has another version by now.
        """
