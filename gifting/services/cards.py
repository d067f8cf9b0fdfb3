"""Printing: from containers to one PDF, with a line in each journal."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import BinaryIO

from django.db import transaction

from gifting.cards import layouts, pdf
from gifting.dto import Actor, CardContent
from gifting.models import Brand, JournalEntry, VideoContainer
from gifting.models.files import gift_storage

LOGO_TYPES = {".svg": "image/svg+xml", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
MAX_LOGO_BYTES = 2_000_000
