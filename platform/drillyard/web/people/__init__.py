"""Pages about the reader: who is signed in, the theme, the profile."""
