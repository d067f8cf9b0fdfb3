"""The one door to other people's servers: time limits, size limits, no redirect, no secret in a message."""
