"""The sample shop's checkout: a form, and what placing an order does."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction

from config.demo.brands import lune
from config.demo.models import ShopOrder
from config.demo.products import Product
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Order, VideoContainer
from gifting.services import containers

SHOP = Actor(ActorKind.SHOP, "demo")
LANGUAGES = [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("es", "Español")]
DELIVERIES = [
    (Order.Delivery.CARD, "A card in the parcel"),
    (Order.Delivery.EMAIL, "A mail when the parcel arrives"),
]
NOT_A_MAIL = "This does not look like a mail address. One looks like name@example.com."


class CheckoutForm(forms.Form):
    """Who gives, who receives, and how the message travels. The errors are written for customers."""

    use_required_attribute = False

    giver_name = forms.CharField(
        label="Your name",
        max_length=80,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "Tell us your name: the gift says who it comes from."},
    )
    giver_email = forms.EmailField(
        label="Your mail",
        max_length=254,
        help_text="For the link to record again, on another day or phone.",
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": "We need your mail to send you the link.", "invalid": NOT_A_MAIL},
    )
    receiver_name = forms.CharField(
        label="Who is it for?",
        max_length=80,
        error_messages={"required": "Tell us who it is for: the card greets them by name."},
    )
    receiver_email = forms.EmailField(
        label="Their mail",
        max_length=254,
        required=False,
        help_text="Optional. We write once, when the parcel has arrived.",
        error_messages={"invalid": NOT_A_MAIL},
    )
    language = forms.ChoiceField(label="Language of the gift", choices=LANGUAGES, initial="en")
    delivery = forms.ChoiceField(
        label="How should the message arrive?",
        choices=DELIVERIES,
        initial=Order.Delivery.CARD,
        widget=forms.RadioSelect,
    )
    video = forms.BooleanField(label="Add a video message", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        by_mail = said.get("video") and said.get("delivery") == Order.Delivery.EMAIL
        if by_mail and not said.get("receiver_email") and "receiver_email" not in self.errors:
            self.add_error("receiver_email", "Where should the mail go? Add an address, or choose the card.")
        return said


@transaction.atomic
def place_order(
    *, product: Product, said: dict[str, Any], now: datetime
) -> tuple[ShopOrder, VideoContainer | None]:
    """The shop's order, and its gift message where one is wanted. `said` is the form's clean data.

    Raises GiftingError where the gift message cannot be opened; then there is no order either.
    """
    shop_order = ShopOrder(
        product=product.slug,
        price=product.price,
        giver_name=said["giver_name"],
        giver_email=said["giver_email"],
        receiver_name=said["receiver_name"],
        placed_at=now,
    )
    shop_order.save()
    return shop_order, _open(shop_order, product, said, now=now) if said["video"] else None


def _open(shop_order: ShopOrder, product: Product, said: dict[str, Any], *, now: datetime) -> VideoContainer:
    """All that a Django shop has to do for a gift message."""
    request = NewContainer(
        crid=shop_order.number,
        email=said["giver_email"],
        receiver_email=said["receiver_email"],
        language=said["language"],
        additional_data={
            "senderFirstName": said["giver_name"],
            "receiverFirstName": said["receiver_name"],
            "productName": product.name,
        },
        delivery=said["delivery"],
    )
    container, _ = containers.open_container(
        brand=lune(), request=request, actor=SHOP, now=now, shop_object=shop_order
    )
    return container
