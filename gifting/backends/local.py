"""The port to video gifts, answered by this installation: the same words over our own services."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gifting.backends.base import GiftFacts, OpenedGift, VideoGiftBackend
from gifting.cards import qr
from gifting.dto import Actor, ActorKind, NewContainer
from gifting.models import Brand, VideoContainer
from gifting.services import cards, containers

SHOP = Actor(ActorKind.SHOP)


class LocalBackend(VideoGiftBackend):
    """The gifts of one brand."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand

    @property
    def widget_url(self) -> str:
        return self.brand.url(reverse("gifting:widget_asset", args=["widget.latest.js"]))

    def open(self, request: NewContainer) -> OpenedGift:
        container, _is_new = containers.open_container(
            brand=self.brand, request=request, actor=SHOP, now=timezone.now()
        )
        return _opened(container)

    def fetch(self, crid: str) -> GiftFacts:
        container = self._find(crid)
        return GiftFacts(
            opened=_opened(container),
            recorded_at=container.recorded_at,
            activated_at=container.activated_at,
            delivered_at=container.delivered_at,
            expires_at=container.expires_at,
        )

    def change(self, crid: str, changes: Mapping[str, Any]) -> None:
        containers.change_container(
            container=self._find(crid), changes=changes, actor=SHOP, now=timezone.now()
        )

    def activate(self, crid: str) -> None:
        containers.activate(container=self._find(crid), actor=SHOP, now=timezone.now())

    def watch_url(self, crid: str) -> str:
        return cards.watch_url(self._find(crid))

    def qr_code(self, crid: str) -> bytes:
        return qr.qr_png(self.watch_url(crid))

    def card(self, crid: str) -> bytes:
        return cards.card_pdf(container=self._find(crid))

    def _find(self, crid: str) -> VideoContainer:
        return containers.find_container(brand=self.brand, crid=crid)


def _opened(container: VideoContainer) -> OpenedGift:
    return OpenedGift(
        crid=container.order.number,
        urid=container.urid,
        state=container.state,
        edit_key=str(container.edit_key),
        recording_url=container.recording_url,
        preview_url=container.preview_url,
    )
