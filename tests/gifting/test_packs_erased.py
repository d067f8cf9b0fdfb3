"""A gift at hand, whose sender or receiver is erased meanwhile: nothing brings the old user id back."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from gifting.dto import Actor, ActorKind
from gifting.errors import GiftOver
from gifting.models import Brand, GiftPack, PackTally, PackUser
from gifting.services import packs
from tests.gifting.pack_gifts import new_pack

STAFF = Actor(ActorKind.STAFF, "maria")
PAIR = {"sender": "Alice", "receiver": "Bob"}


@pytest.fixture
def gift(brand: Brand, now: datetime) -> GiftPack:
    new_pack(brand)
    return packs.send(brand=brand, number=118, **PAIR, now=now)


@pytest.mark.parametrize("role", PAIR)
def test_taking_back_counts_for_who_has_the_gift_now(gift: GiftPack, now: datetime, role: str) -> None:
    GiftPack.objects.update(**{role: "erased"})
    PackTally.objects.filter(user=PAIR[role]).update(user="erased")
    packs.revoke(gift=gift, actor=STAFF, now=now)
    assert not PackTally.objects.filter(user=PAIR[role]).exists()
    assert set(PackTally.objects.values_list("sent", "received")) == {(0, 0)}


def test_confirming_gives_the_pack_to_nobody_else(gift: GiftPack, brand: Brand, now: datetime) -> None:
    def erase_first(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE") and "confirmed_at" in sql:
            GiftPack.objects.update(receiver="erased")
        return execute(sql, *rest)

    with connection.execute_wrapper(erase_first), pytest.raises(GiftOver):
        packs.confirm(brand=brand, number=118, **PAIR, now=now)
    assert not PackUser.objects.exists()
