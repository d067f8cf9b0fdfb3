"""What a Django view costs that only moves the bytes: append a body to a file, stream a part of one."""

from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

BLOCK = 256 * 1024


@csrf_exempt
def append(request: HttpRequest) -> HttpResponse:
    with (settings.VAR / "appended").open("ab") as file:
        while piece := request.read(BLOCK):
            file.write(piece)
    return HttpResponse(status=204)


def stream(request: HttpRequest, first: int, length: int) -> StreamingHttpResponse:
    file = (settings.VAR / "streamed").open("rb")
    headers = {"Content-Length": str(length), "Content-Type": "video/mp4"}
    return StreamingHttpResponse(_blocks(file, first, length), status=206, headers=headers)


def _blocks(file: IO[bytes], first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


urlpatterns = [
    path("bare/append", append),
    path("bare/stream/<int:first>/<int:length>", stream),
    path("", include("config.urls")),
]
