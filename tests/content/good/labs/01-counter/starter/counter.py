class Counter:
    """Counts."""
