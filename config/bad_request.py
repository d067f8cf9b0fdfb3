"""What Django refuses before it looks for an address, such as a wrong Host header, in each API's words."""

import re

from django.http import HttpRequest, HttpResponse

from gifting.api.gift import build as gift_packs
from livestream.api import build as livestreams


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """For `handler400`."""
    if re.match(r"/api(/|\Z)", request.path_info):
        return livestreams.bad_request(request, exception)
    return gift_packs.bad_request(request, exception)
