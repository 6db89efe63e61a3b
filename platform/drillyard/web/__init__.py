"""Server-rendered pages, one folder a page area."""
