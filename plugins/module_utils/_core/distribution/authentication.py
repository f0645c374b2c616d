# Copyright (c) 2026, the k8ssandra.operator authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Cassandra that go by whether the cluster asks its users who they are.

Source: `ApplyAuth`, k8ssandra-operator v1.26.0 `pkg/cassandra/auth.go`.
"""

from __future__ import annotations

from ..objects import Object
from .versions import DSE, Server

Setting = tuple[str, str]

_DSE_CLASSES = "com.datastax.bdp.cassandra.auth"


def is_authenticated(definition: Object) -> bool:
    """Whether users have to authenticate: yes, unless `spec.auth` is false."""
    return definition["spec"].get("auth") is not False


def has_external_secrets(definition: Object) -> bool:
    """Whether somebody else brings the Secrets."""
    return bool(definition["spec"].get("secretsProvider") == "external")


def authentication_settings(definition: Object, server: Server) -> tuple[tuple[Setting, ...], tuple[Setting, ...]]:
    """What cassandra.yaml and dse.yaml get where the definition does not say otherwise: paths and values."""
    if not is_authenticated(definition):
        return _classes("AllowAllAuthenticator", "AllowAllAuthorizer", "CassandraRoleManager"), ()
    if server.distribution != DSE:
        return _classes("PasswordAuthenticator", "CassandraAuthorizer", "CassandraRoleManager"), ()
    classes = _classes(*(f"{_DSE_CLASSES}.Dse{kind}" for kind in ("Authenticator", "Authorizer", "RoleManager")))
    options = (("authentication_options/enabled", "true"), ("authorization_options/enabled", "true"))
    return classes, (*options, ("role_management_options/mode", "internal"))


def jmx_options(definition: Object) -> tuple[str, ...]:
    """JVM options for a Reaper that works over JMX, in the order in which upstream puts each before the others."""
    reaper = definition["spec"].get("reaper")
    if reaper is None or (reaper.get("httpManagement") or {}).get("enabled"):
        return ()
    authenticated = is_authenticated(definition)
    options = (f"-Dcom.sun.management.jmxremote.authenticate={str(authenticated).lower()}",)
    if not authenticated or has_external_secrets(definition):
        return options
    return (
        *options,
        "-Dcassandra.jmx.remote.login.config=CassandraLogin",
        "-Djava.security.auth.login.config=$CASSANDRA_HOME/conf/cassandra-jaas.config",
        "-Dcassandra.jmx.authorizer=org.apache.cassandra.auth.jmx.AuthorizationProxy",
    )


def _classes(authenticator: str, authorizer: str, role_manager: str) -> tuple[Setting, ...]:
    return (("authenticator", authenticator), ("authorizer", authorizer), ("role_manager", role_manager))
