"""Who calls: the application behind an access token, its channel, and what it may do."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import SecuritySchema
from oauth2_provider.models import get_access_token_model, get_application_model
from oauth2_provider.settings import oauth2_settings

from livestream.api import limits
from livestream.api.errors import ScopeMissing, TokenRefused
from livestream.dto import Actor, ActorKind
from livestream.errors import Unauthorized
from livestream.models import Channel, ChannelApplication
from livestream.scopes import SCOPES

NAMED = {name: str(words) for name, words in SCOPES.items()}
FLOWS = {
    "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": NAMED},
    "authorizationCode": {
        "authorizationUrl": "/oauth/authorize",
        "tokenUrl": "/oauth/token",
        "refreshUrl": "/oauth/token",
        "scopes": NAMED,
    },
}
# Written out because every call of the API begins with it: token, application and channel in one statement.
FIND = """
    SELECT channel.*, tie.client_id AS caller_id, tie.name AS caller_name,
           token.{scope} AS token_scope, token.{resource} AS token_resource
    FROM {tokens} AS token
    JOIN {applications} AS application ON application.{application_key} = token.{application}
    JOIN {ties} AS tie ON tie.client_id = application.{client_id}
    JOIN {channels} AS channel ON channel.id = tie.channel_id
    LEFT JOIN {users} AS person ON person.{user_key} = token.{user}
    WHERE token.{checksum} = %s AND token.{expires} > %s AND {is_there}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An application of a channel. `name` is for the journal."""

    channel: Channel
    client_id: str
    name: str
    scopes: frozenset[str]

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.API, self.name)


class AppRequest(HttpRequest):
    """A request that passed `AccessToken`."""

    auth: Caller


class AccessToken:
    """`Authorization: Bearer <access token>` with a scope. A token anywhere else is no token.

    Raises Unauthorized, TokenRefused, RateLimited and ScopeMissing.
    """

    openapi_security_schema = SecuritySchema("oauth2", flows=FLOWS)

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        now = timezone.now()
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized
        caller = _find_caller(request, token.strip(), now=now)
        limits.spend(caller.client_id, now=now)
        if self.scope not in caller.scopes:
            raise ScopeMissing(scope=self.scope)
        return caller


def _find_caller(request: HttpRequest, token: str, *, now: datetime) -> Caller:
    """Raises TokenRefused for a token that is unknown, expired, revoked, meant for another API, or given by
    somebody who may not log in any more; and for an application without a channel.
    """
    digest = sha256(token.encode()).hexdigest()
    moment = connection.ops.adapt_datetimefield_value(now)
    channel: Any = next(iter(Channel.objects.raw(_find(), [digest, moment])), None)
    if channel is None or not _is_for_us(request, json.loads(channel.token_resource)):
        raise TokenRefused
    return Caller(
        channel=channel,
        client_id=channel.caller_id,
        name=channel.caller_name or channel.caller_id,
        scopes=frozenset(channel.token_scope.split()),
    )


def _is_for_us(request: HttpRequest, resources: list[str]) -> bool:
    """RFC 8707: a token may be limited to the addresses that it names."""
    accepts = oauth2_settings.RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR
    return not resources or bool(accepts(request.build_absolute_uri(request.path), resources))


@cache
def _find() -> str:
    """FIND for the models that the host has chosen: each of the three can be swapped for its own."""
    token, application, user = get_access_token_model(), get_application_model(), get_user_model()
    return FIND.format(
        tokens=_table(token),
        applications=_table(application),
        ties=_table(ChannelApplication),
        channels=_table(Channel),
        users=_table(user),
        scope=_column(token, "scope"),
        resource=_column(token, "resource"),
        application=_column(token, "application"),
        user=_column(token, "user"),
        checksum=_column(token, "token_checksum"),
        expires=_column(token, "expires"),
        application_key=_column(application, "pk"),
        client_id=_column(application, "client_id"),
        user_key=_column(user, "pk"),
        is_there=_is_there(token, user),
    )


def _is_there(token: type[Model], user: type[Model]) -> str:
    """Whoever gave the token may still log in. By client credentials nobody gave it."""
    try:
        return f"(token.{_column(token, 'user')} IS NULL OR person.{_column(user, 'is_active')})"
    except FieldDoesNotExist:  # A host's own model of users may know no such thing.
        return "1 = 1"


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(model: type[Model], name: str) -> str:
    field: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return connection.ops.quote_name(field.column)
