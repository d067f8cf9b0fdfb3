"""The gift pack contract, /v1 (contract B)."""
