"""What an order must look like, and how the shop's words become its fields."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from gifting.dto import NewContainer
from gifting.errors import Invalid
from gifting.models import Brand, Order

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
ADDITIONAL_DATA_BYTES = 16_384
NAMES = {"giver_name": "senderFirstName", "receiver_name": "receiverFirstName", "product_name": "productName"}


def build_order(*, brand: Brand, request: NewContainer, now: datetime) -> Order:
    """An unsaved order. Raises Invalid with every bad field named."""
    check(request)
    delivery = request.delivery or (Order.Delivery.EMAIL if request.receiver_email else Order.Delivery.CARD)
    order = Order(
        brand=brand,
        number=request.crid,
        giver_email=request.email,
        receiver_email=request.receiver_email,
        language=request.language,
        delivery=delivery,
        request_digest=request_digest(request),
        created_at=now,
    )
    set_additional_data(order, request.additional_data)
    return order


def set_additional_data(order: Order, data: Mapping[str, Any]) -> None:
    """Keep what the shop sent, and copy the three names that cards, pages and mails use."""
    order.additional_data = dict(data)
    for field, key in NAMES.items():
        value = data.get(key)
        limit = Order._meta.get_field(field).max_length
        setattr(order, field, value.strip()[:limit] if isinstance(value, str) else "")


def check(request: NewContainer) -> None:
    """Raises Invalid where a shop's request cannot become an order."""
    problems = {
        "crid": crid_problem(request.crid),
        "email": email_problem(request.email),
        "receiverEmail": email_problem(request.receiver_email) if request.receiver_email else "",
        "language": language_problem(request.language) if request.language else "",
        "additionalData": additional_data_problem(request.additional_data),
    }
    raise_problems(problems)


def raise_problems(problems: Mapping[str, str]) -> None:
    """Raises Invalid with the fields that have a problem; does nothing where there is none."""
    if fields := {name: problem for name, problem in problems.items() if problem}:
        raise Invalid("Some fields are missing or wrong: " + ", ".join(fields) + ".", fields=fields)


def crid_problem(crid: str) -> str:
    if not 1 <= len(crid) <= 100:
        return "Must have 1 to 100 characters."
    if "/" in crid or not crid.isprintable():
        return "Must be printable and without a slash."
    return "" if crid.strip() == crid else "Must not begin or end with a space."


def email_problem(email: str) -> str:
    try:
        validate_email(email)
    except ValidationError:
        return "Must be a mail address."
    return "" if len(email) <= 254 else "Must have at most 254 characters."


def language_problem(language: str) -> str:
    fits = len(language) <= 35 and LANGUAGE.fullmatch(language)
    return "" if fits else "Must be a BCP 47 language tag such as en or pt-BR."


def additional_data_problem(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in text:
        return "Must not hold the character NUL."
    too_long = len(text.encode("utf-8", "surrogatepass")) > ADDITIONAL_DATA_BYTES
    return "Must be at most 16 KB." if too_long else ""


def request_digest(request: NewContainer) -> str:
    """Tells two requests for one crid apart: the same digest means the same body."""
    said = [
        request.email,
        request.receiver_email,
        request.language,
        request.additional_data,
        request.delivery,
    ]
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raises Invalid where a partial change (contract A, PATCH) has a bad field."""
    email, language = changes.get("receiverEmail"), changes.get("language")
    raise_problems(
        {
            "receiverEmail": email_problem(email) if email else "",
            "language": language_problem(language) if language else "",
            "additionalData": additional_data_problem(changes.get("additionalData", {})),
        }
    )
