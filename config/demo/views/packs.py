"""Sticker packs: choosing who one is, the catalogue, and giving a pack to somebody."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.demo.brands import lune
from config.demo.pack_samples import PEOPLE
from gifting.errors import AlreadyGiven, GiftingError, PackUnknown, Unavailable
from gifting.models.packs import NOTE_MAX
from gifting.services import pack_catalogue, packs

ME = "demo.me"
SHOWN = 50


class GiveForm(forms.Form):
    """To whom, and a few words. `me` is not offered."""

    use_required_attribute = False

    receiver = forms.ChoiceField(
        label="Who is it for?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who should get it."},
    )
    note = forms.CharField(
        label="A few words",
        max_length=NOTE_MAX,
        required=False,
        help_text="Optional. One line, shown with the pack.",
    )

    def __init__(self, *args: Any, me: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [(user, name) for user, name in PEOPLE.items() if user != me]
        self.fields["receiver"].choices = others  # type: ignore[attr-defined]


@never_cache
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The packs, and with `{% my_gift_packs %}` what the chosen person gave and was given."""
    me = _me(request)
    try:
        brand = lune()
        found = pack_catalogue.packs(brand=brand, page=1, limit=SHOWN, user=me).items
    except GiftingError as refusal:
        messages.error(request, refusal.message)
        brand, found = None, ()
    return render(request, "demo/packs.html", {**_people(me), "brand": brand, "packs": found})


@require_POST
def be(request: HttpRequest) -> HttpResponse:
    """From now on the visitor is another person. A real shop has a login for that."""
    if (user := request.POST.get("person")) not in PEOPLE:
        raise Http404
    request.session[ME] = user
    return redirect("demo:packs")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: HttpRequest, number: int) -> HttpResponse:
    """One pack with its stickers, and the form that gives it to somebody."""
    me = _me(request)
    try:
        found = pack_catalogue.find_pack(brand=lune(), number=number, user=me)
    except (PackUnknown, Unavailable):
        raise Http404 from None
    form = GiveForm(request.POST or None, me=me)
    if form.is_valid() and _give(request, number, form):
        return redirect("demo:packs")
    return render(request, "demo/pack.html", {**_people(me), "pack": found, "form": form})


def _give(request: HttpRequest, number: int, form: GiveForm) -> bool:
    """All that a Django shop has to do. False where the form has to say why not."""
    receiver, note = form.cleaned_data["receiver"], form.cleaned_data["note"]
    try:
        packs.send(
            brand=lune(),
            number=number,
            sender=_me(request),
            receiver=receiver,
            note=note,
            now=timezone.now(),
        )
    except AlreadyGiven:
        form.add_error("receiver", f"{PEOPLE[receiver]} has this pack already, or was sent it.")
        return False
    except GiftingError as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, f"{PEOPLE[receiver]} can accept it now. Become {PEOPLE[receiver]} and look.")
    return True


def _me(request: HttpRequest) -> str:
    user: str = request.session.get(ME, "")
    return user if user in PEOPLE else next(iter(PEOPLE))


def _people(me: str) -> dict[str, Any]:
    return {"people": PEOPLE, "me": me, "my_name": PEOPLE[me]}
