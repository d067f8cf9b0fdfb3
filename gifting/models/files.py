"""Where files live. The storage is looked up late, so that no migration depends on a setting."""

from django.core.files.storage import Storage, storages

from gifting.conf import conf


def gift_storage() -> Storage:
    """The storage named by `GIFTING["STORAGE"]`; holds logos, upload chunks, videos and posters."""
    return storages[conf().STORAGE]
