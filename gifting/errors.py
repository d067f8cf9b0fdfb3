"""What can go wrong, told so that the caller knows what to do next. Configuration errors stay outside."""

from collections.abc import Mapping

from gifting.dto import RefusalReason


class GiftingError(Exception):
    """Root of the tree. `code` is the word on the wire, the message is a sentence for people."""

    code = "invalid"

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class Invalid(GiftingError):
    """The caller sent something that cannot be accepted; `fields` says which part."""


class Unauthorized(GiftingError):
    """No key, an unknown key, or a key that does not open this."""

    code = "unauthorized"


class KeyBlocked(Unauthorized):
    """The key is known, and staff have blocked it."""


class NotFound(GiftingError):
    """Not there, or not the caller's to see: the two are never told apart."""

    code = "not_found"


class PackUnknown(NotFound):
    """The brand has no sticker pack with this number."""


class GiftUnknown(NotFound):
    """Nobody sent this pack from the one user to the other."""


class SameUser(Invalid):
    """Nobody can send a gift pack to oneself."""


class AlreadyGiven(GiftingError):
    """The receiver has the pack, or was sent it and can still accept it."""

    code = "already_given"


class GiftOver(GiftingError):
    """The gift pack expired or was taken back."""

    code = "gift_over"


class CridTaken(GiftingError):
    """Another order of this brand already has the number, with other contents."""

    code = "crid_taken"


class Locked(GiftingError):
    """The container's state no longer allows this change."""

    code = "locked"


class TooLarge(GiftingError):
    """More bytes, parts or seconds than the settings allow."""

    code = "too_large"


class UnsupportedMediaType(GiftingError):
    """The body is of a type that the endpoint does not read."""

    code = "unsupported_media_type"


class RateLimited(GiftingError):
    """Too many calls with one key. `retry_after` is in seconds."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class OffsetConflict(GiftingError):
    """A chunk does not start where the upload ends (tus 1.0: 409)."""

    code = "offset_conflict"


class Unavailable(GiftingError):
    """A part that this needs does not answer right now; trying again may help."""

    code = "unavailable"


class MediaFailed(GiftingError):
    """The conversion stopped, and not because of the video (time, memory, a killed worker): try again."""

    code = "media_failed"


class VideoRefused(GiftingError):
    """The file can never become a gift video. `reason` is shown to the giver and to staff in their words."""

    code = "video_refused"

    def __init__(self, reason: RefusalReason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class VendorError(GiftingError):
    """A carrier or a hosted account did not do what it was asked. `retryable`: asking again may help."""

    code = "vendor_error"
    retryable = False


class VendorUnavailable(VendorError):
    """No answer, or one that means "not now" (network, 5xx, 429). `retry_after` is in seconds, or None."""

    code = "unavailable"
    retryable = True

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VendorRejected(VendorError):
    """The vendor understood and refused (4xx). Its `status` and `word` help a person to find out why."""

    code = "vendor_rejected"

    def __init__(self, message: str, *, status: int = 0, word: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.word = word


class ParcelUnknown(VendorError):
    """The carrier does not know this code (yet): normal in the first hours, a hint later."""

    code = "parcel_unknown"


class Unsupported(VendorError):
    """This backend or carrier has no such call."""

    code = "unsupported"
