"""Cassandra's MBeans, read and called through the Jolokia agent inside it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from .jvm import JOLOKIA_PORT

STORAGE = "org.apache.cassandra.db:type=StorageService"
STORAGE_PROXY = "org.apache.cassandra.db:type=StorageProxy"
COMPACTION = "org.apache.cassandra.db:type=CompactionManager"
GOSSIPER = "org.apache.cassandra.net:type=Gossiper"
FAILURE_DETECTOR = "org.apache.cassandra.net:type=FailureDetector"
MESSAGING = "org.apache.cassandra.net:type=MessagingService"
_LONGEST = 6 * 3600  # a rebuild answers when it is done


class JmxError(Exception):
    """Cassandra did not answer, or refused."""


def read(attribute: str, mbean: str = STORAGE) -> Any:
    """The value of an attribute."""
    return _ask({"type": "read", "mbean": mbean, "attribute": attribute}, 30)


def call(operation: str, *arguments: Any, mbean: str = STORAGE) -> Any:
    """What an operation answers; `operation` has its full signature where there are several of that name."""
    return _ask({"type": "exec", "mbean": mbean, "operation": operation, "arguments": list(arguments)}, _LONGEST)


def _ask(question: dict[str, Any], seconds: float) -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{JOLOKIA_PORT}/jolokia/", json.dumps(question).encode())
    try:
        with urllib.request.urlopen(request, timeout=seconds) as response:
            answer = json.load(response)
    except (OSError, ValueError) as problem:
        raise JmxError(f"Cassandra does not answer over JMX: {problem}") from problem
    if answer["status"] != 200:
        raise JmxError(str(answer.get("error", answer["status"])))
    return answer["value"]
