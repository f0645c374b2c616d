"""The ring as this node's gossip sees it, in the words of the management API."""

from __future__ import annotations

from . import jmx


def endpoints() -> list[dict[str, str]]:
    """One entry for each node that gossip knows."""
    alive = {_address(node) for node in jmx.read("LiveNodesWithPort")}
    local = jmx.read("LocalHostId")
    found = parse(jmx.read("AllEndpointStatesWithPort", jmx.FAILURE_DETECTOR))
    for state in found:
        state["IS_ALIVE"] = str(state["ENDPOINT_IP"] in alive).lower()
        state["IS_LOCAL"] = str(state.get("HOST_ID") == local).lower()
    return found


def parse(states: str) -> list[dict[str, str]]:
    """The text that the failure detector prints: an address, and under it lines of `KEY:version:value`."""
    found: list[dict[str, str]] = []
    for line in states.splitlines():
        if not line.startswith(" "):
            found.append({"ENDPOINT_IP": _address(line)})
            continue
        parts = line.strip().split(":", 2)
        if len(parts) == 3 and parts[0] != "TOKENS":
            found[-1][parts[0]] = parts[2]
    for state in found:
        state["STATUS"] = state.get("STATUS_WITH_PORT", state.get("STATUS", ""))
    return found


def _address(node: str) -> str:
    """`name/10.0.0.1:7000` or `10.0.0.1:7000` without name and port."""
    return node.rsplit("/", 1)[-1].rsplit(":", 1)[0].strip("[]")
