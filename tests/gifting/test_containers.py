"""The life of a gift message."""

from collections.abc import Callable

import pytest

from gifting.models import MOVES, VideoContainer

State = VideoContainer.State


def test_every_state_has_a_row_of_legal_moves() -> None:
    assert MOVES.keys() == set(State)


@pytest.mark.django_db
def test_a_container_opens_for_recording(new_container: Callable[..., VideoContainer]) -> None:
    assert new_container().state == State.RECORDING_OPEN
