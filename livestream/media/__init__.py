"""Recordings: files in, files out."""
