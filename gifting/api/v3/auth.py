"""Who calls: the private key of a brand, within its rate limit."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from gifting.api.v3 import limits
from gifting.dto import Actor, ActorKind
from gifting.errors import Unauthorized
from gifting.models import ApiKey
from gifting.services import keys


class ShopRequest(HttpRequest):
    """A request that passed `PrivateKey`."""

    auth: ApiKey


class PrivateKey(HttpBearer):
    """`Authorization: Bearer <private key>`. Raises Unauthorized, RateLimited."""

    def __call__(self, request: HttpRequest) -> ApiKey:
        scheme, _, clear = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("Send your private key in a header: Authorization: Bearer <private key>.")
        return self.authenticate(request, clear.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey:
        key = keys.find_key(clear=token, kind=ApiKey.Kind.VIDEOS)
        limits.spend(key, now=timezone.now())
        return key


def actor(request: ShopRequest) -> Actor:
    """The name of the caller in the journal."""
    return Actor(ActorKind.API, request.auth.prefix)
