"""Run as a module in a project of its own: erases gifts, and is killed one step later each time.

A step is a question to the database, or a file that goes out of the storage. Prints as JSON how many steps
there were and what was wrong.
"""

import json
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.core.files.storage import FileSystemStorage

COUNTDOWN = {"left": -1}


def step() -> None:
    """One more; kill -9 when there are none left."""
    if COUNTDOWN["left"] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    COUNTDOWN["left"] -= 1


class Mortal(FileSystemStorage):
    """Before and after each deletion the process may die."""

    def delete(self, name: str) -> None:
        step()
        super().delete(name)
        step()


def mortal_query(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    step()
    return execute(sql, params, many, context)


def main() -> None:
    from django.db import connection

    problems: list[str] = []
    for number in count():
        gift = _new_gift(number)
        connection.close()
        if not (child := os.fork()):
            _erase(steps=number)
        _pid, status = os.waitpid(child, 0)
        problems += _look_before(gift, number)
        _sweep()
        problems += _look_after(gift, number)
        if not os.WIFSIGNALED(status):
            break
    print(json.dumps({"steps": number, "problems": problems}))


def _new_gift(number: int) -> Any:
    from django.utils import timezone

    from gifting.dto import Actor, ActorKind, NewContainer
    from gifting.models import Brand, VideoContainer
    from gifting.services import containers
    from tests.gifting import personal

    now = timezone.now()
    brand, _ = Brand.objects.get_or_create(slug="lune", defaults={"name": "Maison Lune"})
    request = NewContainer(crid=f"ORD-{number}", **personal.ORDER)
    made, _ = containers.open_container(brand=brand, request=request, actor=Actor(ActorKind.SHOP), now=now)
    gift = personal.fill(made, now=now)
    VideoContainer.objects.filter(pk=gift.pk).update(expires_at=now, warned_at=now)
    return gift


def _erase(*, steps: int) -> None:
    """In the child: die after so many steps."""
    from django.db import connection

    COUNTDOWN["left"] = steps
    with connection.execute_wrapper(mortal_query):
        _sweep()
    os._exit(0)


def _sweep() -> None:
    from django.utils import timezone

    from gifting.services import recordings, retention, uploads

    now = timezone.now() + timedelta(seconds=1)
    for part in (retention.erase_due, recordings.erase_replaced, uploads.purge_expired):
        part(now=now)


def _look_before(gift: Any, number: int) -> list[str]:
    """Whatever was killed when: the gift is whole, or none of it is left in the tables."""
    from tests.gifting import personal

    gift.refresh_from_db()
    if gift.state == "expired":
        return [f"{number}: {column} is left" for column in personal.tell_tales()]
    is_whole = len(_files(gift)) == 3 and gift.order.giver_email and gift.note and gift.recording_id
    return [] if is_whole else [f"{number}: the gift is half erased"]


def _look_after(gift: Any, number: int) -> list[str]:
    from gifting.models import Recording, Upload
    from tests.gifting import personal

    rows = Recording.objects.count() + Upload.objects.count()
    tales = [*personal.tell_tales(), *map(str, _files(gift)), *["a row"] * rows]
    erased = gift.journal.filter(event="erased").count()
    return [f"{number}: {tale} is left" for tale in tales] + (
        [] if erased == 1 else [f"{number}: {erased} times"]
    )


def _files(gift: Any) -> list[Path]:
    from gifting.models.files import gift_storage

    folders = (f"gifts/{gift.urid}", f"uploads/upload-{gift.urid}")
    return [path for name in folders for path in Path(gift_storage().path(name)).rglob("*") if path.is_file()]


def on_a_mortal_storage() -> None:
    from django.test import override_settings

    from config.settings import STORAGES

    mortal = {**STORAGES["default"], "BACKEND": f"{__name__}.Mortal"}
    with override_settings(STORAGES={**STORAGES, "default": mortal}):
        main()


if __name__ == "__main__":
    django.setup()
    from tests.gifting import (
        erasing,  # Under its name, by which the storage is found: one countdown for both.
    )

    erasing.on_a_mortal_storage()
