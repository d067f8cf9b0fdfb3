"""The video gift contract, /v3 (contract A)."""
