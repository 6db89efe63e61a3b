"""The book: contents, chapters, quick checks."""
