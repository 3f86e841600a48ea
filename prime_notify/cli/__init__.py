"""The command line, for use without MCDReforged: shows the data folder, replays dead letters, and sends events.

    python plugins/PrimeNotify-v1.0.0.mcdr status --folder config/prime_notify

Each command is a module with ``add_parser`` and a function from its options to a
:class:`prime_notify.cli.report.Report`; :mod:`prime_notify.cli.main` prints that as text or JSON.
"""
