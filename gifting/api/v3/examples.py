"""The examples of the published contract, as the OpenAPI document shows them."""

from typing import Any

NEW: dict[str, Any] = {
    "crid": "ORD-2026-1234",
    "email": "alice@example.com",
    "receiverEmail": "bob@example.com",
    "language": "en",
    "additionalData": {"senderFirstName": "Alice", "receiverFirstName": "Bob", "productName": "Gift Box"},
}
OPENED: dict[str, Any] = {
    "crid": "ORD-2026-1234",
    "urid": "abc123xyz9",
    "state": "recording_open",
    "editKey": "550e8400-e29b-41d4-a716-446655440000",
    "links": {
        "recordingUrl": "https://brand.example/abc123xyz9",
        "previewUrl": "https://brand.example/preview/abc123xyz9",
    },
}
CHANGES: dict[str, Any] = {"shipmentCode": "1Z999AA10123456784", "shipmentCarrier": "ups"}
DETAILS: dict[str, Any] = {
    **OPENED,
    "state": "delivered",
    "email": "alice@example.com",
    "receiverEmail": "bob@example.com",
    "language": "en",
    "additionalData": NEW["additionalData"],
    "shipment": {
        "code": "1Z999AA10123456784",
        "carrier": "ups",
        "status": "delivered",
        "deliveredAt": "2026-11-23T10:15:00Z",
    },
    "activatedAt": "2026-11-23T10:15:00Z",
    "recordedAt": "2026-11-20T08:45:12Z",
    "deliveredAt": "2026-11-23T10:15:00Z",
    "expiresAt": "2027-05-19T08:31:00Z",
    "video": {
        "durationSeconds": 24.6,
        "width": 1280,
        "height": 720,
        "posterUrl": "https://brand.example/media/12:1tPq5V:m3x/poster.jpg",
    },
}
WATCH_URL: dict[str, Any] = {"url": "https://brand.example/w/Zk3vTq9xW1mR7bYc2NdLp8Hs"}
ERRORS: dict[str, dict[str, Any]] = {
    "invalid": {
        "error": "invalid",
        "message": "Some fields are missing or wrong: email.",
        "fields": {"email": "Must be a mail address."},
    },
    "unauthorized": {
        "error": "unauthorized",
        "message": "This API key is not known. Check the Authorization header.",
    },
    "not_found": {"error": "not_found", "message": "There is no gift message for this order."},
    "method_not_allowed": {
        "error": "method_not_allowed",
        "message": "This address does not take that method. Use one of: POST.",
    },
    "crid_taken": {"error": "crid_taken", "message": "Another order already has the number ORD-2026-1234."},
    "locked": {
        "error": "locked",
        "message": "This gift message is cancelled and can no longer be changed.",
    },
    "too_large": {
        "error": "too_large",
        "message": "The body is too large: at most 65536 bytes are accepted.",
    },
    "unsupported_media_type": {
        "error": "unsupported_media_type",
        "message": "Send the body as JSON, with Content-Type: application/json.",
    },
    "rate_limited": {
        "error": "rate_limited",
        "message": "More than 600 calls in a minute. Wait until the next one.",
    },
    "unavailable": {
        "error": "unavailable",
        "message": "The service cannot answer right now. Try again in a moment.",
    },
}
