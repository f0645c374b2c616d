"""The faults. What a row's run is told, and when, is in `faults.py`; rows of one kind stand together."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from .faults import OPERATORS, Bench, Fault
from .forged import DAY, certificate, user_of
from .kubeconfigs import expired_token, limited_user
from .lab import NAMESPACE
from .proxy import Trouble

ACCOUNT = "k8ssandra-control-plane"
_WEST_AND_HUB = ("operators of hub", "operators of west")
_ALL_BUT_STATUS = (*OPERATORS, "registrations", "cluster")
_REFUSED = {"reason": "Conflict", "message": "Operation cannot be fulfilled: the object has been modified"}
_BUSY = {"reason": "TooManyRequests", "message": "Too many requests, please try again later"}
_AWAY = {"reason": "ServiceUnavailable", "message": "etcdserver: leader changed"}
_WRITES = ("PATCH",)
_READ = ("get", "list", "watch")
# All rights of an account but one: it may not write Services.
_GROUPS = (
    "admissionregistration.k8s.io", "apiextensions.k8s.io", "apps", "authorization.k8s.io", "cassandra.datastax.com", "cert-manager.io",
    "config.k8ssandra.io", "control.k8ssandra.io", "k8ssandra.io", "medusa.k8ssandra.io", "rbac.authorization.k8s.io",
    "reaper.k8ssandra.io", "replication.k8ssandra.io", "stargate.k8ssandra.io",
)  # fmt: skip
_SHORT_RULES = [
    {"apiGroups": list(_GROUPS), "resources": ["*"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["*"], "verbs": list(_READ)},
    {"apiGroups": [""], "resources": ["configmaps", "namespaces", "secrets", "serviceaccounts"], "verbs": ["*"]},
]
# What a run makes anew, and nothing waits for.
_SERVICE = "service/cass-operator-controller-manager-metrics-service"


def _kill(context: str, part: str) -> Callable[[Bench], object]:
    return lambda bench: bench.lab.kill(context, part)


def _cut(context: str) -> Callable[[Bench], object]:
    return lambda bench: bench.cut(context)


def _tamper(context: str, *troubles: dict[str, Any]) -> Callable[[Bench], object]:
    return lambda bench: bench.tamper(context, *(Trouble(**trouble) for trouble in troubles))


def _delete(context: str, *names: str) -> Callable[[Bench], object]:
    return lambda bench: bench.kubectl(context, "delete", *names)


def _both(*harms: Callable[[Bench], object]) -> Callable[[Bench], object]:
    return lambda bench: [harm(bench) for harm in harms]


def _writing_in_west(*troubles: dict[str, Any]) -> Callable[[Bench], object]:
    """Something to write for a run, and trouble with it."""
    return _both(_delete("west", _SERVICE), _tamper("west", *troubles))


def _log_in(context: str, make: Callable[[Bench], dict[str, Any]]) -> Callable[[Bench], object]:
    return lambda bench: bench.reach(context, user=make(bench))


def _by_plugin(script: str) -> Callable[[Bench], object]:
    run = {"apiVersion": "client.authentication.k8s.io/v1", "command": "/bin/sh", "args": ["-c", script]}
    return _log_in("west", lambda bench: {"exec": run})


def _short_of_a_right(bench: Bench) -> None:
    """Logs in as an account that may do everything but write Services, of which one is missing."""
    api, name = "rbac.authorization.k8s.io", "short"
    role = {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": _SHORT_RULES}
    subject = {"kind": "ServiceAccount", "name": name, "namespace": "default"}
    binding = {
        "apiVersion": f"{api}/v1", "kind": "ClusterRoleBinding", "metadata": {"name": name}, "subjects": [subject],
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
    }  # fmt: skip
    bench.apply("west", {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": "default"}}, role, binding)
    bench.reach("west", user={"token": bench.kubectl("west", "create", "token", name, "--namespace=default").strip()})
    bench.kubectl("west", "delete", _SERVICE)


def _expired_certificate(bench: Bench) -> dict[str, Any]:
    return user_of(*certificate("west", "lab-admin", began=3 * DAY, ends=-DAY, organization="system:masters"))


def _let_a_token_expire(bench: Bench) -> None:
    """Puts a token whose time is over where the operator's is, in our own name: that is how time does it."""
    secret = bench.lab.read("hub", "secret", "east-kubeconfig")
    kubeconfig = json.loads(base64.b64decode(secret["data"]["kubeconfig"]))
    kubeconfig["users"][0]["user"] = expired_token("east", NAMESPACE, ACCOUNT)
    kept = {name: secret["metadata"][name] for name in ("name", "namespace", "labels", "annotations") if name in secret["metadata"]}
    data = {"kubeconfig": base64.b64encode(json.dumps(kubeconfig).encode()).decode()}
    wish = {"apiVersion": "v1", "kind": "Secret", "metadata": kept, "type": secret["type"], "data": data}
    bench.kubectl("hub", "apply", "--server-side", "--force-conflicts", "--field-manager=k8ssandra.operator", "--filename=-", body=wish)


def _edit_a_client_config(bench: Bench) -> None:
    bench.kubectl("hub", "patch", "clientconfig/east", "--type=merge", '--patch={"spec":{"contextName":"elsewhere"}}')


def _own_a_limit(bench: Bench) -> None:
    body = bench.lab.read("west", "deployment", "k8ssandra-operator")
    containers = [{"name": body["spec"]["template"]["spec"]["containers"][0]["name"], "resources": {"limits": {"memory": "700Mi"}}}]
    spec = {"template": {"spec": {"containers": containers}}}
    wish = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "k8ssandra-operator"}, "spec": spec}
    taking = ("apply", "--server-side", "--force-conflicts", "--field-manager=a-person", "--filename=-")
    bench.kubectl("west", *taking, body=wish)


def _stop_the_operator(bench: Bench) -> None:
    bench.kubectl("hub", "scale", "deployment/k8ssandra-operator", "--replicas=0")
    bench.kubectl("east", "delete", f"serviceaccount/{ACCOUNT}")


def _fill_the_disk_of_the_controller(bench: Bench) -> None:
    """No file can be made where we keep what was rendered, nor where temporary files go."""
    for name in ("XDG_CACHE_HOME", "TMPDIR"):
        kept = bench.story.player.environment.get(name)
        bench.story.player.environment[name] = "/proc/full"
        bench.undo.append(lambda name=name, kept=kept: _restore(bench.story.player.environment, name, kept))


def _restore(environment: dict[str, str], name: str, kept: str | None) -> None:
    environment.pop(name)
    if kept is not None:
        environment[name] = kept


_TO_RENEW = _delete("east", f"serviceaccount/{ACCOUNT}")
_OPERATOR = ("pod", "--selector=control-plane=k8ssandra-operator")
_OPERATORS_POD = _delete("hub", *_OPERATOR, "--wait=false")
_REGISTERING = r"TASK \[task_\d client_config\]"
_NEW_ANNOTATION = {"cluster": {"annotations": {"example.com/fault": "webhook"}}}

# Together under five minutes: part of `make test`.
QUICK: tuple[Fault, ...] = (
    Fault(
        "west is cut off before the run", _cut("west"), "west", ("no answer from https://",),
        run=("operators of hub", "registrations"),
    ),
    # It may be away for longer than a request is patient.
    Fault(
        "the API server of hub is killed while it registers", _kill("hub", "apiserver"), "hub", may_say=("no answer from https://",),
        at=_REGISTERING,
    ),
    Fault(
        "the API server of west is overloaded for a while", _tamper("west", {"status": 429, "times": 3, "seconds": 1, **_BUSY}),
        on_the_way=True,
    ),
    Fault(
        "a write in west is overtaken twice", _writing_in_west({"status": 409, "methods": _WRITES, "times": 2, **_REFUSED}),
        run=_WEST_AND_HUB,
    ),
    Fault("the operator's pod goes while it registers", _OPERATORS_POD, first=_TO_RENEW, at="token issued"),
    Fault(
        "the account of west lacks one right", _short_of_a_right, "west", ("cannot patch resource", "services"), run=_WEST_AND_HUB,
    ),
    Fault("ansible-playbook is killed while it registers", Bench.kill_run, first=_TO_RENEW, at="token issued", killed=True),
)  # fmt: skip

LONG: tuple[Fault, ...] = (
    Fault(
        "a ClientConfig was edited by hand", _edit_a_client_config, "hub", ("ClientConfig", "spec.contextName", "kubectl-patch"),
        run=("operators of west", "registrations"), next_options={"force_conflicts": True},
    ),
    # An API server goes on with a connection that it has, with no Service to it: the operator's pod has to go as well.
    Fault(
        "the operators' webhook is down",
        _both(_delete("hub", "service/k8ssandra-operator-webhook-service"), _delete("hub", *_OPERATOR)),
        "hub", ("failed calling webhook",), run=("cluster",), options=_NEW_ANNOTATION,
    ),
    Fault(
        "the answer to a write in west is lost",
        _writing_in_west({"does": "lose", "methods": _WRITES, "path": "/services/cass-operator.*force=false$", "times": 1}),
        run=_WEST_AND_HUB,
    ),
    Fault("connections to west break", _tamper("west", {"does": "drop", "times": 2}, {"does": "halve", "times": 2}), on_the_way=True),
    Fault("the token of an account was revoked", _delete("west", f"serviceaccount/{ACCOUNT}")),
    Fault(
        "another field manager owns a field", _own_a_limit, "west", ("a-person", "limits"), run=_WEST_AND_HUB,
        next_options={"force_conflicts": True},
    ),
    Fault("etcd of hub is killed in the middle of a run", _kill("hub", "etcd"), run=("site",), at="TASK .*install_operator :"),
    Fault(
        "west is cut off in the middle of the run", _cut("west"), "west", ("no answer from https://",), at=_REGISTERING,
        run=("operators of hub", "registrations", "cluster", "status"),
    ),
    Fault("west is cut off after the run", _cut("west"), "west", ("unreachable",), run=("status",), on_the_way=True),
    Fault(
        "hub is cut off", _cut("hub"), "hub", ("no answer from https://",), run=("operators of east", "registrations"), on_the_way=True,
    ),
    Fault(
        "the API server of west stays overloaded", _tamper("west", {"status": 429, **_BUSY}), "west", ("Too many requests",),
        run=_WEST_AND_HUB, on_the_way=True,
    ),
    Fault("the API server of west is away for a while", _tamper("west", {"status": 503, "times": 4, **_AWAY}), on_the_way=True),
    Fault(
        "every write in west is overtaken", _writing_in_west({"status": 409, "methods": _WRITES, **_REFUSED}), "west",
        ("the object has been modified", "run again"), run=_WEST_AND_HUB,
    ),
    Fault(
        "a load balancer answers for west", _tamper("west", {"status": 502}), "west", ("HTTP 502, and not from a Kubernetes API server",),
        run=_WEST_AND_HUB, on_the_way=True,
    ),
    Fault(
        "west takes requests and never answers", _tamper("west", {"does": "hang"}), "west", ("timed out",), run=_WEST_AND_HUB,
        on_the_way=True,
    ),
    Fault(
        "the certificate of west is another authority's", lambda bench: bench.reach("west", authority_of="east"), "west",
        ("certificate verify failed",), on_the_way=True,
    ),
    Fault(
        "the name of west does not exist", lambda bench: bench.reach("west", server="https://west.invalid:6443"), "west",
        ("no answer from https://west.invalid:6443",), run=(*_WEST_AND_HUB, "status"), on_the_way=True,
    ),
    Fault(
        "our own token for west has expired", _log_in("west", lambda bench: expired_token("west")), "west", ("Unauthorized",),
        on_the_way=True,
    ),
    Fault("our own certificate for west has expired", _log_in("west", _expired_certificate), "west", ("Unauthorized",), on_the_way=True),
    Fault(
        "the log-in plugin for west fails", _by_plugin("echo no session >&2; exit 1"), "west", ("/bin/sh", "no session"),
        on_the_way=True,
    ),
    Fault(
        "the log-in plugin for west hangs", _by_plugin("sleep 600"), "west", ("/bin/sh", "did not answer in 60 s"), run=_WEST_AND_HUB,
        on_the_way=True,
    ),
    Fault(
        "our account for west has no right at all", _log_in("west", lambda bench: limited_user(bench.lab.cluster("west"))), "west",
        ("cannot",), on_the_way=True,
    ),
    Fault(
        "the operator of hub was stopped by hand", _stop_the_operator, "hub", ("waiting for the operator",), run=("registrations",),
        options={"registrations": {"wait_timeout": 20}}, next_options={"force_conflicts": True},
    ),
    Fault("the Secret of a registration was deleted by hand", _delete("hub", "secret/east-kubeconfig")),
    Fault("a ClientConfig was deleted by hand", _delete("hub", "clientconfig/east")),
    Fault("the token of a registration has expired", _let_a_token_expire),
    Fault("the rights of an account were taken away", _delete("east", f"rolebinding/{ACCOUNT}")),
    Fault("the operators of west were deleted by hand", _delete("west", "deployment", "--all")),
    Fault(
        "the controllers of west are killed while operators roll out",
        _kill("west", "controller-manager"), first=_delete("west", "deployment", "--all"), at="west: created Deployment", run=_WEST_AND_HUB,
    ),
    Fault(
        "two runs at once", Bench.run_beside, first=_both(_TO_RENEW, _delete("west", "deployment/cass-operator-controller-manager")),
        at=r"TASK \[task_0",
    ),
    Fault(
        "ansible-playbook is killed while it installs operators", Bench.kill_run, first=_delete("west", "deployment", "--all"),
        at="west: created Deployment", killed=True,
    ),
    Fault("the disk of the controller is full", _fill_the_disk_of_the_controller, on_the_way=True),
)  # fmt: skip
