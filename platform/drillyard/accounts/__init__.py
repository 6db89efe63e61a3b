"""People: the user, the profile, names on boards."""
