"""What the django-q2 worker runs. Each task takes a row by its key and may run any number of times."""

from django.utils import timezone
from django_q.tasks import async_task

from gifting.models import OutgoingMessage, Recording
from gifting.services import messages, recordings, uploads

SWEEP_LIMIT = 500


def process_recording(pk: int) -> None:
    """Convert one uploaded video."""
    recordings.process(pk=pk, now=timezone.now())


def send_message(pk: int) -> None:
    """Send one queued mail."""
    messages.send(pk=pk, now=timezone.now())


def sweep() -> None:
    """Every minute: start again whatever is due and was lost, erase what was replaced or abandoned."""
    now = timezone.now()
    for model, task in ((Recording, "process_recording"), (OutgoingMessage, "send_message")):
        due = model.objects.due(now).order_by("due_at").values_list("pk", flat=True)
        for pk in due[:SWEEP_LIMIT]:
            async_task(f"gifting.tasks.{task}", pk)
    recordings.erase_replaced()
    uploads.purge_expired(now=now)
