# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for one datacenter once upstream has merged the cluster's settings with its own.

Source: `Coalesce`, k8ssandra-operator v1.26.0 `pkg/cassandra/datacenter.go`; the rules are those of `merge`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .merge import merged

_POWERS = {
    "n": Decimal(10) ** -9, "u": Decimal(10) ** -6, "m": Decimal(10) ** -3,
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
}


def amount(quantity: int | str) -> Decimal:
    """A well-formed Kubernetes quantity as a number, so that "1Gi" equals "1024Mi"."""
    text = str(quantity)
    for suffix in sorted(_POWERS, key=len, reverse=True):
        if text.endswith(suffix):
            return Decimal(text[: -len(suffix)]) * _POWERS[suffix]
    return Decimal(text)


def is_zero(value: Any) -> bool:
    """Whether Go calls it the zero value, which cannot override another one in `cassandraYaml`: false, 0 or ""."""
    return value is False or (isinstance(value, (int, float, str)) and not value)


def effective(cassandra: Mapping[str, Any], template: Mapping[str, Any], field: str, *keys: str) -> Any:
    """The merged value of a field, or of what it holds under keys, that both `spec.cassandra` and a datacenter may have; else `None`."""
    return _inner(merged(cassandra.get(field), template.get(field), field), keys)


def stated_in(cassandra_path: str, datacenter_path: str, template: Mapping[str, Any], *keys: str) -> str:
    """The option path of an effective field: the datacenter's where it has one, else the cluster's."""
    holder = datacenter_path if _inner(template, keys) is not None else cassandra_path
    return ".".join((holder, *keys))


def effective_version(cassandra: Mapping[str, Any], template: Mapping[str, Any]) -> str:
    """`serverVersion` for one datacenter; empty when there is none."""
    return template.get("serverVersion") or cassandra.get("serverVersion") or ""


def effective_racks(cassandra: Mapping[str, Any], template: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of a datacenter's racks: the cluster's first, then its own further ones; `default` when there are none."""
    racks: Sequence[Mapping[str, Any]] = [*cassandra.get("racks", []), *template.get("racks", [])]
    return tuple(dict.fromkeys(rack["name"] for rack in racks)) or ("default",)


def _inner(holder: Any, keys: Sequence[str]) -> Any:
    for key in keys:
        holder = holder.get(key) if isinstance(holder, Mapping) else None
    return holder
