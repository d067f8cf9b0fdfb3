"""The mails that would have gone out, to be read here."""

from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from config.demo.mail_files import Mail, read_mails

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
# Mails style themselves inline. They may be shown in our frame, run nothing, and load only our own pictures.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
def mailbox(request: HttpRequest, mail_id: str = "") -> HttpResponse:
    """All mails, and one of them: the newest, or the one that the address names."""
    mails = _mails()
    shown = _find(mails, mail_id) if mail_id else next(iter(mails), None)
    context = {
        "mails": mails,
        "shown": shown,
        "is_chosen": bool(mail_id),
        "backend": "" if _is_kept_in_files() else settings.EMAIL_BACKEND,
        "folder": settings.EMAIL_FILE_PATH,
    }
    return render(request, "demo/mailbox.html", context)


@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with an argument
def mail_html(request: HttpRequest, mail_id: str) -> HttpResponse:
    """The HTML part alone, for a sandboxed frame. Its links open outside of the frame."""
    html = _find(_mails(), mail_id).html
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


def _mails() -> list[Mail]:
    return read_mails(Path(settings.EMAIL_FILE_PATH)) if _is_kept_in_files() else []


def _is_kept_in_files() -> bool:
    return settings.EMAIL_BACKEND == FILE_BACKEND


def _find(mails: list[Mail], mail_id: str) -> Mail:
    for mail in mails:
        if mail.id == mail_id:
            return mail
    raise Http404
