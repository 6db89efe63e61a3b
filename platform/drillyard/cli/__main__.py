"""`python -m drillyard.cli`."""

from drillyard.cli.app import main

main()
