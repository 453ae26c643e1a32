"""`python -m aggregator.cli` is `frontwire`."""

from aggregator.cli import main

main()
