"""Gift packs in a shop's account area: a page for those who have none, and what its buttons do."""

import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST

from gifting.backends.choose import packs_of
from gifting.errors import GiftingError, GiftOver, Invalid, Locked, NotFound, VendorError
from gifting.models import Brand
from gifting.services import my_gifts
from gifting.services.my_gifts import Visit
from gifting.views import pages

Form = dict[str, str]
FIELDS = ("visit", "do", "gift", "number", "sender")
NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
VERBS: dict[str, tuple[Callable[..., None], str]] = {
    "accept": (my_gifts.accept, "accepted"),
    "take-back": (my_gifts.take_back, "taken-back"),
}
REFUSALS: dict[type[GiftingError], str] = {
    GiftOver: "over",
    NotFound: "over",
    Invalid: "over",
    Locked: "late",
    VendorError: "trouble",
}
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
    said = {name: request.POST.get(name, "") for name in FIELDS if name in request.POST}
    try:
        visit = my_gifts.open_visit(token=said.get("visit", ""))
    except NotFound:
        return pages.not_found(request)
    if not (said.get("do") in VERBS if _is_number(said, "gift") else _is_there(said)):
        return pages.not_found(request)
    news = "again" if visit.is_old else _do(visit, said)
    address = my_gifts.changed(visit.address, gifts_said=news)
    return HttpResponseRedirect(f"{address}#gc-mine-news", headers=pages.PRIVATE)


def _is_number(said: Form, name: str) -> bool:
    return bool(NUMBER.fullmatch(said.get(name, "")))


def _is_there(said: Form) -> bool:
    """A gift in the brand's account is named by its pack and its sender, and can be accepted alone."""
    return said.get("do") == "accept" and "sender" in said and _is_number(said, "number")


def _do(visit: Visit, said: Form) -> str:
    """Returns the word for what happened."""
    verb, done = VERBS[said["do"]]
    try:
        if "gift" in said:
            verb(visit=visit, pk=int(said["gift"]), now=timezone.now())
        else:
            _accept_there(visit, int(said["number"]), said["sender"])
    except tuple(REFUSALS) as refusal:
        return next(word for kind, word in REFUSALS.items() if isinstance(refusal, kind))
    return done


def _accept_there(visit: Visit, number: int, sender: str) -> None:
    brand = Brand.objects.filter(pk=visit.brand_id).first()
    if brand is None:
        raise NotFound("This brand is gone.")
    my_gifts.accept_there(visit=visit, backend=packs_of(brand), brand=brand, number=number, sender=sender)
