"""Submissions and their grading; the only room that starts a judge."""
