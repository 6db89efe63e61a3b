"""Audit, outbox, idempotency: what every change leaves behind."""
