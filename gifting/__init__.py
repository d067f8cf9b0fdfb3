"""Video gift messages on a shop's orders: record, print a card, scan, watch."""
