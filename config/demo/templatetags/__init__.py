"""Template tags of the sample shop."""
