"""Submissions: one's own list, and one of them, live."""
