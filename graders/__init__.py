"""The deterministic fault-injection laboratory. Standard library only."""
