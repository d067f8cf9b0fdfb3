"""Vendors for tests: real HTTP servers in threads that answer, and misbehave, as told."""
