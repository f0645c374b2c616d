"""Every difference between upstream's distribution and ours that is meant, each with its reason. There is no other list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .support.comparison import MISSING, REMOVED, Difference


@dataclass(frozen=True)
class Accepted:
    """Differences of some kinds of objects at paths that match a pattern; an empty path is the whole object."""

    kinds: str
    path: str
    reason: str
    input: str = ""  # the only input in which it may be; empty is any
    theirs: object = ""  # what the operator has, when that is not free
    ours: object = ""  # what we have, when that is not free
    apart_from: str = ""  # what may differ in a text of both sides; empty is all

    def covers(self, found: Difference) -> bool:
        here = self.input in ("", found.input.partition(" ")[0]) and self.theirs in ("", found.theirs) and self.ours in ("", found.ours)
        here = here and found.kind in self.kinds.split() and bool(re.fullmatch(self.path, found.path))
        if not here or not self.apart_from:
            return here
        theirs, ours = (re.sub(self.apart_from, "", str(each)) for each in (found.theirs, found.ours))
        return theirs == ours


# Fields of Kubernetes' and Prometheus' types whose zero is what they are without it: Go cannot tell the two apart, and leaves it out.
_ZERO = (
    "tty stdin stdinOnce readOnly initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold hostPort"
    " containerPort hostNetwork hostPID hostIPC chapAuthDiscovery chapAuthSession partition sslEnabled modulus"
)
_HASH = re.escape("metadata.annotations.k8ssandra.io/resource-hash")

ACCEPTED = (
    Accepted(
        "CassandraDatacenter CronJob Reaper ServiceMonitor CassandraTask",
        _HASH,
        "It is a hash over the text of upstream's Go types, which only their program can compute. Nobody but upstream's operator reads it, "
        "and one that finds none, or another, writes its own without a change to the spec.",
    ),
    Accepted(
        "EndpointSlice",
        re.escape("metadata.annotations.cassandra.datastax.com/resource-hash"),
        "A hash over Go types again, by which upstream finds drift; we compare the object itself.",
    ),
    Accepted("CassandraTask", re.escape("spec.scheduledTime"), "The time of the run."),
    Accepted(
        "CassandraDatacenter",
        re.escape("spec.podTemplateSpec.metadata.annotations.k8ssandra.io/per-node-config-hash"),
        "Upstream hashes the user's ConfigMap as it is stored, with UID, version and managed fields: a restart after every touch of it.",
        input="single-dc-per-node-config",
    ),
    Accepted(
        "ConfigMap",
        "",
        "Upstream labels the user's per-node ConfigMap, so that its controller wakes when it changes; we have none, and leave it alone.",
        input="single-dc-per-node-config",
        theirs="there",
    ),
    Accepted(
        "CronJob",
        r"spec\.jobTemplate\.spec\.template\.spec\.containers\[0\]\.command\[2\]",
        "Upstream's purge looks for the datacenter under the name that Cassandra has for it, and, when its namespace is the cluster's, in "
        "the operator's: there is none, and nothing is ever purged. Ours names the CassandraDatacenter where it is.",
        apart_from=r"namespace: \S+?(?=\\n)|cassandraDatacenter: \S+?(?=\\n)",
    ),
    Accepted(
        "Secret",
        "",
        "A Secret that people label for replication is copied out of the control plane's cluster. Without a control plane there is no such "
        "place: people put it where its datacenters are.",
        input="multi-dc-cluster-scope",
    ),
    Accepted(
        "Reaper",
        "",
        "Upstream leaves a cluster's own Reaper where it is when the definition names somebody else's: from then on two repair the same "
        "nodes. Ours removes what the definition does not want any more, as upstream does when `reaper` goes.",
        input="reaper-control-plane",
        ours=REMOVED,
    ),
    Accepted(
        "CronJob",
        "",
        "Upstream leaves the purge of backups where it is when Medusa goes: each night it asks nodes that have no Medusa any more, and "
        "fails. Ours removes it, as upstream does when `purgeBackups` is switched off.",
        ours=REMOVED,
    ),
    Accepted(
        "CassandraDatacenter Reaper",
        rf"spec\..*\.({'|'.join(_ZERO.split())})",
        "The user wrote the value that the field has anyway; upstream's Go types forget it, ours keep what was written. Whoever reads the "
        "object with Kubernetes' types sees the same.",
        theirs=MISSING,
    ),
    Accepted(
        "ServiceMonitor",
        r"spec\.selector\.matchExpressions\[0\]\.values\[0\]",
        "Upstream selects Services by the name of the definition; they are labelled with the name of the Cassandra cluster, so with a "
        "`clusterName` nothing is scraped. Ours selects by the label that the Services have.",
    ),
    Accepted(
        "Reaper",
        re.escape("spec.httpManagement.enabled"),
        "The definition turns HTTP management off, and both sides open JMX on the nodes for Reaper. Upstream's Go types lose the `false` "
        "on the way, the CRD's default turns it on again, and JMX stays open for nobody. Ours says what the definition says.",
        theirs=True,
    ),
)


def covering(found: Difference) -> Accepted | None:
    """The row that a difference is meant by; None when it is not meant."""
    return next((row for row in ACCEPTED if row.covers(found)), None)
