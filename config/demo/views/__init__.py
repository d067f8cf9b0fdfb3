"""The pages of the sample shop."""
