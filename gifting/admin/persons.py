"""A person's data: looked up by mail address, exported, and erased after a question."""

from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gifting.admin.actors import staff_actor
from gifting.admin.pack_persons import PackPersonPages, PackUserForm, json_download
from gifting.admin.verbs import ERASE
from gifting.errors import GiftingError
from gifting.services import exports, privacy
from gifting.services.privacy import Erased

NAMED = 20


class PersonForm(forms.Form):
    """Whose data."""

    address = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)


class PersonPages(PackPersonPages):
    """For the admin of orders: `person/`. Addresses come by POST, so that no log of addresses has them."""

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(ERASE)

    def person_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks whose data; POST shows what is held, and with a `step` exports or erases it."""
        if not (self.has_view_permission(request) and self.has_erase_permission(request)):
            raise PermissionDenied
        if "user" in request.POST:
            return self._pack_user_step(request)
        form = PersonForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            return self._person_page(request, form, status=400 if form.is_bound else 200)
        return self._step(request, form, form.cleaned_data["address"])

    def _step(self, request: HttpRequest, form: PersonForm, address: str) -> HttpResponse:
        try:
            match request.POST.get("step"):
                case "json":
                    return json_download(exports.export_person(address=address, now=timezone.now()))
                case "zip":
                    return _zip(address)
                case "erase":
                    return self._erase(request, address)
        except GiftingError as exc:
            messages.error(request, exc.message)
        return self._person_page(request, form, address)

    def _erase(self, request: HttpRequest, address: str) -> HttpResponse:
        erased = privacy.erase_person(address=address, actor=staff_actor(request), now=timezone.now())
        _tell(request, erased)
        return redirect(f"{self.admin_site.name}:gifting_order_person")

    def _person_page(
        self,
        request: HttpRequest,
        form: PersonForm | None = None,
        address: str = "",
        *,
        status: int = 200,
        **packs: Any,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Data of a person"),
            "form": form or PersonForm(),
            "address": address,
            "pack_form": PackUserForm(),
            **packs,
        }
        if address:
            context["held"] = privacy.look_up(address)
            context["orders"] = privacy.find_person(address).select_related("brand").order_by("-pk")[:NAMED]
        return TemplateResponse(request, "gifting/admin/person.html", context, status=status)


def _zip(address: str) -> FileResponse:
    with ExitStack() as on_failure:
        target = on_failure.enter_context(TemporaryFile())
        exports.export_archive(address=address, target=target, now=timezone.now())
        on_failure.pop_all()  # From here on the response closes the file.
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename="person.zip")


def _tell(request: HttpRequest, erased: Erased) -> None:
    """Without the address: whoever looks at the screen next need not know it."""
    words = ngettext("%(n)d gift was erased.", "%(n)d gifts were erased.", erased.gifts)
    messages.success(request, words % {"n": erased.gifts})
    if erased.files_left:
        messages.warning(
            request, _("The storage still has some files; they are removed as soon as it answers.")
        )
    if erased.accounts:
        words = _("Ask these hosted accounts to erase what they hold, too: %(accounts)s.")
        messages.warning(request, words % {"accounts": ", ".join(erased.accounts)})
