"""The form that asks for a mail before the show, and the way out of it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from livestream.errors import IllegalMove, Invalid, NotFound
from livestream.models import LiveStream
from livestream.services import reminders
from livestream.views import pages
from livestream.views.streams import stream_or_404
from livestream.views.throttle import is_too_much

A_MINUTE = 5
STATUS = {"thanks": 200, "invalid": 400, "late": 409, "later": 429}


@login_not_required
@csrf_exempt  # The page's own origin says as much, without a cookie.
@require_POST
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Answers scripts with JSON; without scripts the page comes again, and says what happened."""
    stream = stream_or_404(public_id)
    if not pages.is_from_here(request):
        return HttpResponse(status=403)
    with translation.override(pages.language(request, stream)):
        news = _ask(request, stream)
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse({"message": sentence(news)}, status=STATUS[news])
    view = "livestream:embed" if request.POST.get("frame") else "livestream:watch"
    return HttpResponseRedirect(f"{reverse(view, args=[stream.public_id])}?reminder={news}#lv-reminder")


def _ask(request: HttpRequest, stream: LiveStream) -> str:
    """Returns the word for what happened. The field `website` is hidden: only machines fill it in."""
    if request.POST.get("website"):
        return "thanks"
    if is_too_much(request, "reminder", most=A_MINUTE):
        return "later"
    email, code = request.POST.get("email", ""), translation.get_language()
    try:
        reminders.ask(stream=stream, email=email, language=code, now=timezone.now())
    except Invalid:
        return "invalid"
    except IllegalMove:
        return "late"
    return "thanks"


def sentence(news: str) -> str:
    """What the page says to it; empty for a word that is none of ours."""
    sentences = {
        "thanks": _("Done. You get one mail shortly before the start, and nothing else."),
        "invalid": _("Please enter a mail address, such as name@example.com."),
        "late": _("It begins in a few minutes, or has begun: too late for a mail. Just stay on this page."),
        "later": _("That was tried a few times in a row. Please try again in a minute."),
    }
    return sentences.get(news, "")


@login_not_required
@csrf_exempt  # Mail programs post it themselves (RFC 8058); the address is signed.
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Asks first, because mail scanners open every link; a POST takes the reminder away."""
    stream = stream_or_404(public_id)
    if request.method == "POST":
        _cancel(token)
    with translation.override(pages.language(request, stream)):
        context = {"is_done": request.method == "POST"}
        response = pages.page(request, "livestream/unsubscribe.html", stream=stream, context=context)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    return response


def _cancel(token: str) -> None:
    try:
        reminders.cancel(token=token)
    except NotFound as exc:
        raise Http404(exc.message) from exc
