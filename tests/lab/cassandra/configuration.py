"""`config build`: from CONFIG_FILE_DATA and the base files of the image to the configuration of this pod."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import options

BASE = Path("/cassandra-base-config")
TARGET = Path("/config")
JVM_OPTIONS = "jvm-server.options"
JVM_SECTIONS = ("jvm-server-options", "jvm11-server-options", "jvm17-server-options", "cassandra-env-sh")


def build(base: Path = BASE, target: Path = TARGET, environment: Mapping[str, str] | None = None) -> None:
    """Write everything that Cassandra reads at its start."""
    import yaml

    environment = os.environ if environment is None else environment
    wanted = json.loads(environment["CONFIG_FILE_DATA"])
    settings = cassandra_yaml(yaml.safe_load((base / "cassandra.yaml").read_text()), wanted, environment)
    (target / "cassandra.yaml").write_text(yaml.safe_dump(settings))
    (target / "cassandra-rackdc.properties").write_text(f"dc={wanted['datacenter-info']['name']}\nrack={environment['RACK_NAME']}\n")
    base_options = [*read_options(base / JVM_OPTIONS), *read_options(base / "jvm17-server.options")]
    (target / JVM_OPTIONS).write_text("".join(f"{option}\n" for option in jvm_options(base_options, wanted)))
    shutil.copy(base / "logback.xml", target / "logback.xml")


def cassandra_yaml(base: dict[str, Any], wanted: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """The base settings, those of the definition over them, and over both what only this pod knows."""
    settings = merge(base, wanted.get("cassandra-yaml", {}))
    address = environment["POD_IP"]
    outside = environment.get("HOST_IP", address) if environment.get("USE_HOST_IP_FOR_BROADCAST") == "true" else address
    seeds = {"seeds": wanted["cluster-info"]["seeds"], "resolve_multiple_ip_addresses_per_dns_record": "true"}
    settings.update(
        cluster_name=wanted["cluster-info"]["name"],
        listen_address=address,
        rpc_address="0.0.0.0",
        broadcast_rpc_address=outside,
        endpoint_snitch="GossipingPropertyFileSnitch",
        seed_provider=[{"class_name": "org.apache.cassandra.locator.SimpleSeedProvider", "parameters": [seeds]}],
    )
    settings.pop("broadcast_address", None)
    return settings


def seeds(target: Path = TARGET) -> list[str]:
    """The names or addresses of the seeds in the configuration of this pod."""
    import yaml

    providers = yaml.safe_load((target / "cassandra.yaml").read_text())["seed_provider"]
    return [name.strip() for name in providers[0]["parameters"][0]["seeds"].split(",") if name.strip()]


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` wins, maps are merged, and null takes a setting away."""
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(merged.get(key), Mapping):
            merged[key] = merge(merged[key], value)
        else:
            merged[key] = value
    return merged


def jvm_options(base: list[str], wanted: Mapping[str, Any]) -> list[str]:
    """Every JVM option of this pod, those of the definition last, where Java lets them win."""
    chosen = [option for section in JVM_SECTIONS for option in options.flags(wanted.get(section) or {})]
    return options.complete([*base, *chosen])


def read_options(path: Path) -> list[str]:
    """The options in a file, one a line, without comments."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]
