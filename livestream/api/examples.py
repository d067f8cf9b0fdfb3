"""The examples of the published contract, as the OpenAPI document shows them."""

from typing import Any

STREAM = "616dOp"
PLAYLIST = "5RyeZv"
PRODUCT: dict[str, Any] = {
    "id": "GeEk8y",
    "product_name": "Wireless Bluetooth Headphones",
    "product_description": "Premium noise-canceling wireless headphones",
    "product_currency": "USD",
    "product_images": [
        {"id": "082YOm", "image_src": "https://cdn.example.com/image.jpg", "image_position": 1}
    ],
    "product_units": [
        {
            "id": "082YOm",
            "unit_name": "Black / Standard",
            "unit_price": 149.99,
            "unit_price_string": "$149.99",
            "unit_ext_id": "variant-abc-123",
        }
    ],
}
DETAILS: dict[str, Any] = {
    "status": "active",
    "scheduled_at": "2025-03-19T09:41:00.000000Z",
    "event_name": "Product Launch Livestream",
    "event_description": "Join us for our exciting new product reveal!",
    "products": [PRODUCT],
}
PAGE: dict[str, Any] = {
    "live_streams": [
        {
            "event_description": "event description",
            "event_name": "event name",
            "id": "o8Gx75",
            "scheduled_at": "2022-12-02T06:30:00.000000Z",
            "status": "replay",
        }
    ],
    "paging": {"next": "/api/v1/live_streams/playlists/5RyeZv/videos?before_id=24988&page_size=10"},
}
ASKED: dict[str, Any] = {"product_ids": ["GeEk8y", "ABC123", "XYZ789"]}
PINNED: dict[str, Any] = {"pinned_product_ids": ["GeEk8y", "ABC123", "XYZ789"]}
UNPINNED: dict[str, Any] = {"unpinned_product_ids": ["GeEk8y", "ABC123", "XYZ789"]}
ENDED: dict[str, Any] = {"live_stream_id": STREAM, "status": "ended"}
