"""A user of gift packs on the page of persons: looked up by user id, exported, erased after a question."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gifting.errors import Invalid
from gifting.models import Brand
from gifting.models.packs import USER_MAX
from gifting.services import exports, pack_persons
from gifting.services.pack_users import check_user


class PackUserForm(forms.Form):
    """Whose gift packs. A user id may begin or end with a space."""

    brand = forms.ModelChoiceField(Brand.objects.all(), label=gettext_lazy("Brand"), empty_label=None)
    user = forms.CharField(label=gettext_lazy("User id"), max_length=USER_MAX, strip=False)

    def clean_user(self) -> str:
        user: str = self.cleaned_data["user"]
        try:
            check_user(user)
        except Invalid:
            raise forms.ValidationError(_("This can be no user id.")) from None
        return user


class PackPersonPages:
    """For the page of persons."""

    def _pack_user_step(self, request: HttpRequest) -> HttpResponse:
        """POST shows what is held on a user id, and with a `step` exports or erases it."""
        form = PackUserForm(request.POST)
        if not form.is_valid():
            return self._person_page(request, status=400, pack_form=form)
        match request.POST.get("step"):
            case "json":
                return json_download(pack_persons.export(**form.cleaned_data, now=timezone.now()))
            case "erase":
                return self._erase_pack_user(request, form.cleaned_data)
        held = pack_persons.look_up(**form.cleaned_data)
        return self._person_page(request, pack_form=form, pack_user=form.cleaned_data, pack_held=held)

    def _erase_pack_user(self, request: HttpRequest, person: dict[str, Any]) -> HttpResponse:
        held = pack_persons.erase(**person)
        gifts = held.sent + held.received
        words = ngettext(
            "The user id is gone from %(n)d gift pack.", "The user id is gone from %(n)d gift packs.", gifts
        )
        messages.success(request, words % {"n": gifts})
        if held.account:
            words = _("Ask these hosted accounts to erase what they hold, too: %(accounts)s.")
            messages.warning(request, words % {"accounts": held.account})
        return redirect(f"{self.admin_site.name}:gifting_order_person")


def json_download(held: exports.Document) -> HttpResponse:
    """What is held on a person, as a file that nobody keeps on the way."""
    response = HttpResponse(exports.as_json(held), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="person.json"'
    return response
