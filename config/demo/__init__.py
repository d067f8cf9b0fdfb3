"""The sample shop: sample data for any installation, and, with DEMO=1, pages that show everything."""
