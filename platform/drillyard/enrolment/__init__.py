"""Cohorts, roles, and who may see whom."""
