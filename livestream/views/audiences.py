"""Who looks on: everybody, or staff who asked to see the rehearsal."""

from django.http import HttpRequest

from livestream.dto import Audience


def audience_of(request: HttpRequest) -> Audience:
    """Staff only with `?rehearsal=1`, and only those who may see livestreams in the admin."""
    return Audience.STAFF if request.GET.get("rehearsal") == "1" and _is_staff(request) else Audience.PUBLIC


def _is_staff(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_active and user.is_staff and user.has_perm("livestream.view_livestream"))
