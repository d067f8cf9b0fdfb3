"""The script for shop pages, at an address that never changes."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from livestream.views.channels import cacheable

SCRIPT = Path(__file__).parent.parent / "static" / "livestream" / "embed.js"
SECONDS = 300


@login_not_required
@require_safe
def embed_script(request: HttpRequest) -> HttpResponseBase:
    """Any page in the world may load it; which pages may show the player, the channel decides."""
    response = cacheable(request, SCRIPT.read_bytes(), "text/javascript; charset=utf-8", seconds=SECONDS)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
