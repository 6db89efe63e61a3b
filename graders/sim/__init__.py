"""Virtual time, chance and nodes: the only place a judge's time and chance come from."""
