"""System checks of the livestream app."""
