"""One verb done to many gifts from the list, with a tally that hides nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gifting.admin.activation import name_some
from gifting.admin.actors import staff_actor
from gifting.admin.verbs import Deed, Verb
from gifting.errors import GiftingError
from gifting.models import Order


def do_to_many(request: HttpRequest, verb: Verb, orders: Iterable[Order], said: Mapping[str, Any]) -> None:
    """Each by the service, in a transaction of its own; tells how many, and which not and why."""
    done, refused = 0, defaultdict[str, list[str]](list)
    for order in orders:
        who = {"actor": staff_actor(request), "may": request.user.has_perm, "now": timezone.now()}
        deed = Deed(order=order, row=None, said=dict(said), **who)
        try:
            verb.run(deed)
        except GiftingError as exc:
            refused[exc.message].append(order.number)
        else:
            done += 1
    _tell(request, verb, done, refused)


def _tell(request: HttpRequest, verb: Verb, done: int, refused: Mapping[str, list[str]]) -> None:
    if done:
        words = ngettext("%(verb)s: done for %(n)d gift.", "%(verb)s: done for %(n)d gifts.", done)
        messages.success(request, words % {"verb": verb.label, "n": done})
    for problem, numbers in refused.items():
        words = _("%(problem)s Not done: %(orders)s")
        messages.error(request, words % {"problem": problem, "orders": name_some(numbers)})
