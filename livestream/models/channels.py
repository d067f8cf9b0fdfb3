"""The tenant: a channel, and the OAuth applications that open its API."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from livestream.conf import conf
from livestream.models.files import live_storage

ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)


def validate_origins(value: object) -> None:
    """A list of web origins such as `https://shop.example`, without a path."""
    origins = value if isinstance(value, list) else [None]
    if not all(isinstance(origin, str) and ORIGIN.fullmatch(origin) for origin in origins):
        raise ValidationError(_('Give a list of origins such as ["https://shop.example"], without a path.'))


class Channel(models.Model):
    """One shop's live shopping: its look, its catalogue, and its rules."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    logo = models.FileField(_("logo"), upload_to="channels/", storage=live_storage, blank=True)
    accent_color = models.CharField(
        _("accent color"),
        max_length=7,
        default="#a3293d",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the color as #rrggbb."))],
    )
    base_url = models.URLField(
        _("base URL"),
        blank=True,
        help_text=_("Where this channel's pages are reached. Empty: the PUBLIC_BASE_URL setting."),
    )
    mail_sender = models.CharField(_("mail sender"), max_length=254, blank=True)
    default_language = models.CharField(_("default language"), max_length=35, default="en")
    embed_origins = models.JSONField(
        _("sites that may embed"), default=list, blank=True, validators=[validate_origins]
    )
    attribution = models.CharField(
        _("attribution parameters"),
        max_length=300,
        blank=True,
        default="utm_source=livestream&utm_medium=video&utm_campaign={stream}",
        help_text=_("Added to the product's address in the shop; {stream} and {product} are filled in."),
    )
    basket_url = models.URLField(
        _("basket address"),
        blank=True,
        help_text=_("Where the shop takes {product, unit, quantity}. Empty: the page only tells the shop."),
    )
    replay_days = models.PositiveIntegerField(
        _("days of replay"), default=30, help_text=_("0: the replay has no end.")
    )
    backend = models.CharField(
        _("where livestreams live"),
        max_length=40,
        blank=True,
        help_text=_("Empty: here. Otherwise the name of a hosted account in the BACKENDS setting."),
    )

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def url(self, path: str) -> str:
        """The absolute address of `path` (which starts with a slash) on this channel's pages."""
        return (self.base_url or conf().PUBLIC_BASE_URL).rstrip("/") + path


class ChannelApplication(models.Model):
    """Ties an OAuth application to the one channel that it may read and write.

    By its client id: a host may swap the application's model, and no table of ours may depend on a setting.
    """

    channel = models.ForeignKey(
        Channel, models.CASCADE, related_name="applications", verbose_name=_("channel")
    )
    client_id = models.CharField(_("client id"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name or self.client_id
