"""Where gifts live: here, or in a vendor's account. One port, and an adapter for each."""
