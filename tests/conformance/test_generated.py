"""Generated definitions, distributed by upstream's operator and by us."""

from __future__ import annotations

import pytest

from .accepted import ACCEPTED
from .support.generator import generated
from .support.verdict import Court
from .test_fixtures import FIXTURES

_SEED = "k8ssandra"
# `make test` judges the first few.
_FEW, _SIZE, _ALL = 5, 50, 500
_BATCHES = (range(_FEW), range(_FEW, _SIZE), *(range(first, first + _SIZE) for first in range(_SIZE, _ALL, _SIZE)))
# Some are refused by the operator, or by its webhook; those say nothing about what is distributed.
_MOST_REFUSED = 2


def _id(batch: range) -> str:
    return f"{batch.start}-{batch.stop - 1}"


@pytest.mark.parametrize("batch", [_BATCHES[0], *(pytest.param(each, marks=pytest.mark.long) for each in _BATCHES[1:])], ids=_id)
def test_batch(court: Court, batch: range) -> None:
    verdicts = court.verdicts(list(generated(batch, _SEED)))
    differing = [each for verdict in verdicts.values() for each in verdict.differences]
    refused = [f"{verdict.name}: {verdict.refusal}" for verdict in verdicts.values() if verdict.refusal]
    assert not differing, "\n".join(str(each) for each in differing)
    assert len(refused) <= _MOST_REFUSED, "\n".join(refused)


@pytest.mark.long
def test_every_accepted_difference_is_still_one(court: Court, request: pytest.FixtureRequest) -> None:
    if len(request.session.items) <= len(FIXTURES) + len(_BATCHES):
        pytest.skip("not all inputs were asked for")
    assert not [row.reason for row in ACCEPTED if row not in court.accepted]
