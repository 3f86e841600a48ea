"""The command line, for use without MCDReforged: looks into a data folder, mends it, and sends.

    python plugins/PrimeNotify-v1.0.0.mcdr status --folder config/prime_notify

Each command is a module with ``add_parser`` and a function from its options to a
:class:`prime_notify.cli.report.Report`; :mod:`prime_notify.cli.main` prints that as text or JSON.
"""
