"""The content tree, read and checked without a database and without Django."""
