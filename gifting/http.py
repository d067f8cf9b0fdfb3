"""The one door to other people's servers: time limits, few retries, size limits, no secret in a message."""
