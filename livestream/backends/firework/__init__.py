"""The vendor's hosted account, by its API (seed 002)."""
