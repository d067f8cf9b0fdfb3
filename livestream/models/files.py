"""Where files live. The storage is looked up late, so that no migration depends on a setting."""

from django.core.files.storage import Storage, storages

from livestream.conf import conf


def live_storage() -> Storage:
    """The storage named by `LIVESTREAM["STORAGE"]`; holds logos, trailers, captions and replays."""
    return storages[conf().STORAGE]
