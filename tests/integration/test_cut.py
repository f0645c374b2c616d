"""With west cut off, the run says so, leaves the others as they are, and goes on after it is healed."""

from __future__ import annotations

from tests.integration.support.audit import Audit
from tests.integration.support.lab import Lab
from tests.integration.support.play import Run
from tests.integration.support.watch import Story

PATIENCE = 120  # seconds, far more than all timeouts of a run together


def test_a_cut_context_is_reported_with_its_cause_and_the_others_stay_as_they_are(deployed: Run, story: Story, healed: Lab) -> None:
    audit = Audit.from_now()
    healed.cut("west")
    run = story.site("-vvvv", timeout=PATIENCE).demand(code=1)
    print(f"site.yml with west cut off: {run.seconds:.0f} s")
    assert run.recap["west"]["failed"] == 1
    assert "context west" in run.failures()
    assert "no answer from https://" in run.failures()
    assert not audit.writes()
    assert not any(run.changed().values())


def test_status_calls_a_cut_context_unknown_and_not_empty(deployed: Run, story: Story, healed: Lab) -> None:
    healed.cut("west")
    run = story.status("-vvvv").demand(code=1)
    assert "demo is not ready" in run.failures()
    assert "west" in run.failures()


def test_a_healed_context_takes_part_again(deployed: Run, story: Story, healed: Lab) -> None:
    healed.heal("west")
    story.site().demand()
    story.site().demand_unchanged()
    assert story.nodes() == {"east dc1": 1, "west dc2": 1}
