"""Live shopping: products pinned in a livestream for every viewer."""
