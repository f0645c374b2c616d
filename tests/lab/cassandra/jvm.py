"""The real Cassandra: starting it, seeing whether it lives, stopping it."""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path

from .configuration import JVM_OPTIONS, TARGET, read_options

LIBRARIES = Path("/opt/cassandra/lib")
AGENTS = Path("/opt/cassandra/agents")
JOLOKIA_PORT = 7777
STOP_SECONDS = 30
LAST_WORDS = 20

_changing = threading.Lock()
_process: subprocess.Popen[bytes] | None = None
_drained: subprocess.Popen[bytes] | None = None


def command(options: list[str], replaced: str = "") -> list[str]:
    """The command that starts Cassandra; `replaced` is the address of a dead node whose place this one takes."""
    jamm = next(LIBRARIES.glob("jamm-*.jar"), LIBRARIES / "jamm.jar")
    jolokia = f"{AGENTS}/jolokia.jar=port={JOLOKIA_PORT},host=127.0.0.1,discoveryEnabled=false,executor=cached"
    return [
        "java",
        *(f"-javaagent:{agent}" for agent in (jamm, jolokia, AGENTS / "lab.jar")),
        *options,
        *([f"-Dcassandra.replace_address_first_boot={replaced}"] if replaced else []),
        f"-Dcassandra.config=file://{TARGET}/cassandra.yaml",
        f"-Dcassandra-rackdc.properties=file://{TARGET}/cassandra-rackdc.properties",
        f"-Dlogback.configurationFile={TARGET}/logback.xml",
        "-Dcassandra.storagedir=/var/lib/cassandra",
        "-Dcassandra-foreground=yes",
        *("-cp", f"{LIBRARIES}/*", "org.apache.cassandra.service.CassandraDaemon"),
    ]


def start(replaced: str = "") -> bool:
    """Start Cassandra unless it runs; False when it ran already."""
    global _process
    with _changing:
        if running():
            return False
        _process = subprocess.Popen(command(read_options(TARGET / JVM_OPTIONS), replaced))
        return True


def running() -> bool:
    """Whether the Java process lives; says nothing on whether it serves."""
    return _process is not None and _process.poll() is None


def process_id() -> int | None:
    """The process of a living Cassandra."""
    return _process.pid if _process is not None and running() else None


def remember_drained() -> None:
    """Note that this Cassandra has written all to disk and left its clients: it may be ended at once."""
    global _drained
    _drained = _process


def stop() -> None:
    """End Cassandra: its own shutdown drains; what is drained, or takes too long, is killed."""
    with _changing:
        if _process is None or not running():
            return
        _process.send_signal(signal.SIGKILL if _drained is _process else signal.SIGTERM)
        try:
            _process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _process.kill()
            _process.wait()
