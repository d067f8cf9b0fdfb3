"""Tokens by django-oauth-toolkit: its endpoints under our addresses, and the page that asks a person."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from oauth2_provider.settings import oauth2_settings
from oauth2_provider.views import AuthorizationView, RevokeTokenView, TokenView

from livestream.models import ChannelApplication

log = logging.getLogger(__name__)
PAGE = "livestream/oauth/authorize.html"
# All that a token can do; who gives one must be allowed to do it.
NEEDED = ("livestream.view_livestream", "livestream.pin_products", "livestream.end_livestream")
GRANTS = ["authorization_code", "client_credentials", "refresh_token"]
CLIENT_AUTH = ["client_secret_basic", "client_secret_post", "none"]
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {client}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
View = Callable[..., HttpResponse]


class Token(TokenView):  # type: ignore[misc]  # The toolkit has no types.
    """The grants that we offer; the toolkit knows more, such as device codes, for which there is no page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("grant_type") not in GRANTS:
            return _error(400, "unsupported_grant_type", f"Use one of: {', '.join(GRANTS)}.")
        answer: HttpResponse = self.authorization_flow_token_response(request)
        return answer


class Authorize(AuthorizationView):  # type: ignore[misc]
    """Asks staff whether an application may act for its channel. Who is not logged in logs in first."""

    template_name = PAGE

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if user.is_authenticated and not (user.is_staff and user.has_perms(NEEDED)):
            return page(request, {"is_forbidden": True}, status=403)
        try:
            answer: HttpResponse = super().dispatch(request, *args, **kwargs)
        except ValueError as exc:  # oauthlib's word for a query that is not encoded as it should be
            return page(request, {"problem": str(exc)}, status=400)
        return answer

    def get_login_url(self) -> str:
        try:
            return reverse("admin:login")
        except NoReverseMatch:
            return str(settings.LOGIN_URL)

    def form_invalid(self, form: Any) -> HttpResponse:
        return page(self.request, {"problem": "The form is incomplete."}, status=400)

    def render_to_response(self, context: dict[str, Any], **response: Any) -> HttpResponse:
        if error := context.get("error"):
            problem = error.description or error.error
            return page(self.request, {"problem": problem}, status=error.status_code)
        ties = ChannelApplication.objects.select_related("channel")
        tie = ties.filter(client_id=context["client_id"]).first()
        if tie is None:
            return page(self.request, {"problem": "This application belongs to no channel."}, status=400)
        context["channel"] = tie.channel
        return page(self.request, context, client=_origin(context["redirect_uri"]))


def page(
    request: HttpRequest, context: dict[str, Any], *, status: int = 200, client: str = ""
) -> HttpResponse:
    """The page with a policy of its own: browsers also check where a form's answer redirects to."""
    headers = {
        "Content-Security-Policy": POLICY.format(client=client),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # With less, browsers send a form without its origin.
    }
    return _with(render(request, PAGE, context, status=status), headers)


def _with(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def _origin(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """RFC 8414: what clients must know to get tokens."""

    def address(name: str) -> str:
        return request.build_absolute_uri(reverse(f"livestream:{name}"))

    answer = JsonResponse(
        {
            "issuer": oauth2_settings.oauth2_authorization_server_issuer(request),
            "authorization_endpoint": address("oauth_authorize"),
            "token_endpoint": address("oauth_token"),
            "revocation_endpoint": address("oauth_revoke"),
            "service_documentation": address("api:openapi-view"),
            "scopes_supported": [*oauth2_settings.SCOPES],
            "response_types_supported": ["code"],
            "grant_types_supported": GRANTS,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": CLIENT_AUTH,
            "revocation_endpoint_auth_methods_supported": CLIENT_AUTH,
            "authorization_response_iss_parameter_supported": (
                oauth2_settings.COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS
            ),
        }
    )
    return _with(answer, {"Access-Control-Allow-Origin": "*"})


def door(view: View) -> View:
    """What goes wrong is told to programs in the shape of RFC 6749."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return _in_their_words(view(request, *args, **kwargs))
        except (SuspiciousOperation, UnreadablePostError, ValueError):
            return _error(400, "invalid_request", "The request cannot be read.")
        except Exception as exc:
            log.error("A token call failed: %s", type(exc).__name__, exc_info=exc)
            return _error(503, "temporarily_unavailable", "Try again in a moment.")

    return inside


def _in_their_words(response: HttpResponse) -> HttpResponse:
    if response.status_code != 405:
        return response
    refusal = _error(405, "invalid_request", "This address does not take that method.")
    return _with(refusal, {"Allow": response["Allow"]})


def _error(status: int, code: str, sentence: str) -> HttpResponse:
    body = {"error": code, "error_description": sentence}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


token = door(Token.as_view())
revoke = door(RevokeTokenView.as_view())
authorize = login_not_required(Authorize.as_view())
