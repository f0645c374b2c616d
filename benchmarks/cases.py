"""The cases, in an order in which each finds what the one before it left."""

from __future__ import annotations

import time

from tests.unit.plugins.module_utils._core.test_large_cluster import definition, plan

from .bench import BY_SCRIPT, CORE, LARGEST, NEW, OURS, SHELL, Bench
from .fleet import CONTROL_PLANE, HOMES, planes
from .proxy import slower

SITE, STATUS = "k8ssandra.operator.site", "k8ssandra.operator.status"
FEW = 1 + len(HOMES)
SIZES = (10, 30, LARGEST)
SLOWER = 2.0
REGISTERING = f"registering {NEW} data planes"
SLOW_STATUS = f"status, {LARGEST} contexts, one {SLOWER:.0f} s slower"


def nothing(contexts: int) -> str:
    """What the case is called in which nothing is to be changed."""
    return f"nothing to change, {contexts} contexts"


def status(contexts: int) -> str:
    """What the case is called in which the status is read."""
    return f"status, {contexts} contexts"


def nothing_by_shell(bench: Bench) -> None:
    """Helm, upstream's script and kubectl: from empty clusters, and the same again."""
    bench.start_empty()
    command = bench.by_shell("upstream.sh", CONTROL_PLANE, *HOMES)
    bench.run("from empty clusters", SHELL, command, FEW, timeout=900)
    bench.renew_operator()
    row = bench.run(nothing(FEW), SHELL, command, FEW)
    bench.keep(row, seen=_restarted(bench.restarts()))


def nothing_by_playbooks(bench: Bench) -> None:
    """Ours from empty clusters, and again; then kubernetes.core on what is there, and again."""
    bench.start_empty()
    site = bench.play(SITE, FEW)
    bench.run("from empty clusters", OURS, site, FEW, timeout=900)
    bench.keep(*(bench.run(nothing(FEW), OURS, site, FEW) for _each in range(2)))
    bench.keep(bench.run(nothing(FEW), f"{OURS}, rendering anew", site, FEW, K8SSANDRA_OPERATOR_RENDER_CACHE="no"))
    core = bench.by_core(FEW)
    bench.run("the first time", CORE, core, FEW)
    bench.renew_operator()
    row = bench.run(nothing(FEW), CORE, core, FEW)
    bench.keep(row, seen=_restarted(bench.restarts()))


def registering(bench: Bench) -> None:
    """Ten more data planes by ours, then ten others by upstream's script."""
    bench.renew_operator()
    row = bench.run(REGISTERING, OURS, bench.play(SITE, FEW + NEW), FEW + NEW)
    bench.keep(row, seen=_restarted(bench.restarts()))
    bench.renew_operator()
    row = bench.run(REGISTERING, SHELL, bench.by_shell("register.sh", CONTROL_PLANE, *BY_SCRIPT), 1 + NEW)
    bench.keep(row, seen=_restarted(bench.restarts()))


def many(bench: Bench) -> None:
    """Nothing to change over more and more contexts, once the control plane's host alone has registered the rest of them."""
    bench.renew_operator()
    bench.run("registering the rest", OURS, [*bench.play(SITE, LARGEST), "--limit", CONTROL_PLANE], LARGEST)
    bench.restarts()
    for count in SIZES:
        bench.keep(bench.run(nothing(count), OURS, bench.play(SITE, count), count))


def reading(bench: Bench) -> None:
    """The status of a hundred contexts, and the same with one of them made slower."""
    bench.keep(*(bench.run(status(LARGEST), OURS, bench.play(STATUS, LARGEST), LARGEST) for _each in range(2)))
    name = planes(1, 1)[0]
    with slower(bench.server(name), SLOWER) as address:
        command = bench.play(STATUS, LARGEST, {name: address})
        bench.keep(*(bench.run(SLOW_STATUS, OURS, command, LARGEST) for _each in range(2)))


def planning() -> float:
    """CPU seconds to validate, compare and plan one changed size in a cluster of a hundred datacenters: no cluster, no Ansible, no file."""
    live, wanted = definition(LARGEST), definition(LARGEST)
    wanted["spec"]["cassandra"]["datacenters"][-1]["size"] = 6
    began = time.process_time()
    found = plan(wanted, live)
    spent = time.process_time() - began
    assert len(found.steps) == 1, "one size differs, so the plan has one step"
    return spent


def _restarted(times: int) -> str:
    return f"{times} restart{'s' * (times != 1)} of the operator"
