"""The merchandiser's admin of live shopping: shows and their console, the catalogue, channels."""

from livestream.admin import channels, playlists, products, records, streams

__all__ = ["channels", "playlists", "products", "records", "streams"]
