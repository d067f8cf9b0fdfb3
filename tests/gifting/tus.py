"""A tus client on Django's test client, for tests that look at single requests."""

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.test import Client

from gifting.models import Upload, VideoContainer
from gifting.models.files import gift_storage
from tests.gifting.serving import CHUNK, URL, encoded


@dataclass(slots=True)
class Tus:
    """What a giver's browser sends. A header given as None is left out."""

    container: VideoContainer
    client: Client = field(default_factory=Client)

    def post(self, *, body: bytes = b"", **headers: str | None) -> HttpResponse:
        """A creation request as `headers` say, with key and gift filled in."""
        always = {
            "X-Edit-Key": str(self.container.edit_key),
            "Upload-Metadata": encoded(urid=self.container.urid, filename="gift.webm"),
        }
        return self._send("POST", URL, body, {**always, **_named(headers)})

    def create(self, length: int | None = None, **headers: str | None) -> str:
        """The path of a new upload; without a length it is deferred."""
        said = {"upload_defer_length": "1"} if length is None else {"upload_length": str(length)}
        response = self.post(**{**said, **headers})
        assert response.status_code == 201, response.content
        return response["Location"]

    def head(self, path: str, **headers: str | None) -> HttpResponse:
        return self._send("HEAD", path, b"", _named(headers))

    def patch(self, path: str, offset: int, body: bytes, **headers: str | None) -> HttpResponse:
        always = {"Upload-Offset": str(offset), "Content-Type": CHUNK}
        return self._send("PATCH", path, body, {**always, **_named(headers)})

    def delete(self, path: str, **headers: str | None) -> HttpResponse:
        return self._send("DELETE", path, b"", _named(headers))

    def send(self, body: bytes) -> Upload:
        """A whole upload in one chunk."""
        path = self.create(len(body))
        if body:
            assert self.patch(path, 0, body).status_code == 204
        return row(path)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str | None]) -> HttpResponse:
        said = {"Tus-Resumable": "1.0.0", **headers}
        present = {name: value for name, value in said.items() if value is not None}
        kind = present.pop("Content-Type", "")
        # Django's client forgets the type of an empty body.
        return self.client.generic(method, path, body, content_type=kind, headers=present, CONTENT_TYPE=kind)


def _named(headers: dict[str, str | None]) -> dict[str, str | None]:
    return {name.replace("_", "-").title(): value for name, value in headers.items()}


def row(path: str) -> Upload:
    """The upload's row."""
    return Upload.objects.get(uid=path.rpartition("/")[2])


def received(upload: Upload) -> bytes:
    """The bytes that the server keeps for an upload."""
    return b"".join(gift_storage().open(name).read() for name in upload.parts)
