"""Encoders as the project sees them: what their media server tells of them, to the letter."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.test import Client

from livestream.models import LiveStream

FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Encoder:
    """One connection to nginx-rtmp. `arguments` are what stands behind the key in its address."""

    stream: LiveStream
    number: int = 1
    key: str = ""
    arguments: str = ""

    def publish(self) -> int:
        return self.tell("publish", type="live").status_code

    def update(self) -> int:
        return self.tell("update", call="update_publish", time="5", timestamp="4823").status_code

    def publish_done(self) -> int:
        return self.tell("publish_done").status_code

    def record_done(self, path: str) -> int:
        return self.tell("record_done", recorder="", path=path).status_code

    def tell(self, event: str, **facts: str) -> HttpResponse:
        """A form in the server's order, with the encoder's own arguments at its end."""
        told = {"call": event, "name": self.stream.public_id, "clientid": str(self.number), **facts}
        fields = "&".join(f"{name}={quote(value)}" for name, value in told.items())
        arguments = f"key={self.key or self.stream.stream_key}{self.arguments}"
        body = f"app=live&flashver=FMLE/3.0&swfurl=&tcurl=rtmp://10.0.0.1/live&pageurl=&{fields}&{arguments}"
        return Client().post(f"/live/hooks/rtmp/{event}", body, content_type=FORM)


def told(event: str, facts: dict[str, str]) -> HttpResponse:
    """The answer to these words of the server, and no others."""
    return Client().post(f"/live/hooks/rtmp/{event}", urlencode(facts), content_type=FORM)
