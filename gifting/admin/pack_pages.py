"""Beside the catalogue's forms: thumbnails for staff, and the page that imports lists and pictures."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gifting.admin.pack_forms import ImagesForm, ImportForm, ListForm
from gifting.errors import GiftingError
from gifting.models import PackImport, Sticker, StickerPack
from gifting.services import pack_imports, picture_imports
from gifting.services.pack_imports import MAX_CSV_BYTES, Imported

SHOWN_PROBLEMS = 200
SHOWN_IMPORTS = 5
PRIVATE = {"Cache-Control": "private, max-age=86400", "X-Content-Type-Options": "nosniff"}


class PackPages:
    """For the admin of sticker packs."""

    def thumbnail_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The small picture of a pack."""
        return self._thumbnail(request, get_object_or_404(StickerPack, pk=pk))

    def sticker_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The small picture of a sticker."""
        return self._thumbnail(request, get_object_or_404(Sticker, pk=pk))

    def _thumbnail(self, request: HttpRequest, row: StickerPack | Sticker) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not row.thumbnail:
            raise Http404
        try:
            with row.thumbnail.open() as file:
                return HttpResponse(file.read(), content_type="image/webp", headers=PRIVATE)
        except FileNotFoundError:
            raise Http404 from None

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Imports add and change, so whoever imports must be allowed both."""
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET offers both imports; POST does or begins the one whose file was sent, or says why not."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        forms: dict[str, ImportForm] = {kind.prefix: kind() for kind in (ListForm, ImagesForm)}
        if request.method != "POST":
            return self._import_page(request, forms)
        kind = ImagesForm if "images" in request.POST else ListForm
        form = forms[kind.prefix] = kind(request.POST, request.FILES)
        if form.is_valid() and isinstance(form, ImagesForm) and (begun := _begin(form)):
            return redirect(f"{self.admin_site.name}:gifting_stickerpack_progress", begun.pk)
        result = _attempt(form) if form.is_valid() and isinstance(form, ListForm) else None
        if result is None or not result.saved:
            return self._import_page(request, forms, result, status=400)
        _tell(request, result)
        if result.problems or result.ignored:
            return self._import_page(request, forms, result)
        return redirect(f"{self.admin_site.name}:gifting_stickerpack_changelist")

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far an import of pictures is, and what came of it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import of pictures"),
            "row": get_object_or_404(PackImport.objects.select_related("brand"), pk=pk),
        }
        page = "gifting/admin/packs/progress.html"
        return TemplateResponse(request, page, context, headers={"Cache-Control": "no-store"})

    def _import_page(
        self,
        request: HttpRequest,
        forms: dict[str, ImportForm],
        result: Imported | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Import sticker packs"),
            "forms": forms,
            "result": result,
            "imports": PackImport.objects.select_related("brand")[:SHOWN_IMPORTS],
            "problems": [(problem.where, problem.why) for problem in result.problems[:SHOWN_PROBLEMS]]
            if result
            else [],
            "more": max(0, len(result.problems) - SHOWN_PROBLEMS) if result else 0,
        }
        return TemplateResponse(request, "gifting/admin/packs/import.html", context, status=status)


def _begin(form: ImagesForm) -> PackImport | None:
    """None where the file as a whole is refused: the form says why."""
    try:
        return picture_imports.queue(**form.cleaned_data, now=timezone.now())
    except GiftingError as exc:
        form.add_error("file", exc.message)
        return None


def _attempt(form: ListForm) -> Imported | None:
    """The same for a list, which takes no time."""
    said = form.cleaned_data
    data = said["file"].read(MAX_CSV_BYTES + 1)
    try:
        return pack_imports.import_csv(
            brand=said["brand"], data=data, skip_bad=said["skip_bad"], now=timezone.now()
        )
    except GiftingError as exc:
        form.add_error("file", exc.message)
        return None


def _tell(request: HttpRequest, result: Imported) -> None:
    counted = {"added": result.added, "changed": result.changed}
    messages.success(request, _("Packs added: %(added)d; changed: %(changed)d.") % counted)
    if result.problems:
        words = ngettext("%(n)d was left out.", "%(n)d were left out.", len(result.problems))
        messages.warning(request, words % {"n": len(result.problems)})
