"""Run as a module in a project of its own: an arrival is told, and killed one step later each time.

A step is a question to the database, by the server that stores the push or by the worker that reads it,
delivers the gift and mails its receiver. Prints as JSON how many steps there were and what was wrong.
"""

import json
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import django

LATER = timedelta(minutes=10)
"""After the leases of those who died."""


class Countdown:
    """Before each query: kill -9 when there are no steps left."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, execute: Callable[..., Any], *query: Any) -> Any:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1
        return execute(*query)


def main() -> None:
    from django.db import connection

    problems: list[str] = []
    for number in count():
        gift = _new_gift(number)
        connection.close()
        if not (child := os.fork()):
            _arrive(gift, steps=number)
        _pid, status = os.waitpid(child, 0)
        problems += _go_on(gift, number)
        if not os.WIFSIGNALED(status):
            break
    print(json.dumps({"steps": number, "problems": problems}))


def _new_gift(number: int) -> Any:
    from django.utils import timezone

    from gifting.dto import Actor, ActorKind, NewContainer
    from gifting.models import Brand
    from gifting.services import containers, notes

    now, shop = timezone.now(), Actor(ActorKind.SHOP)
    brand, _ = Brand.objects.get_or_create(slug="lune", defaults={"name": "Maison Lune"})
    request = NewContainer(
        crid=f"ORD-{number}",
        email="alice@example.com",
        receiver_email="bob@example.com",
        additional_data={},
    )
    gift, _ = containers.open_container(brand=brand, request=request, actor=shop, now=now)
    notes.write_note(container=gift, note="Only words.", alone=True, actor=shop, now=now)
    said = {"shipmentCode": f"TOUR-{number}", "shipmentCarrier": "coursier"}
    return containers.change_container(container=gift, changes=said, actor=shop, now=now)


def _arrive(gift: Any, *, steps: int) -> None:
    """In the child: the push and all that follows, until it dies."""
    from django.db import connection
    from django.utils import timezone

    with connection.execute_wrapper(Countdown(steps)):
        _push(gift)
        _work(timezone.now())
    os._exit(0)


def _push(gift: Any) -> None:
    from django.utils import timezone

    from gifting.services import inbox
    from tests.fakes.here import body, push

    arrival = body(gift.order.shipments.get().code, ("delivered", timezone.now()))
    inbox.receive(alias="here", push=push(arrival, **{"x-key": f"arrival-{gift.pk}"}), now=timezone.now())


def _work(now: datetime) -> None:
    """What the worker does with everything that is due, until nothing is."""
    from gifting.models import OutgoingMessage, WebhookReceipt
    from gifting.services import inbox, messages, tracking

    for pk in WebhookReceipt.objects.due(now).values_list("pk", flat=True):
        inbox.process(pk=pk, now=now)
    for pk in tracking.next_questions(limit=100, now=now):
        tracking.ask(pk=pk, now=now)
    for pk in OutgoingMessage.objects.due(now).values_list("pk", flat=True):
        messages.send(pk=pk, now=now)


def _go_on(gift: Any, number: int) -> list[str]:
    """The sender pushes again if it heard nothing; other workers take over what is left."""
    from django.utils import timezone

    _push(gift)
    _work(timezone.now() + LATER)
    _work(timezone.now() + 2 * LATER)
    gift.refresh_from_db()
    found = (gift.state, _times(gift, "delivered"), _times(gift, "mail_queued"), _copies(gift))
    fine = ("delivered", 1, 1, 1)
    is_unsure = gift.messages.filter(state="unsure").exists() and found[:3] == fine[:3] and found[3] <= 1
    return [] if found == fine or is_unsure else [f"after {number} steps: {found}"]


def _times(gift: Any, event: str) -> int:
    return int(gift.journal.filter(event=event).count())


def _copies(gift: Any) -> int:
    """Mails with this gift's link, in the folder of mails."""
    from pathlib import Path

    from django.conf import settings

    folder = Path(settings.EMAIL_FILE_PATH)
    return sum(f"/w/{gift.watch_token}" in path.read_text() for path in folder.glob("*.log"))


def with_a_carrier() -> None:
    from django.test import override_settings

    from config.settings import GIFTING
    from tests.fakes.here import telling

    with override_settings(GIFTING={**GIFTING, "CARRIERS": {"here": telling()}}):
        main()


if __name__ == "__main__":
    django.setup()
    with_a_carrier()
