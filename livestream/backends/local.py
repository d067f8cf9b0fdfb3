"""Livestreams kept in this database."""
