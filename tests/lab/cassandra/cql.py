"""Roles, keyspaces and tables: CQL run inside Cassandra by `LabAgent.java`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import jmx

_AGENT = "lab:type=Cql"
_KINDS = ("PARTITION_KEY", "CLUSTERING_COLUMN")


def query(statement: str) -> list[dict[str, Any]]:
    """The rows that a statement gives."""
    rows: list[dict[str, Any]] = jmx.call("query", statement, mbean=_AGENT)
    return rows


def create_role(name: str, password: str, *, superuser: bool, login: bool) -> None:
    """Create a role, or give an existing one this password; the well-known first superuser goes when another one comes."""
    jmx.call("createRole", name, password, superuser, login, mbean=_AGENT)
    if superuser and login and name != "cassandra" and any(role["name"] == "cassandra" for role in roles()):
        drop_role("cassandra")


def drop_role(name: str) -> None:
    """Drop a role."""
    jmx.call("dropRole", name, mbean=_AGENT)


def roles() -> list[dict[str, str]]:
    """Every role, in the words of the management API."""
    found = query("SELECT role, is_superuser, can_login FROM system_auth.roles")
    return [
        {
            "name": row["role"],
            "super": str(row["is_superuser"]).lower(),
            "login": str(row["can_login"]).lower(),
            "options": "{}",
            "datacenters": "ALL",
        }
        for row in found
    ]


def write_keyspace(verb: str, name: str, settings: Iterable[Mapping[str, str]]) -> None:
    """CREATE or ALTER a keyspace with a replication factor for each datacenter."""
    factors = "".join(f", {text(each['dc_name'])}: {int(each['replication_factor'])}" for each in settings)
    query(f"{verb} {identifier(name)} WITH replication = {{'class': 'NetworkTopologyStrategy'{factors}}}")


def replication(keyspace: str) -> dict[str, str] | None:
    """The replication of a keyspace, None when there is no such keyspace."""
    found = query(f"SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = {text(keyspace)}")
    return dict(found[0]["replication"]) if found else None


def tables(keyspace: str) -> list[str]:
    """The names of a keyspace's tables."""
    found = query(f"SELECT table_name FROM system_schema.tables WHERE keyspace_name = {text(keyspace)}")
    return [row["table_name"] for row in found]


def create_table(definition: Mapping[str, Any]) -> None:
    """Create a table that is not there, from the definition that the management API takes."""
    columns = definition["columns"]
    partition, clustering = ([c for c in sorted(columns, key=lambda c: c["position"]) if c["kind"] == kind] for kind in _KINDS)
    parts = [f"{identifier(c['name'])} {c['type']}{' static' if c['kind'] == 'STATIC' else ''}" for c in columns]
    keys = [f"({names(partition)})", *([names(clustering)] if clustering else [])]
    settings = [f"{key} = {_value(value)}" for key, value in (definition.get("options") or {}).items()]
    if clustering:
        order = ", ".join(f"{identifier(c['name'])} {c.get('order') or 'ASC'}" for c in clustering)
        settings.append(f"CLUSTERING ORDER BY ({order})")
    table = f"{identifier(definition['keyspace_name'])}.{identifier(definition['table_name'])}"
    ending = f" WITH {' AND '.join(settings)}" if settings else ""
    query(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(parts)}, PRIMARY KEY ({', '.join(keys)})){ending}")


def names(columns: Iterable[Mapping[str, Any]]) -> str:
    """The names of columns, as CQL lists them."""
    return ", ".join(identifier(column["name"]) for column in columns)


def identifier(name: str) -> str:
    """A name as a quoted CQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A CQL text literal."""
    return "'" + value.replace("'", "''") + "'"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(str(key))}: {text(str(each))}" for key, each in value.items()) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else text(str(value))
