# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that upstream derives from other names, and the names that we give to client configs.

Sources: k8ssandra-operator v1.26.0 and cass-operator v1.28.0 (`apis/cassandra/v1beta1/cassandradatacenter_types.go`,
`pkg/reconciliation/construct_statefulset.go`), k8s.io/apimachinery `pkg/util/validation`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

DNS_LABEL_LENGTH = 63
# cass-operator and the webhook leave room for the pod's ordinal: `validateStatefulsetNameSize`, k8ssandracluster_webhook.go.
STATEFULSET_LENGTH = 60

_DNS1035_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_DNS1123_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")

# Short enough that a name built on it, such as `<name>-kubeconfig`, still fits in a DNS label.
_CLIENT_CONFIG_LENGTH = 50
_HASH_LENGTH = 8
_LOOKS_HASHED = re.compile(rf".*-[0-9a-f]{{{_HASH_LENGTH}}}")


def _joined_matches(pattern: re.Pattern[str], text: str) -> str:
    return "".join(match.group() for match in pattern.finditer(text))


def clean_reaper_name(cluster: str, datacenter: str) -> str:
    """The name of a datacenter's Reaper, of the names by which Cassandra knows both.

    Source: `DefaultResourceName`, k8ssandra-operator v1.26.0 `pkg/reaper/resource.go`.
    """
    return clean_for_kubernetes(f"{cluster}-{datacenter}-reaper")


def cassandra_name(entry: Mapping[str, Any]) -> str:
    """What Cassandra calls a datacenter of a K8ssandraCluster, by its entry there."""
    return str(entry.get("datacenterName") or entry["metadata"]["name"])


def is_dns1035_label(name: str) -> bool:
    """Whether `name` is a DNS-1035 label: at most 63 of a-z, 0-9 and '-', a letter first, no '-' last."""
    return len(name) <= DNS_LABEL_LENGTH and _DNS1035_LABEL.fullmatch(name) is not None


def is_dns1123_label(name: str) -> bool:
    """Whether `name` can be that of a Namespace: at most 63 of a-z, 0-9 and '-', a letter or digit first and last."""
    return len(name) <= DNS_LABEL_LENGTH and "." not in name and _DNS1123_SUBDOMAIN.fullmatch(name) is not None


def clean_for_kubernetes(name: str) -> str:
    """`name` as upstream writes it into object names; may be empty, is never shortened.

    Source: `CleanupForKubernetes`, cass-operator v1.28.0 `cassandradatacenter_types.go`.
    """
    if is_dns1035_label(name):
        return name
    return _joined_matches(_DNS1035_LABEL, name.lower().replace("_", "-"))


def clean_subdomain(name: str) -> str:
    """`name` of a rack as upstream writes it into object names; unlike a label it may start with a digit and hold dots.

    Source: `CleanupSubdomain`, cass-operator v1.28.0 `cassandradatacenter_types.go`.
    """
    if len(name) <= 253 and _DNS1123_SUBDOMAIN.fullmatch(name):
        return name
    return _joined_matches(_DNS1123_SUBDOMAIN, name.lower().replace("_", "-"))


def clean_label_value(value: str) -> str:
    """`value` as upstream writes it into labels: keeps capitals, '_' and '.'.

    Source: `CleanLabelValue`, cass-operator v1.28.0 `cassandradatacenter_types.go`.
    """
    return _joined_matches(_LABEL_VALUE, value.replace(" ", ""))


def statefulset_name(cassandra_cluster: str, datacenter: str, rack: str = "default") -> str:
    """The StatefulSet of one rack. `datacenter` is the object's name; a datacenter without racks has the rack `default`.

    Source: `NewNamespacedNameForStatefulSet`, cass-operator v1.28.0 `construct_statefulset.go`.
    """
    return f"{clean_for_kubernetes(cassandra_cluster)}-{clean_for_kubernetes(datacenter)}-{clean_subdomain(rack)}-sts"


def service_names(cassandra_cluster: str, datacenter: str) -> tuple[str, ...]:
    """The Services of one datacenter; the first is shared by all datacenters of the cluster in its namespace.

    Source: `GetSeedServiceName` and its neighbours, cass-operator v1.28.0 `cassandradatacenter_types.go`.
    """
    cluster = clean_for_kubernetes(cassandra_cluster)
    one = f"{cluster}-{clean_for_kubernetes(datacenter)}"
    kinds = ("service", "additional-seed-service", "all-pods-service", "node-port-service")
    return (f"{cluster}-seed-service", *(f"{one}-{kind}" for kind in kinds))


def datacenter_objects(cassandra_cluster: str, datacenter: str, racks: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of StatefulSets and Services that belong to one datacenter alone, as `kind/name`."""
    sets = (f"StatefulSet/{statefulset_name(cassandra_cluster, datacenter, rack)}" for rack in (tuple(racks) or ("default",)))
    return (*sets, *(f"Service/{name}" for name in service_names(cassandra_cluster, datacenter)[1:]))


def superuser_secret_name(cassandra_cluster: str, reference: str = "") -> str:
    """The Secret of the superuser: the one referred to, else `<cluster>-superuser`.

    Source: `SuperuserSecretName`, k8ssandra-operator v1.26.0 `controllers/k8ssandra/secrets.go`.
    """
    return reference or f"{clean_for_kubernetes(cassandra_cluster)}-superuser"


def client_config_name(context: str) -> str:
    """The object name for a kube context: a DNS-1035 label of at most 50 characters, the same on every run.

    A context that is such a name already is kept. Any other, e.g. an EKS ARN, gets a hash of the whole context at its end, so
    that two contexts never share a name; so does one that itself ends like a hash.
    """
    if is_dns1035_label(context) and len(context) <= _CLIENT_CONFIG_LENGTH and not _LOOKS_HASHED.fullmatch(context):
        return context
    digest = hashlib.sha256(context.encode()).hexdigest()[:_HASH_LENGTH]
    words = re.sub(r"[^a-z0-9]+", "-", context.lower()).lstrip("-0123456789")
    kept = words[: _CLIENT_CONFIG_LENGTH - _HASH_LENGTH - 1].rstrip("-")
    return f"{kept or 'context'}-{digest}"
