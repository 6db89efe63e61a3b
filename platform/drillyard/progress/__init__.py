"""The read side over everything: boards and standings."""
