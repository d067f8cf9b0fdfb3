"""Pictures that staff hand in as a ZIP: kept at once, imported by the worker, which says how far it is."""

import logging
import secrets
import time
from contextlib import ExitStack
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.utils.translation import get_language, override

from gifting.errors import Invalid, Unavailable
from gifting.models import Brand, PackImport
from gifting.models.pack_imports import archive_name
from gifting.services import files, jobs, pack_images
from gifting.services.pack_archives import check_zip
from gifting.services.pack_images import Follower
from gifting.services.pack_imports import Imported

log = logging.getLogger(__name__)
State = PackImport.State
KEPT = timedelta(days=7)
KEPT_PROBLEMS = 200
TOLD_SECONDS = 0.5


class _Overtaken(Exception):
    """Another worker has taken the import over: what this one did is undone."""


def queue(*, brand: Brand, file: IO[bytes], skip_bad: bool, now: datetime) -> PackImport:
    """Keep the ZIP for the worker. Raises Invalid where it is none, empty or too large; Unavailable."""
    check_zip(file)
    file.seek(0)
    with ExitStack() as on_failure:
        name = files.store(archive_name(PackImport(), ""), file)
        on_failure.callback(files.delete, [name])
        row = _create(brand=brand, file=name, skip_bad=skip_bad, created_at=now, due_at=now)
        on_failure.pop_all()
    return row


@transaction.atomic
def _create(**facts: object) -> PackImport:
    row = PackImport.objects.create(language=get_language() or "", **facts)
    jobs.enqueue("import_pictures", row.pk)
    return row


def work(*, pk: int, now: datetime) -> None:
    """Import one due ZIP: all of it is saved in one transaction, with the fact that it is done. Does nothing
    where another worker has it.
    """
    row = _claim(pk, now=now)
    if row is None:
        return
    try:
        _forget_attempt(row)
        with override(row.language):  # What is wrong is told to whoever handed it in.
            result = _run(row)
    except _Overtaken:
        return
    except Invalid as exc:
        _end(row, State.REFUSED, last_error=exc.message)
    except Unavailable as exc:
        _put_off(row, exc, now=now)
    else:
        if not result.saved:
            _end(row, State.REFUSED, **_problems(result))
    clear(now=now, pk=row.pk)


def _claim(pk: int, *, now: datetime) -> PackImport | None:
    due = PackImport.objects.due(now).filter(pk=pk)
    if jobs.claim(due, state=State.RUNNING, now=now):
        return PackImport.objects.select_related("brand").get(pk=pk)
    due.update(state=State.FAILED, last_error="")
    return None


def _forget_attempt(row: PackImport) -> None:
    """What an attempt that was killed has stored is in no table: it goes, and this one begins elsewhere."""
    if row.folder:
        files.delete_folder(row.folder)
    row.folder = f"packs/{secrets.token_hex(8)}"
    _update(row, folder=row.folder, steps=0, steps_done=0)


def _run(row: PackImport) -> Imported:
    follower = Follower(folder=row.folder, tell=_Teller(row), saved=lambda result: _saved(row, result))
    with TemporaryFile() as archive:
        files.copy(str(row.file.name), archive)
        return pack_images.import_zip(brand=row.brand, file=archive, skip_bad=row.skip_bad, follower=follower)


class _Teller:
    """Writes down how far the import is, but not all the time."""

    def __init__(self, row: PackImport) -> None:
        self.row, self.told = row, 0.0

    def __call__(self, done: int, steps: int) -> None:
        if time.monotonic() - self.told > TOLD_SECONDS:
            self.told = time.monotonic()
            _update(self.row, steps=steps, steps_done=done)


def _saved(row: PackImport, result: Imported) -> None:
    _update(row, state=State.DONE, added=result.added, changed=result.changed, **_problems(result))


def _problems(result: Imported) -> dict[str, object]:
    told = [[problem.where, problem.why] for problem in result.problems[:KEPT_PROBLEMS]]
    return {"problems": told, "problem_count": len(result.problems), "last_error": ""}


def _end(row: PackImport, state: PackImport.State, **facts: object) -> None:
    PackImport.objects.of_attempt(row).update(state=state, **facts)


def _update(row: PackImport, **facts: object) -> None:
    if not PackImport.objects.of_attempt(row).update(**facts):
        raise _Overtaken


def _put_off(row: PackImport, exc: Unavailable, *, now: datetime) -> None:
    again = jobs.next_try(row.attempts, now=now)
    state = State.QUEUED if again else State.FAILED
    PackImport.objects.of_attempt(row).update(state=state, due_at=again or now, last_error=exc.message)


def clear(*, now: datetime, **which: int) -> None:
    """Remove the ZIPs of imports that have ended, and what they stored in vain; and after days the rows."""
    ended = PackImport.objects.exclude(state__in=PackImport.WAITING)
    for row in ended.filter(**which).exclude(file=""):
        try:
            if row.state != State.DONE and row.folder:
                files.delete_folder(row.folder)
            files.delete([str(row.file.name)])
        except Unavailable:
            log.warning("The files of import %s wait for the next sweep", row.pk)
            return
        PackImport.objects.filter(pk=row.pk).update(file="")
    ended.filter(file="", created_at__lt=now - KEPT).delete()
