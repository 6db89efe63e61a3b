"""Drillyard: a course, exam and lab platform that grades by fault injection."""
