"""`cluster_status` on the lab's real clusters, whatever is deployed there: it reads, tells, and writes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / ".cache" / "lab"
ANSIBLE = Path(sys.executable).with_name("ansible")
CONTEXTS = ("hub", "east", "west")
# Requests of one run on ready clusters, by context: the control plane's, a data plane's.
MOST = {"hub": 10, "east": 7, "west": 7}
OPTIONS: dict[str, Any] = {
    "kubeconfig": str(LAB / "kubeconfig"),
    "context": "hub",
    "contexts": [{"name": "east"}, {"name": "west"}],
    "name": "demo",
}


def _run(options: dict[str, Any], *flags: str) -> dict[str, Any]:
    command = [str(ANSIBLE), "localhost", "-m", "k8ssandra.operator.cluster_status", "-a", json.dumps(options), *flags]
    printed = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120).stdout
    result: dict[str, Any] = json.loads(printed[printed.index("=> ") + 3 :])
    return result


def _asked(context: str, start: int) -> Iterator[tuple[str, str]]:
    """Our own requests in the audit log from an offset on: verb and path."""
    with (LAB / context / "audit.log").open() as log:
        log.seek(start)
        for line in log:
            event = json.loads(line)
            if event.get("userAgent", "").startswith("k8ssandra.operator/") and event["stage"] == "ResponseComplete":
                yield event["verb"], event["requestURI"]


def test_a_missing_name_is_refused() -> None:
    nameless = {key: value for key, value in OPTIONS.items() if key != "name"}
    assert _run(nameless)["msg"].endswith("missing required arguments: name")


def test_a_context_that_the_kubeconfig_lacks_is_refused() -> None:
    result = _run({**OPTIONS, "contexts": [{"name": "nowhere"}]})
    assert result["error"]["reason"] == "invalid option"
    assert "nowhere" in result["msg"]


@pytest.mark.parametrize("flags", ["", "--check", "--check --diff", "-B 60 -P 1"], ids=["plain", "check", "diff", "as a module"])
def test_it_tells_and_writes_nothing(flags: str) -> None:
    before = {context: (LAB / context / "audit.log").stat().st_size for context in CONTEXTS}
    result = _run(OPTIONS, *flags.split())
    assert not result["changed"]
    assert bool(result["reason"]) is not result["ready"]
    assert [context["name"] for context in result["contexts"] if context["reachable"]] == list(CONTEXTS)
    for context in CONTEXTS:
        asked = list(_asked(context, before[context]))
        assert {verb for verb, _ in asked} <= {"get", "list"}
        assert not result["ready"] or len(asked) <= MOST[context]


def test_a_cluster_that_is_not_there_is_told_not_failed() -> None:
    result = _run({**OPTIONS, "name": "nobody"})
    assert not result.get("failed")
    assert not result["ready"]
    assert result["reason"] == "hub: there is no K8ssandraCluster k8ssandra-operator/nobody"


def test_a_context_that_does_not_answer_is_unknown_with_the_cause(tmp_path: Path) -> None:
    broken = tmp_path / "kubeconfig"
    broken.write_text((LAB / "kubeconfig").read_text().replace(":6443", ":1"))
    result = _run({**OPTIONS, "contexts": [{"name": "east"}, {"name": "west", "kubeconfig": str(broken)}]})
    assert not result["ready"]
    assert {context["name"]: context["reachable"] for context in result["contexts"]} == {"hub": True, "east": True, "west": False}
    assert "Connection refused" in next(context["cause"] for context in result["contexts"] if context["name"] == "west")
