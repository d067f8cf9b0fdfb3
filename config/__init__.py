"""The project that a merchant deploys."""
