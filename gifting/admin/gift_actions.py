"""What staff may do with gift packs: take them back, or give the receivers more time. Both ask first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from gifting.admin.activation import name_some
from gifting.admin.actors import staff_actor
from gifting.admin.printing import OrderIdsField
from gifting.admin.selection import selected_ids
from gifting.errors import GiftingError
from gifting.models import GiftPack
from gifting.services import packs

MOST_DAYS = 365
USUAL_DAYS = 14
SHOWN = 20


class GiftIdsField(OrderIdsField):
    """The same for gifts."""

    default_error_messages = {
        "invalid": gettext_lazy("The selection could not be read. Select the gifts again.")
    }


class RevokeForm(forms.Form):
    """Which gifts. `back` is where the page leads afterwards."""

    gifts = GiftIdsField()
    back = forms.CharField(required=False, widget=forms.HiddenInput)


class ExtendForm(RevokeForm):
    """And for how long."""

    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=1,
        max_value=MOST_DAYS,
        help_text=gettext_lazy("They are added to the time that is left."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One of the two: to which gifts it can be done, and its words."""

    form: type[RevokeForm]
    can: Q
    title: Any
    explanation: Any
    done: Any
    refused: Any
    is_dangerous: bool = False


REVOKE = Change(
    form=RevokeForm,
    can=Q(state=GiftPack.State.SENT),
    title=gettext_lazy("Take back gift packs"),
    explanation=gettext_lazy("The receivers can no longer accept these gifts. This cannot be undone."),
    done=ngettext_lazy("%(n)d gift was taken back.", "%(n)d gifts were taken back.", "n"),
    refused=gettext_lazy("Not taken back, because they were accepted or ended before: %(gifts)s"),
    is_dangerous=True,
)
EXTEND = Change(
    form=ExtendForm,
    can=Q(state=GiftPack.State.SENT, expires_at__isnull=False),
    title=gettext_lazy("Give more time"),
    explanation=gettext_lazy("The receivers can accept these gifts for longer."),
    done=ngettext_lazy("%(n)d gift can be accepted longer.", "%(n)d gifts can be accepted longer.", "n"),
    refused=gettext_lazy("Left as they were, because they do not expire or are over: %(gifts)s"),
)


class GiftActions:
    """For the admin of gift packs. Whoever may change gift packs may do both, and nothing else."""

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("gifting.change_giftpack")

    @admin.action(description=gettext_lazy("Take back…"), permissions=["end"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[GiftPack]) -> HttpResponse | None:
        return self._begin(request, queryset, REVOKE, "revoke")

    @admin.action(description=gettext_lazy("Give more time…"), permissions=["end"])
    def extend(self, request: HttpRequest, queryset: QuerySet[GiftPack]) -> HttpResponse | None:
        return self._begin(request, queryset, EXTEND, "extend")

    def _begin(
        self, request: HttpRequest, queryset: QuerySet[GiftPack], change: Change, action: str
    ) -> HttpResponse | None:
        ids = ",".join(map(str, selected_ids(request, queryset)))
        return (
            self._ask(request, change, {"gifts": ids, "back": request.get_full_path()}, action)
            if ids
            else None
        )

    def revoke_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks about `?gifts=7,5`, POST takes them back."""
        return self._change_view(request, REVOKE, "revoke", self._revoke_one)

    def extend_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks about `?gifts=7,5`, POST gives them more `days`."""
        return self._change_view(request, EXTEND, "extend", self._extend_one)

    def _change_view(
        self, request: HttpRequest, change: Change, action: str, one: Callable[..., None]
    ) -> HttpResponse:
        if not (self.has_view_permission(request) and self.has_end_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return self._ask(request, change, request.GET.dict(), action)
        form = change.form(request.POST)
        if not form.is_valid():
            return self._ask(request, change, request.POST.dict(), action)
        self._change_each(request, change, form.cleaned_data, one)
        return HttpResponseRedirect(self._back(request, form.cleaned_data["back"]))

    def _ask(self, request: HttpRequest, change: Change, said: dict[str, str], action: str) -> HttpResponse:
        form = change.form({"days": USUAL_DAYS, **said})
        form.is_valid()
        chosen = GiftPack.objects.filter(pk__in=form.cleaned_data.get("gifts", []))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": change.title,
            "change": change,
            "form": form,
            "action": f"{self.admin_site.name}:gifting_giftpack_{action}",
            "count": chosen.count(),
            "able": chosen.filter(change.can).count(),
            "gifts": chosen.select_related("pack").order_by("-pk")[:SHOWN],
            "back": self._back(request, form.data.get("back", "")),
        }
        status = 400 if request.method == "POST" and form.errors else 200
        return TemplateResponse(request, "gifting/admin/packs/change_gifts.html", context, status=status)

    def _change_each(
        self, request: HttpRequest, change: Change, said: dict[str, Any], one: Callable[..., None]
    ) -> None:
        """By the service, one after the other; what it refuses is named."""
        done, refused = 0, []
        for gift in _gifts(said["gifts"]):
            try:
                one(request, gift, said)
                done += 1
            except GiftingError:
                refused.append(f"{gift.sender} → {gift.receiver}")
        if done:
            messages.success(request, change.done % {"n": done})
        if refused:
            messages.warning(request, change.refused % {"gifts": name_some(refused)})

    def log_change(self, request: HttpRequest, gift: GiftPack, message: str) -> LogEntry:
        """By its number: who gave it to whom can be erased, and must not stay in the log of the admin."""
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(gift),
            object_id=gift.pk,
            object_repr=f"#{gift.pk}",
            action_flag=CHANGE,
            change_message=message,
        )

    def _revoke_one(self, request: HttpRequest, gift: GiftPack, said: dict[str, Any]) -> None:
        packs.revoke(gift=gift, actor=staff_actor(request), now=timezone.now())
        self.log_change(request, gift, _("Taken back."))

    def _extend_one(self, request: HttpRequest, gift: GiftPack, said: dict[str, Any]) -> None:
        packs.extend(gift=gift, days=said["days"], now=timezone.now())
        self.log_change(request, gift, _("%(days)d more days.") % {"days": said["days"]})

    def _back(self, request: HttpRequest, wanted: str) -> str:
        """To the list as it was, but never to another site."""
        if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
            return wanted
        return reverse(f"{self.admin_site.name}:gifting_giftpack_changelist")


def _gifts(ids: list[int]) -> Iterator[GiftPack]:
    """In the order of the selection; those that are gone are left out."""
    found = GiftPack.objects.select_related("pack", "brand").in_bulk(ids)
    return (found[pk] for pk in ids if pk in found)
