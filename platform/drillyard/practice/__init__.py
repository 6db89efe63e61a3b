"""Practice: quick checks inside the text now; decks, repetition and mock interviews stand here later."""
