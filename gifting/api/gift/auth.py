"""Who calls: the app key of a brand, within its rate limit."""

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyHeader

from gifting.api.v3 import limits
from gifting.errors import Unauthorized
from gifting.models import ApiKey
from gifting.services import keys


class AppRequest(HttpRequest):
    """A request that passed `AppKey`."""

    auth: ApiKey


class AppKey(APIKeyHeader):
    """`apikey: <key>`. Raises Unauthorized, KeyBlocked, RateLimited."""

    param_name = "apikey"

    def authenticate(self, request: HttpRequest, key: str | None) -> ApiKey:
        if not key:
            raise Unauthorized("Send your key in a header: apikey: <key>.")
        found = keys.find_key(clear=key.strip(), kind=ApiKey.Kind.PACKS)
        limits.spend(found, now=timezone.now())
        return found
