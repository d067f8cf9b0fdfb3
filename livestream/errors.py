"""What can go wrong, told so that the caller knows what to do next. Configuration errors stay outside."""


class LivestreamError(Exception):
    """Root of the tree. The message is a sentence for people, and the one on the wire (contract C)."""

    sentence = "The request cannot be carried out"

    def __init__(self, message: str = "") -> None:
        self.message = message or self.sentence
        super().__init__(self.message)


class Invalid(LivestreamError):
    """The caller sent something that cannot be accepted."""

    sentence = "Invalid request format"


class Malformed(Invalid):
    """A string that is nobody's id."""

    sentence = "Malformed livestream id"


class Unauthorized(LivestreamError):
    """No token, or one that is unknown, expired or revoked."""

    sentence = "Invalid or missing access token"


class AccessDenied(LivestreamError):
    """The thing is there, and belongs to another channel."""

    sentence = "Access denied to this livestream"


class InsufficientScope(LivestreamError):
    """The token is good, and does not allow this."""

    sentence = "Insufficient scope"


class NotFound(LivestreamError):
    """Not there."""

    sentence = "Livestream not found"


class ProductsUnknown(NotFound):
    """None of the products is there."""

    sentence = "No valid products found"


class NothingPinned(NotFound):
    """None of the products is pinned."""

    sentence = "No valid products found to unpin"


class NotLive(LivestreamError):
    """Pins need a livestream that is active or paused."""

    sentence = "Livestream must be active or paused to pin products"


class NotEndable(LivestreamError):
    """Only what is active or paused can end."""

    sentence = "Livestream must be active or paused to end"


class IllegalMove(LivestreamError):
    """The livestream's status does not allow this step."""

    sentence = "The livestream cannot take this step now"


class RecordingUnusable(LivestreamError):
    """A recording that cannot be part of a replay, whoever tries again; the message says why."""

    sentence = "The recording cannot be used"


class TooLarge(LivestreamError):
    """More bytes than the settings allow."""

    sentence = "Request body is too large"


class UnsupportedMediaType(LivestreamError):
    """The body is of a type that the endpoint does not read."""

    sentence = "Content-Type must be application/json"


class RateLimited(LivestreamError):
    """Too many calls. `retry_after` is in seconds."""

    sentence = "Too many requests"

    def __init__(self, message: str = "", *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(LivestreamError):
    """A part that this needs does not answer right now; trying again may help."""

    sentence = "The service cannot answer right now, try again in a moment"


class BusUnavailable(Unavailable):
    """The change is saved, and the way to the viewers is broken; they get it once it works again."""

    sentence = "The change is saved and reaches viewers as soon as the message bus answers again"


class VendorError(LivestreamError):
    """A hosted account did not do what it was asked. `retryable`: asking again may help."""

    retryable = False


class VendorUnavailable(VendorError):
    """No answer, or one that means "not now" (network, 5xx, 429). `retry_after` is in seconds, or None."""

    retryable = True

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class VendorRejected(VendorError):
    """The vendor understood and refused (4xx), in its own words. `status` is its HTTP status."""

    def __init__(self, message: str, *, status: int = 0) -> None:
        super().__init__(message)
        self.status = status
