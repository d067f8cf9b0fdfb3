"""What a reminder says and who it is from: text and HTML in the viewer's language and the channel's look."""

import re
from email.headerregistry import Address
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac

from livestream.errors import NotFound
from livestream.models import Channel, Reminder
from livestream.services import languages

SALT = "livestream.reminder"
BLANK_LINES = re.compile(r"\n{3,}")


def token(reminder: Reminder) -> str:
    """Signed: nobody takes away the mail of somebody else."""
    return signing.Signer(salt=SALT).sign(str(reminder.pk))


def read_token(text: str) -> int:
    """The number of the reminder. Raises NotFound for what is not ours."""
    try:
        return int(signing.Signer(salt=SALT).unsign(text))
    except (signing.BadSignature, ValueError):
        raise NotFound("This link is not complete.") from None


def build(reminder: Reminder) -> EmailMultiAlternatives:
    """The mail. Templates: `livestream/mail/reminder.subject.txt`, `.txt` and `.html`."""
    stream, channel = reminder.stream, reminder.stream.channel
    leave = channel.url(reverse("livestream:unsubscribe", args=[stream.public_id, token(reminder)]))
    link = channel.url(reverse("livestream:watch", args=[stream.public_id]))
    context = {"stream": stream, "channel": channel, "link": link, "leave": leave}
    with translation.override(languages.spoken(reminder.language, channel.default_language)):
        subject = _one_line(render_to_string("livestream/mail/reminder.subject.txt", context))
        text = BLANK_LINES.sub("\n\n", render_to_string("livestream/mail/reminder.txt", context))
        html = render_to_string("livestream/mail/reminder.html", context)
    sender = _sender(channel)
    headers = _headers(reminder, sender, leave)
    mail = EmailMultiAlternatives(subject, text, sender, [reminder.email], headers=headers)
    mail.attach_alternative(html, "text/html")
    return mail


def _sender(channel: Channel) -> str:
    """The channel's own sender, or its name before the site's address."""
    if channel.mail_sender:
        return _one_line(channel.mail_sender)
    site = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(Address(display_name=_one_line(channel.name), addr_spec=site))


def _headers(reminder: Reminder, sender: str, leave: str) -> dict[str, str]:
    """One Message-ID for all attempts lets mail systems drop a second copy; no absence note answers."""
    unique = salted_hmac(SALT, str(reminder.pk), algorithm="sha256").hexdigest()[:32]
    return {
        "Message-ID": f"<{unique}@{parseaddr(sender)[1].rpartition('@')[2]}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{leave}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
