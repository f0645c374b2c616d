"""Generated definitions, distributed by upstream's operator and by us."""

from __future__ import annotations

import pytest

from .support.generator import generated
from .support.verdict import Court

_SEED = "k8ssandra"
_BATCHES, _SIZE = 10, 50
# Some are refused by the operator, or by its webhook; those say nothing about what is distributed.
_LEAST = 48


@pytest.mark.parametrize("batch", range(_BATCHES))
def test_batch(court: Court, batch: int) -> None:
    verdicts = court.verdicts(list(generated(range(batch * _SIZE, (batch + 1) * _SIZE), _SEED)))
    differing = [each for verdict in verdicts.values() for each in verdict.differences]
    refused = [f"{verdict.name}: {verdict.refusal}" for verdict in verdicts.values() if verdict.refusal]
    assert not differing, "\n".join(str(each) for each in differing)
    assert len(verdicts) - len(refused) >= _LEAST, "\n".join(refused)
