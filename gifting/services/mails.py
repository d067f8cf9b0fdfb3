"""What a mail says and who it is from: text and HTML in the order's language and the brand's look."""

import re
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac

from gifting import names
from gifting.models import Brand, OutgoingMessage
from gifting.services import languages
from gifting.smtp import Mail

BLANK_LINES = re.compile(r"\n{3,}")
Purpose = OutgoingMessage.Purpose
FOR_RECEIVER = frozenset({Purpose.GIFT_READY, Purpose.WARNING_RECEIVER})
PREVIEWS = frozenset({Purpose.SEEN, Purpose.WARNING_GIVER})


def build(message: OutgoingMessage) -> Mail:
    """The mail, ready to be sent. Templates: `gifting/mail/<purpose>.subject.txt`, `.txt` and `.html`."""
    order, base = message.container.order, f"gifting/mail/{message.purpose}"
    context = _context(message)
    with translation.override(languages.spoken(order)):
        subject = names.one_line(render_to_string(f"{base}.subject.txt", context))
        text = BLANK_LINES.sub("\n\n", render_to_string(f"{base}.txt", context))
        html = render_to_string(f"{base}.html", context)
    sender = _sender(order.brand)
    mail = Mail(subject, text, sender, [address(message)], headers=_headers(message, sender))
    mail.attach_alternative(html, "text/html")
    mail.metadata = {"gifting_message": str(message.pk), "gifting_resends": str(message.resends)}
    return mail


def address(message: OutgoingMessage) -> str:
    """Whom the mail goes to, as the order is now; empty where there is nobody."""
    order = message.container.order
    return order.receiver_email if message.purpose in FOR_RECEIVER else order.giver_email


def _context(message: OutgoingMessage) -> dict[str, Any]:
    """What the templates see: of the links only the one that is meant for whoever reads the mail."""
    container, order = message.container, message.container.order
    name = order.receiver_name if message.purpose in FOR_RECEIVER else order.giver_name
    about = {"name": name, "link": _link(message)}
    return {"container": container, "order": order, "brand": order.brand, **about}


def _link(message: OutgoingMessage) -> str:
    container = message.container
    if message.purpose in FOR_RECEIVER:
        return container.watch_url
    return container.preview_url if message.purpose in PREVIEWS else container.recording_url


def _sender(brand: Brand) -> str:
    """The brand's own sender, or its name before the site's address."""
    if brand.mail_sender:
        return names.one_line(brand.mail_sender)
    site = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(Address(display_name=names.one_line(brand.name), addr_spec=site))


def _headers(message: OutgoingMessage, sender: str) -> dict[str, str]:
    """One Message-ID for all attempts lets mail systems drop a second copy; no absence note answers.

    What staff send again has a new one, or mail systems would drop that too.
    """
    key = f"{message.pk}.{message.resends}"
    unique = salted_hmac("gifting.mail", key, algorithm="sha256").hexdigest()[:32]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return {"Message-ID": f"<{unique}@{domain}>", "Auto-Submitted": "auto-generated"}
