"""What an address asks a list for: anything may stand there."""

from django.contrib.admin.views.main import ChangeList, IncorrectLookupParameters
from django.http import HttpRequest


class CarefulLookups:
    """For a ModelAdmin: a number or a year that no database has is a bad lookup, not an error page."""

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        try:
            return super().get_changelist_instance(request)
        except (OverflowError, ValueError) as exc:
            raise IncorrectLookupParameters(exc) from exc
