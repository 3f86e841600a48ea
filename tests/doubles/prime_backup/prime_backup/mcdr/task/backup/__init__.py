"""The tasks about backups."""
