# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and labels by which the objects of one cluster are known in every data plane.

Source: k8ssandra-operator v1.26.0 `apis/k8ssandra/v1alpha1/constants.go`, `pkg/labels/labels.go`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..names import clean_for_kubernetes
from ..objects import Object
from ..readings import cluster_labels

NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
COMPONENT, MANAGED_BY = "app.kubernetes.io/component", "app.kubernetes.io/managed-by"
CLEANED_UP_BY, CONTROLLER = "k8ssandra.io/cleaned-up-by", "k8ssandracluster-controller"
DATACENTER = "k8ssandra.io/datacenter"
OPERATOR, PRODUCT = "k8ssandra-operator", "k8ssandra"

Labels = dict[str, str]


def cluster_name(definition: Object) -> str:
    """What Cassandra calls the cluster: `clusterName`, else the definition's own name."""
    name: str = definition["spec"]["cassandra"].get("clusterName") or definition["metadata"]["name"]
    return name


def clean_cluster_name(definition: Object) -> str:
    """`cluster_name` as upstream writes it into object names (`SanitizedName`)."""
    return clean_for_kubernetes(cluster_name(definition))


def watched_by(definition: Object) -> Labels:
    """The pair that leads from any object back to its cluster's definition."""
    metadata = definition["metadata"]
    return cluster_labels(metadata["name"], metadata["namespace"])


def cleaned_up_by(definition: Object) -> Labels:
    """What tells that an object goes when its cluster goes."""
    return {CLEANED_UP_BY: CONTROLLER, **watched_by(definition)}


def component(name: str) -> Labels:
    """The usual labels of a part of k8ssandra, e.g. `cassandra`."""
    return {NAME: OPERATOR, PART_OF: PRODUCT, COMPONENT: name}


def overlaid(below: Mapping[str, str] | None, above: Mapping[str, str] | None) -> Labels | None:
    """`above` over `below`, except that an empty value never replaces one; None when both are None.

    Source: the merge of two maps by goalesce, as in `AddCommonLabels`.
    """
    if below is None and above is None:
        return None
    kept = dict(below or {})
    return {**kept, **{key: value for key, value in (above or {}).items() if value or key not in kept}}


def with_common_metadata(definition: Object, labels: Labels) -> tuple[Labels, Labels | None]:
    """Labels and annotations of an object that gets the cluster's common ones, which win over its own."""
    metadata = definition["spec"]["cassandra"].get("metadata") or {}
    return overlaid(labels, metadata.get("commonLabels")) or {}, overlaid(None, metadata.get("commonAnnotations"))
