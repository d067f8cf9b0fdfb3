"""The tenant: a brand, and the keys that open its API."""

import re
from email.utils import getaddresses

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator, validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from gifting.conf import conf
from gifting.models.files import gift_storage

SENDER_PROBLEM = _('Write one address, such as "Lune, Paris" <gifts@example.com>; quote a name with a comma.')
RETENTION_DAYS_MAX = 36_500
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?", re.IGNORECASE)


def validate_origins(value: object) -> None:
    """A list of web origins such as `https://shop.example`, without a path."""
    origins = value if isinstance(value, list) else [None]
    if not all(isinstance(origin, str) and ORIGIN.fullmatch(origin) for origin in origins):
        raise ValidationError(_('Give a list of origins such as ["https://shop.example"], without a path.'))


def validate_sender(value: str) -> None:
    """One mail address, with or without a name before it, as a mail server takes it."""
    found = getaddresses([value])
    if len(found) != 1 or not found[0][1]:
        raise ValidationError(SENDER_PROBLEM)
    validate_email(found[0][1])


class Brand(models.Model):
    """One shop: its look, its addresses, and its rules."""

    class Capture(models.TextChoices):
        WIDGET = "widget", _("by the widget on the confirmation page")
        EMAIL = "email", _("by mail")

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    logo = models.FileField(_("logo"), upload_to="brands/", storage=gift_storage, blank=True)
    accent_color = models.CharField(
        _("accent color"),
        max_length=7,
        default="#a3293d",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write the color as #rrggbb."))],
    )
    base_url = models.URLField(
        _("base URL"),
        blank=True,
        help_text=_("Where this brand's pages are reached. Empty: the PUBLIC_BASE_URL setting."),
    )
    mail_sender = models.CharField(
        _("mail sender"),
        max_length=254,
        blank=True,
        validators=[validate_sender],
        help_text=_("As in: Maison Lune &lt;gifts@example.com&gt;"),
    )
    default_language = models.CharField(_("default language"), max_length=35, default="en")
    widget_origins = models.JSONField(
        _("widget origins"), default=list, blank=True, validators=[validate_origins]
    )
    retention_days = models.PositiveIntegerField(
        _("days to keep a gift"),
        default=180,
        validators=[MaxValueValidator(RETENTION_DAYS_MAX)],
        help_text=_("From the order on, for new orders. 0: until somebody erases it."),
    )
    capture = models.CharField(
        _("how the giver is asked"),
        max_length=6,
        choices=Capture.choices,
        default=Capture.WIDGET,
        help_text=_("By mail: the giver gets the recording link at order time, and one reminder."),
    )
    tell_when_seen = models.BooleanField(
        _("tell the giver when the gift was seen"),
        default=False,
        help_text=_("One mail after the first play. Nobody but this site learns of it."),
    )
    backend = models.CharField(
        _("where gifts live"),
        max_length=40,
        blank=True,
        help_text=_("Empty: here. Otherwise the name of a hosted account in the BACKENDS setting."),
    )
    pack_backend = models.CharField(
        _("where gift packs live"),
        max_length=40,
        blank=True,
        help_text=_("Empty: here. Otherwise the name of a hosted account in the PACK_BACKENDS setting."),
    )
    card_text = models.CharField(_("text on the card"), max_length=200, blank=True)
    note_on_card = models.BooleanField(_("print the giver's note on the card"), default=False)

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def url(self, path: str) -> str:
        """The absolute address of `path` (which starts with a slash) on this brand's pages."""
        return (self.base_url or conf().PUBLIC_BASE_URL).rstrip("/") + path


class ApiKey(models.Model):
    """A private key of a brand. The key itself is shown once; only its SHA-256 digest is stored."""

    class Kind(models.TextChoices):
        VIDEOS = "videos", _("video gift messages")
        PACKS = "packs", _("gift packs")

    brand = models.ForeignKey(Brand, models.CASCADE, related_name="api_keys", verbose_name=_("brand"))
    name = models.CharField(_("name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.VIDEOS)
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    blocked_at = models.DateTimeField(_("blocked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
