# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an error in a K8ssandraCluster's status is final: the operator reports transient ones while clusters settle."""

from __future__ import annotations

from dataclasses import dataclass

# Seconds for which the same text has to stand.
ERROR_PATIENCE = 60.0

# What waiting can mend, whatever else the text says: webhooks of operators that restart, and clusters that cannot be reached.
_MENDABLE = (
    "failed calling webhook", "connection refused", "connection reset", "no route to host", "i/o timeout", "context deadline exceeded",
    "no endpoints available", "tls handshake timeout", "the object has been modified", "no such host",
)  # fmt: skip
# What it cannot, with advice. Sources: k8ssandra-operator v1.26.0 (controllers/k8ssandra, pkg/clientcache, pkg/cassandra), API servers.
_FINAL = {
    "denied the request": "change the definition as the webhook's message asks",
    "is forbidden: violates": "change the definition, or the policy that refuses it",
    "exceeded quota": "raise the quota, or ask for less",
    "is immutable": "restore the old value; it cannot be changed",
    "cannot be changed": "restore the old value; it cannot be changed",
    "is invalid:": "correct the field that the message names",
    "invalid value": "correct the field that the message names",
    "invalid cassandra config": "correct the Cassandra settings that the message names",
    "no known client for context-name": "register that context, then wait for the operator's restart",
    "cannot add a datacenter in stopped state": "start the new datacenter first; stop it once it is rebuilt",
    "tried to change num_tokens": "restore the old value; it cannot be changed",
    "still has replicas": "alter that keyspace so that it has no replicas in the datacenter that goes",
    "rebuild error: src dc": "name a ready datacenter other than the new one as the source of the rebuild",
    "local' storage cannot have multiple instances": "give Reaper Cassandra storage, or the deployment mode SINGLE",
    "is missing required kubeconfig property": "register that context again",
}


@dataclass(frozen=True)
class ErrorPatience:
    """How long the same error has stood. A value: every look gives the next one.

    Args:
        error: the text seen last; empty when there was none.
        since: when it was first seen, in seconds of whatever clock the caller looks at.
        now: when it was last seen.
    """

    error: str = ""
    since: float = 0.0
    now: float = 0.0

    def look(self, error: str, now: float) -> ErrorPatience:
        """The next value, after one more look at `status.error`; "None" is upstream's word for no error."""
        text = "" if error == "None" else error
        return ErrorPatience(text, self.since if text and text == self.error else now, now)

    @property
    def advice(self) -> str:
        """What to do about an error that is of a final kind; empty for any other."""
        if not self.error or any(words in self.error.lower() for words in _MENDABLE):
            return ""
        return next((advice for words, advice in _FINAL.items() if words in self.error.lower()), "")

    @property
    def hopeless(self) -> bool:
        """Whether the error is of a kind that cannot mend itself, and has stood for long enough."""
        return bool(self.advice) and self.now - self.since >= ERROR_PATIENCE
