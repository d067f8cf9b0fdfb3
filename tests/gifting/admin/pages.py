"""Addresses of the admin and what its answers say."""

import io
from html import unescape
from typing import Any

import pypdfium2
import zxingcpp
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from gifting.models import VideoContainer

ORDERS = reverse("admin:gifting_order_changelist")
BENCH = reverse("admin:gifting_order_bench")
PRINT = reverse("admin:gifting_order_print")


def order_url(container: VideoContainer, action: str = "change") -> str:
    return reverse(f"admin:gifting_order_{action}", args=[container.order_id])


def row_url(row: Any, container: VideoContainer, action: str) -> str:
    return reverse(f"admin:gifting_order_{action}", args=[container.order_id, row.pk])


def act(
    client: Client, action: str, *containers: VideoContainer, query: str = "", follow: bool = True
) -> HttpResponse:
    """Tick orders in the list and start an action."""
    ids = [container.order_id for container in containers]
    return client.post(ORDERS + query, {"action": action, "_selected_action": ids}, follow=follow)


def print_now(client: Client, *containers: VideoContainer, **choices: Any) -> HttpResponse:
    """What the button of the print page sends."""
    ids = ",".join(str(container.order_id) for container in containers)
    return client.post(PRINT, {"orders": ids, "layout": "a6", "again": "no", **choices})


def text_of(response: HttpResponse) -> str:
    return unescape(response.content.decode())


def messages_of(response: HttpResponse) -> str:
    """What the page tells after an action."""
    return " ".join(str(message) for message in response.context["messages"])


def codes_in(response: HttpResponse) -> list[str]:
    """The QR codes of a PDF, page by page."""
    pdf = pypdfium2.PdfDocument(io.BytesIO(b"".join(response.streaming_content)))
    return [code.text for page in pdf for code in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
