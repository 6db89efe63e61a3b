"""What every room may use: time, identifiers, errors. No models and nothing of Django's database."""
