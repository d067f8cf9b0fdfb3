"""What machines call: the /v3 contract, the widget, uploads."""
