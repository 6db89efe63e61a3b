"""Labs: the list, a lab, its leaderboard, submitting to it."""
