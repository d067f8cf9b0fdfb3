"""Gift packs in a shop's account area: a page for those who have none, and what its buttons do."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from gifting.errors import GiftingError, GiftOver, GiftUnknown, Locked, NotFound
from gifting.models import Brand
from gifting.services import my_gifts
from gifting.services.my_gifts import Visit
from gifting.views import pages

PK = re.compile(r"[0-9]{1,18}", re.ASCII)
VERBS: dict[str, tuple[Callable[..., None], str]] = {
    "accept": (my_gifts.accept, "accepted"),
    "take-back": (my_gifts.take_back, "taken-back"),
}
REFUSALS: dict[type[GiftingError], str] = {GiftOver: "over", GiftUnknown: "over", Locked: "late"}
"""What the page says afterwards: see `gifting/atoms/my_gifts_news.html`."""


def my_gifts_page(request: HttpRequest, *, brand: Brand, user: str) -> HttpResponse:
    """The user's gifts in the brand's look. It has no address: the shop's own view knows who the user is."""
    context = {"brand": brand, "gift_user": user}
    return HttpResponse(render_to_string("gifting/my_gifts.html", context, request), headers=pages.PRIVATE)


@login_not_required
@csrf_protect
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """A button of `{% my_gift_packs %}`. Leads back to the page that showed it, which says what happened."""
    said = request.POST
    try:
        visit = my_gifts.open_visit(token=said.get("visit", ""))
    except NotFound:
        return pages.not_found(request)
    if said.get("do") not in VERBS or not PK.fullmatch(said.get("gift", "")):
        return pages.not_found(request)
    news = _do(visit, said["do"], pk=int(said["gift"]))
    address = my_gifts.changed(visit.address, gifts_said=news)
    return HttpResponseRedirect(f"{address}#gc-mine-news", headers=pages.PRIVATE)


def _do(visit: Visit, word: str, **what: Any) -> str:
    """Returns the word for what happened."""
    if visit.is_old:
        return "again"
    verb, done = VERBS[word]
    try:
        verb(visit=visit, now=timezone.now(), **what)
    except tuple(REFUSALS) as refusal:
        return REFUSALS[type(refusal)]
    return done
