"""Makes the packed plugin a program: ``python PrimeNotify-v1.0.0.mcdr --help``. MCDReforged does not look at it."""

import sys

from prime_notify.__main__ import run

if __name__ == "__main__":
    sys.exit(run())
