"""The lab with upstream's control plane in it, and the judge over both sides."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from tests.integration.support.lab import Lab
from tests.lab.layout import Lab as Clusters

from .support.judged import Judge, forget
from .support.management_api import serving
from .support.operators import CONTEXTS, CONTROL_PLANE, install
from .support.server import Server
from .support.stand_in import StandIn
from .support.verdict import Court


@pytest.fixture(scope="session")
def court(request: pytest.FixtureRequest) -> Iterator[Court]:
    """Both sides of the comparison, on the lab of this checkout, which is started when it is not up.

    When all went well the lab is left empty, as whoever comes next wants it; else with what was distributed, to be looked at.
    """
    lab = Lab()
    lab.up()
    clusters = Clusters.load()
    servers = {context: Server(clusters.cluster(context)) for context in CONTEXTS}
    install()
    prefix = f"c{int(time.time()) % 1000000}"
    with contextlib.ExitStack() as end:
        for server in servers.values():
            end.callback(server.close)
        # What a run left that was killed.
        forget(servers[CONTROL_PLANE])
        nodes = end.enter_context(serving(clusters.cluster(CONTROL_PLANE)))
        stand_in = StandIn(servers, nodes)
        stand_in.start()
        yield Court(servers, Judge(servers, stand_in, nodes), prefix)
    if not request.session.testsfailed:
        lab.empty()
