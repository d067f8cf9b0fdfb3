"""Pushes to a real server with PostgreSQL: the same one, a hundred times at the same instant."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
import requests
from standardwebhooks import Webhook

from tests.benchmarks.postgres import SERVER, database
from tests.gifting.serving import Project, once_is_enough
from tests.postgres import answers

pytestmark = [
    pytest.mark.postgres,
    once_is_enough,
    pytest.mark.skipif(not answers(SERVER), reason=f"PostgreSQL does not answer at {SERVER}."),
]
TIMES = 100
SECRET = "whsec_" + "c2VjcmV0" * 4
BODY = json.dumps({"trackingCode": "TOUR-7", "status": "delivered", "happenedAt": "2026-11-02T10:00:00Z"})
ATTACH = """
from django.utils import timezone
from gifting.dto import Actor, ActorKind
from gifting.models import VideoContainer
from gifting.services import containers
changes = {{"shipmentCode": "TOUR-7", "shipmentCarrier": "coursier"}}
gift = VideoContainer.objects.get(urid={urid!r})
containers.change_container(container=gift, changes=changes, actor=Actor(ActorKind.SHOP), now=timezone.now())
"""
WORK = """
import json
from django_q.models import OrmQ
from gifting import tasks
from gifting.models import JournalEntry, OutgoingMessage, WebhookReceipt
for row in OrmQ.objects.order_by("pk"):
    getattr(tasks, row.task["func"].rpartition(".")[2])(*row.task["args"])
found = [WebhookReceipt, OutgoingMessage, JournalEntry.objects.filter(event="delivered")]
print(json.dumps([getattr(rows, "objects", rows).count() for rows in found]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with database("gc_pushes_live") as url:
        folder: Path = tmp_path_factory.mktemp("pushes")
        yield Project.make(folder, DATABASE_URL=url, PARCELS_WEBHOOK_SECRET=SECRET)


def test_a_hundred_times_the_same_push_is_one_delivery(project: Project) -> None:
    project.python(ATTACH.format(urid=project.new_gift().urid))
    with project.serve() as server:
        assert push_at_once(f"{server.url}/webhooks/signed") == [200] * TIMES
    assert json.loads(project.python(WORK)) == [1, 1, 1]


def push_at_once(url: str) -> list[int]:
    """The statuses of the answers."""
    start, at = Barrier(TIMES), datetime.now(UTC)
    signature = Webhook(SECRET).sign(msg_id="stop-1", timestamp=at, data=BODY)
    stamp = str(int(at.timestamp()))
    headers = {"webhook-id": "stop-1", "webhook-timestamp": stamp, "webhook-signature": signature}

    def push(_number: int) -> int:
        start.wait()
        return requests.post(url, BODY, headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(push, range(TIMES)))
