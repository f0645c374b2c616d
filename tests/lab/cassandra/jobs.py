"""What runs on a node by order: at once (v0), or as a job with an id to ask after (v1)."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import jmx

Query = Mapping[str, str]
Body = Mapping[str, Any]
Operation = Callable[[Query, Body], None]

_STRINGS = "[Ljava.lang.String;"
_STRING = "java.lang.String"
_jobs: dict[str, dict[str, str]] = {}
_numbers = itertools.count(1)


def submit(kind: str, operation: Operation, query: Query, body: Body) -> str:
    """Begin a job and give its id."""
    job = {"id": f"{kind}-{next(_numbers)}-{time.time_ns():x}", "type": kind.upper(), "status": "WAITING", "submit_time": _now()}
    _jobs[job["id"]] = job
    threading.Thread(target=_run, args=(job, operation, query, body), daemon=True).start()
    return job["id"]


def details(identity: str) -> dict[str, str] | None:
    """A job by its id, None when there is none."""
    return _jobs.get(identity)


def _run(job: dict[str, str], operation: Operation, query: Query, body: Body) -> None:
    try:
        operation(query, body)
        job.update(status="COMPLETED", end_time=_now())
    except Exception as problem:  # a thread has nobody above it: the job tells
        job.update(status="ERROR", error=str(problem), end_time=_now())
    print("job", job["id"], job["status"], job.get("error", ""), flush=True)


def _now() -> str:
    return str(time.time_ns() // 1_000_000)


def cleanup(query: Query, body: Body) -> None:
    """Drop what this node no longer owns."""
    _each_keyspace(body, f"forceKeyspaceCleanup(int,{_STRING},{_STRINGS})", lambda keyspace: [_threads(body), keyspace])


def flush(query: Query, body: Body) -> None:
    """Write memtables to disk."""
    _each_keyspace(body, f"forceKeyspaceFlush({_STRING},{_STRINGS})", lambda keyspace: [keyspace])


def compact(query: Query, body: Body) -> None:
    """Compact tables, a token range of them, or named SSTables."""
    if body.get("user_defined"):
        jmx.call("forceUserDefinedCompaction", ",".join(body.get("user_defined_files", [])), mbean=jmx.COMPACTION)
    elif body.get("start_token") or body.get("end_token"):
        ends = [body.get("start_token", ""), body.get("end_token", "")]
        operation = f"forceKeyspaceCompactionForTokenRange({_STRING},{_STRING},{_STRING},{_STRINGS})"
        _each_keyspace(body, operation, lambda keyspace: [keyspace, *ends])
    else:
        split = bool(body.get("split_output"))
        _each_keyspace(body, f"forceKeyspaceCompaction(boolean,{_STRING},{_STRINGS})", lambda keyspace: [split, keyspace])


def scrub(query: Query, body: Body) -> None:
    """Rebuild SSTables, checking them."""
    choices = [bool(body.get(key)) for key in ("disable_snapshot", "skip_corrupted", "check_data", "reinsert_overflowed_ttl")]
    operation = f"scrub(boolean,boolean,boolean,boolean,int,{_STRING},{_STRINGS})"
    _each_keyspace(body, operation, lambda keyspace: [*choices, _threads(body), keyspace])


def collect_garbage(query: Query, body: Body) -> None:
    """Drop deleted rows from SSTables."""
    option = body.get("tombstone_option") or "ROW"
    operation = f"garbageCollect({_STRING},int,{_STRING},{_STRINGS})"
    _each_keyspace(body, operation, lambda keyspace: [option, _threads(body), keyspace])


def upgrade_sstables(query: Query, body: Body) -> None:
    """Rewrite SSTables of an older version."""
    operation = f"upgradeSSTables({_STRING},boolean,int,{_STRINGS})"
    _each_keyspace(body, operation, lambda keyspace: [keyspace, bool(body.get("exclude_current_version", True)), _threads(body)])


def rebuild(query: Query, body: Body) -> None:
    """Stream this node's data from another datacenter."""
    jmx.call(f"rebuild({_STRING})", query.get("src_dc") or None)


def decommission(query: Query, body: Body) -> None:
    """Hand this node's data to the others and leave the ring."""
    jmx.call("decommission(boolean)", query.get("force", "").lower() == "true")


def move(query: Query, body: Body) -> None:
    """Give this node another token."""
    jmx.call(f"move({_STRING})", query["newToken"])


def refresh(query: Query, body: Body) -> None:
    """Load SSTables that were put into a table's folder."""
    jmx.call(f"loadNewSSTables({_STRING},{_STRING})", query["keyspaceName"], query["table"])


def _each_keyspace(body: Body, operation: str, arguments: Callable[[str], list[Any]]) -> None:
    wanted = body.get("keyspace_name") or "ALL"
    names = jmx.read("NonLocalStrategyKeyspaces") if wanted == "ALL" else [wanted]
    for keyspace in names:
        status = jmx.call(operation, *arguments(keyspace), list(body.get("tables") or []))
        if isinstance(status, int) and status != 0:
            raise jmx.JmxError(f"{operation.split('(')[0]} of keyspace {keyspace} ended with status {status}, see system.log")


def _threads(body: Body) -> int:
    """How many compaction threads: the operators write -1 where nothing was asked."""
    return max(int(body.get("jobs") or 0), 0) or 1
