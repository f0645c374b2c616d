"""Definitions that nobody wrote: a seeded walk over the schema of K8ssandraClusters, which finds what fixtures do not say."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tests.lab.layout import MANIFESTS

from .inputs import Input, merged
from .server import Object

# What the walk leaves out: what is refused here (Stargate, DSE), what needs a server that is not there (a foreign Reaper, certificates of
# the management API), and references to objects of people, which fixtures have.
_LEFT_OUT = re.compile(
    r".*\.stargate|\.stargate|.*\.dseYaml|.*\.dseWorkloads|.*\.managementApiAuth|.*\.reaperRef|.*\.medusaConfigurationRef"
    r"|.*\.perNodeConfigMapRef|.*EncryptionStores|.*\.certificatesSecretRef|\.externalDatacenters|.*\.keystores|.*\.cassandra\.serverType"
    r"|.*\.k8sContext|.*\.datacenters\[\]\.metadata\.(name|namespace)|.*\.serverVersion|.*\.podStorage|.*\.dataSource|.*\.dataSourceRef"
)
# Reaper wants a claim when it keeps its data itself, Medusa a bucket: they come whole, or not at all.
_WHOLE = (".reaper", ".medusa")
_WORDS = ("alpha", "beta", "gamma", "delta")
# Values by the end of their path, where the schema says less than the operators read.
_VALUES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (r".*\.(containers|initContainers)\[\]\.name", ("cassandra", "server-config-init", "server-system-logger", "sidecar", "busybox")),
    (r".*\.env\[\]\.name", ("FIRST", "SECOND", "LOCAL_JMX", "METRIC_FILTERS", "MGMT_API_DISABLE_MCAC", "MANAGEMENT_API_HEAP_SIZE")),
    (r".*\.additionalSeeds\[\]", ("10.1.2.3", "10.1.2.4", "fd00::1", "seed.example.com")),
    (r".*\.clusterName", ("Plain", "With Blanks", "under_scored", "1 digit.first-")),
    (r".*\.datacenterName", ("real_dc", "Other Name", "dc-one")),
    (r".*\.(scrapeInterval|interval)", ("30s", "1m0s", "90s", "5m")),
    (r".*\.mountPath", ("/mnt/a", "/mnt/b", "/var/lib/extra")),
    (r".*\.telemetry\.cassandra\.endpoint\.port", ("9000", "9001")),
    (r".*\.(containerPort|hostPort|port|native|nativeSSL|internode|internodeSSL)", (80, 9042, 9103, 31042)),
    (r".*\.sources\[\]\.type|.*\.transforms\[\]\.type|.*\.sinks\[\]\.type", ("remap", "console", "file")),
    (r".*\.inputs\[\]", ("cassandra_metrics", "parse_cassandra_log", "systemlog", "alpha", "beta")),
    (r".*\.components\.\w+\[\]\.name", ("alpha", "beta", "cassandra_metrics", "console_log", "systemlog")),
    (r".*\.components\.\w+\[\]\.config", ('key = "value"', 'first = 1\nsecond = "b"')),
    (r".*\.(initialDelayPeriod|periodBetweenPolls|timeBeforeFirstSchedule|scheduleSpreadPeriod)", ("PT15S", "PT1H30M", "P1D")),
    (r".*\.serverImage", ("registry.example.com/cassandra:4.1", "cassandra:other")),
    (r".*\.racks\[\]\.name", ("rack1", "rack2", "Rack_3")),
    (r".*\.(additionalOptions|additionalJvm\w*Options)\[\]", ("-Dfirst=1", "-Dsecond", "-XX:+Third")),
    (r".*\.gc", ("G1GC", "CMS", "ZGC", "Shenandoah", "Graal", "Custom")),
    (r".*\.cdc\.topicPrefix", ("events-", "")),
    (r".*\.capabilities\.\w+\[\]", ("ALL", "NET_ADMIN")),
)
_VERSIONS = ("3.11.14", "4.0.4", "4.0.17", "4.1.8", "4.1.8", "5.0.4", "5.0.5")
_SETTINGS: Mapping[str, tuple[Any, ...]] = {
    "num_tokens": (1, 4, 8, 16, 256),
    "allocate_tokens_for_local_replication_factor": (2, 3),
    "concurrent_reads": (2, 32, 0),
    "authenticator": ("AllowAllAuthenticator", "PasswordAuthenticator", None),
    "authorizer": ("com.example.Authorizer", "", None),
    "role_manager": ("CassandraRoleManager", None),
    "auto_snapshot": (True, False),
    "start_rpc": (True, False),
    "partitioner": ("org.apache.cassandra.dht.Murmur3Partitioner", "org.apache.cassandra.dht.RandomPartitioner"),
    "data_file_directories": (["/var/lib/cassandra/data"], ["/a", "/b"], []),
    "client_encryption_options": ({"enabled": False}, {"enabled": False, "optional": True}, {}),
    "memtable": ({"configurations": {"default": {"inherits": "skiplist"}}}, {"configurations": {"trie": {"class_name": "Trie"}}}),
    "disk_access_mode": ("mmap", ""),
    "column_index_size": ("4KiB", 4, 4.5),
    "hinted_handoff_disabled_datacenters": (["dc1"], None),
}
_AMOUNTS = ("100m", "0.5", 1, "1500M", "512Mi", "1Gi", "2048Ki", "3")
_STORAGE = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}, "storageClassName": "standard"}
_BROAD = r"(\.cassandra(\.datacenters\[\])?(\.config\.jvmOptions)?)|\.reaper|\.medusa"
_DEEP = 12
_SHRINKING = 5


def schema() -> Object:
    """The schema of a K8ssandraCluster's spec, of the release that the lab runs."""
    path = MANIFESTS / "k8ssandra-operator/config/crd/bases/k8ssandra.io_k8ssandraclusters.yaml"
    found = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    spec: Object = found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return spec


def generated(numbers: range, seed: str) -> Iterator[Input]:
    """An input for each number; the same number and seed give the same. Some want less in a second state."""
    described = schema()
    for number in numbers:
        chance = random.Random(f"{seed} {number}")
        metadata = {"name": chance.choice(("cluster", "a-cluster", "c1")) + str(number)}
        body = {"apiVersion": "k8ssandra.io/v1alpha1", "kind": "K8ssandraCluster", "metadata": metadata}
        spec = _spec(described, chance)
        states = (spec, _less(spec)) if number % _SHRINKING == 0 else (spec,)
        yield Input(f"generated-{number}", tuple((body | {"spec": each},) for each in states))


def _less(spec: Object) -> Object:
    """A spec without the parts that objects of their own are made for."""
    bare = {"telemetry": None, "additionalSeeds": None}
    datacenters = [{"metadata": {"name": each["metadata"]["name"]}, "telemetry": None} for each in spec["cassandra"]["datacenters"]]
    found: Object = merged(spec, {"reaper": None, "medusa": None, "cassandra": bare | {"datacenters": datacenters}})
    return found


def _spec(described: Object, chance: random.Random) -> Object:
    """A spec that the operator can work with, and whatever the schema has beside."""
    properties = described["properties"]
    cassandra = _object(properties["cassandra"], ".cassandra", chance)
    own = properties["cassandra"]["properties"]["datacenters"]["items"]
    number = chance.choice((1, 1, 1, 2, 2, 3))
    cassandra["datacenters"] = [_datacenter(own, index, number == 1, chance) for index in range(number)]
    cassandra["serverVersion"] = chance.choice(_VERSIONS)
    if chance.random() < 0.05:
        cassandra |= {"serverType": "hcd", "serverVersion": "1.1.0"}
    cassandra["storageConfig"] = merged(cassandra.get("storageConfig", {}), {"cassandraDataVolumeClaimSpec": _STORAGE})
    spec: Object = {"cassandra": cassandra}
    if chance.random() < 0.3:
        spec["auth"] = chance.random() < 0.5
    if chance.random() < 0.05:
        spec["secretsProvider"] = "external"
    if chance.random() < 0.35:
        spec["reaper"] = _reaper(properties["reaper"], chance)
    if chance.random() < 0.35:
        spec["medusa"] = _medusa(properties["medusa"], chance)
    return spec


def _datacenter(described: Object, index: int, alone: bool, chance: random.Random) -> Object:
    made = _object(described, ".cassandra.datacenters[]", chance)
    made.setdefault("metadata", {})["name"] = f"dc{index + 1}"
    if chance.random() < 0.1:
        made["metadata"]["namespace"] = "elsewhere"
    made["size"] = chance.choice((1, 2, 3, 3, 5))
    made["stopped"] = alone and chance.random() < 0.05
    context = chance.choice(("east", "west", ""))
    if context:
        made["k8sContext"] = context
    if chance.random() < 0.2:
        made["serverVersion"] = chance.choice(_VERSIONS[1:])
    # A datacenter that is spread softly has to say what it needs.
    if made.get("softPodAntiAffinity"):
        made["resources"] = {each: {"cpu": "1", "memory": "2Gi"} for each in ("requests", "limits")}
    if "datacenterName" in made:
        made["datacenterName"] += str(index)
    if "storageConfig" in made:
        made["storageConfig"] = merged(made["storageConfig"], {"cassandraDataVolumeClaimSpec": _STORAGE})
    return made


def _reaper(described: Object, chance: random.Random) -> Object:
    made = _object(described, ".reaper", chance)
    if made.get("storageType") == "local":
        made |= {"deploymentMode": "SINGLE", "storageConfig": _STORAGE}
    return made


def _medusa(described: Object, chance: random.Random) -> Object:
    made = _object(described, ".medusa", chance)
    for probe in ("livenessProbe", "readinessProbe"):
        # What is probed is not the user's to choose.
        made[probe] = {key: value for key, value in made.get(probe, {}).items() if isinstance(value, int) and value}
    storage = made.setdefault("storageProperties", {})
    storage |= {"storageProvider": storage.get("storageProvider", "s3_compatible"), "bucketName": "bucket"}
    if storage.get("credentialsType") == "role-based":
        storage.pop("storageSecretRef", None)
    else:
        storage["storageSecretRef"] = {"name": "bucket-key"}
    return made


def _object(described: Object, path: str, chance: random.Random) -> Object:
    """Some of an object's optional fields, more of those that are upstream's own, and all that it requires."""
    properties = described["properties"]
    wanted = 8 if re.fullmatch(_BROAD, path) else 3
    likely, required = min(0.5, wanted / len(properties)), described.get("required", ())
    made = {}
    for name, inner in properties.items():
        place = f"{path}.{name}"
        if _LEFT_OUT.fullmatch(place) or place in _WHOLE or name == "datacenters":
            continue
        if name in required or (path.count(".") < _DEEP and chance.random() < likely):
            made[name] = _volume(inner, place, chance) if place.endswith(".volumes") else _value(inner, place, chance)
    return made


def _value(described: Object, path: str, chance: random.Random) -> Any:
    for pattern, values in _VALUES:
        if re.fullmatch(pattern, path):
            return copy.deepcopy(chance.choice(values))
    if "enum" in described:
        return chance.choice(described["enum"])
    if described.get("x-kubernetes-int-or-string"):
        return chance.choice(_AMOUNTS) if "pattern" in described else chance.choice((8080, "http"))
    if described.get("x-kubernetes-preserve-unknown-fields"):
        return {name: copy.deepcopy(chance.choice(values)) for name, values in _SETTINGS.items() if chance.random() < 0.25}
    return _TYPES[described["type"]](described, path, chance)


def _list(described: Object, path: str, chance: random.Random) -> list[Any]:
    """Up to two items, no two with the same keys."""
    made = [_value(described["items"], f"{path}[]", chance) for _item in range(chance.choice((0, 1, 1, 2, 2)))]
    keys = described.get("x-kubernetes-list-map-keys") or ["name", "mountPath", "containerPort"]
    distinct = {repr([each.get(key) for key in keys]) if isinstance(each, dict) else repr(each): each for each in made}
    return list(distinct.values()) if any(isinstance(each, dict) and keys[0] in each for each in made) else made


def _map(described: Object, path: str, chance: random.Random) -> Object:
    if "properties" in described:
        return _object(described, path, chance)
    inner = described.get("additionalProperties", {"type": "string"})
    names = ("cpu", "memory") if path.endswith((".limits", ".requests")) else (*_WORDS, "example.com/word")
    return {name: _value(inner, f"{path}{{}}", chance) for name in chance.sample(names, chance.choice((0, 1, 1, 2)))}


def _volume(described: Object, path: str, chance: random.Random) -> list[Any]:
    """Volumes, each of one kind."""
    kinds = ("emptyDir", "configMap", "secret", "hostPath", "persistentVolumeClaim", "projected")
    made = []
    for name in chance.sample(_WORDS, chance.choice((1, 1, 2))):
        kind = chance.choice(kinds)
        made.append({"name": name, kind: _value(described["items"]["properties"][kind], f"{path}[].{kind}", chance)})
    return made


_TYPES = {
    "object": _map,
    "array": _list,
    "string": lambda _described, _path, chance: chance.choice(_WORDS),
    "boolean": lambda _described, _path, chance: chance.random() < 0.5,
    "integer": lambda described, _path, chance: chance.choice((0, 1, 2, 5, 60)) + described.get("minimum", 0),
    "number": lambda _described, _path, chance: chance.choice((0, 0.5, 2)),
}
