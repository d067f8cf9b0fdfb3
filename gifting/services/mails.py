"""What a mail says and who it is from: text and HTML in the order's language and the brand's look."""

import re
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac

from gifting import names
from gifting.models import Brand, OutgoingMessage
from gifting.services import languages

BLANK_LINES = re.compile(r"\n{3,}")


def build(message: OutgoingMessage) -> EmailMultiAlternatives:
    """The mail, ready to be sent. Templates: `gifting/mail/<purpose>.subject.txt`, `.txt` and `.html`."""
    order, base = message.container.order, f"gifting/mail/{message.purpose}"
    context = _context(message)
    with translation.override(languages.spoken(order)):
        subject = names.one_line(render_to_string(f"{base}.subject.txt", context))
        text = BLANK_LINES.sub("\n\n", render_to_string(f"{base}.txt", context))
        html = render_to_string(f"{base}.html", context)
    sender = _sender(order.brand)
    mail = EmailMultiAlternatives(
        subject, text, sender, [context["address"]], headers=_headers(message, sender)
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _context(message: OutgoingMessage) -> dict[str, Any]:
    """What the templates see: of the two links only the one that is meant for whoever reads the mail."""
    container, order = message.container, message.container.order
    if message.purpose == OutgoingMessage.Purpose.GIFT_READY:
        about = {"name": order.receiver_name, "address": order.receiver_email, "link": container.watch_url}
    else:
        about = {"name": order.giver_name, "address": order.giver_email, "link": container.recording_url}
    return {"container": container, "order": order, "brand": order.brand, **about}


def _sender(brand: Brand) -> str:
    """The brand's own sender, or its name before the site's address."""
    if brand.mail_sender:
        return names.one_line(brand.mail_sender)
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return str(Address(display_name=names.one_line(brand.name), addr_spec=address))


def _headers(message: OutgoingMessage, sender: str) -> dict[str, str]:
    """One Message-ID for all attempts lets mail systems drop a second copy; no absence note answers."""
    unique = salted_hmac("gifting.mail", str(message.pk), algorithm="sha256").hexdigest()[:32]
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return {"Message-ID": f"<{unique}@{domain}>", "Auto-Submitted": "auto-generated"}
