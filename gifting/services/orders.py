"""What an order must look like, and how the shop's words become its fields."""

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Field, Model

from gifting.dto import NewContainer
from gifting.errors import Invalid
from gifting.models import Brand, Order

LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
ADDITIONAL_DATA_BYTES = 16_384
MAX_LEVELS = 32
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


def linked(shop_object: Model) -> Order | None:
    """The order that was made with this object of the shop's own, with its brand and gift."""
    kind = ContentType.objects.get_for_model(shop_object)
    rows = Order.objects.filter(shop_type=kind, shop_id=str(shop_object.pk))
    return rows.select_related("brand", "container__hosted").first()


def set_additional_data(order: Order, data: Mapping[str, Any]) -> None:
    """Keep what the shop sent, and copy the three names that cards, pages and mails use."""
    order.additional_data = dict(data)
    for field, key in NAMES.items():
        value = data.get(key)
        limit = cast("Field[str, str]", Order._meta.get_field(field)).max_length
        setattr(order, field, value.strip()[:limit] if isinstance(value, str) else "")


def change(order: Order, changes: Mapping[str, Any]) -> list[str]:
    """Take a partial change in the words of contract A. Returns the fields to save: those said."""
    said: list[str] = []
    for word, field in (("receiverEmail", "receiver_email"), ("language", "language")):
        if word in changes:
            setattr(order, field, changes[word])
            said.append(field)
    if "additionalData" in changes:
        set_additional_data(order, changes["additionalData"])
        said += ["additional_data", *NAMES]
    return said


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
        raise invalid(fields)


def invalid(fields: Mapping[str, str]) -> Invalid:
    """The error that names the fields with a problem."""
    return Invalid(f"Some fields are missing or wrong: {', '.join(fields)}.", fields=fields)


def crid_problem(crid: str) -> str:
    if not 1 <= len(crid) <= 100:
        return "Must have 1 to 100 characters."
    return "Must be printable and without a slash." if "/" in crid or not crid.isprintable() else ""


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
    if problem := _storage_problem(data, levels=MAX_LEVELS):
        return problem
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return "Must be at most 16 KB." if len(text.encode()) > ADDITIONAL_DATA_BYTES else ""


def _storage_problem(value: Any, *, levels: int) -> str:
    """Why some database would not keep this JSON value; empty where all do."""
    if isinstance(value, str):
        return "Must not hold the character NUL or half a surrogate pair." if UNSTORABLE.search(value) else ""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "Must not hold numbers without end."
    if not isinstance(value, Mapping | list):
        return ""
    if not levels:
        return f"Must not be nested more than {MAX_LEVELS} levels deep."
    parts = chain(value, value.values()) if isinstance(value, Mapping) else value
    return next(filter(None, (_storage_problem(part, levels=levels - 1) for part in parts)), "")


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
