"""`python -m bearwitness` is the command line."""

from bearwitness.cli import main

main()
