"""What tests of the viewer page share."""

import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from livestream.models import LiveStream

PAGE = re.compile(r'<script id="lv-page" type="application/json">(.*?)</script>', re.DOTALL)


def address(stream: LiveStream, path: str = "") -> str:
    return f"/live/{stream.public_id}/{path}"


def watch(client: Client, stream: LiveStream, query: str = "", **headers: str) -> str:
    response = client.get(address(stream) + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def facts(html: str) -> Any:
    """What the page tells its scripts."""
    found = PAGE.search(html)
    assert found
    return json.loads(found[1])


def policy(response: HttpResponse) -> dict[str, list[str]]:
    """The page's Content-Security-Policy by directive."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def text_of(html: str) -> str:
    """The words of the page's body that are not hidden and not for scripts."""
    body = html.partition("<body")[2].partition("<script")[0]
    for hidden in (r"<template.*?</template>", r"<(\w+)[^>]* hidden[^>]*>.*?</\1>"):
        body = re.sub(hidden, " ", body, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())
