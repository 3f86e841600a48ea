"""A double of Prime Backup: see README.md beside this package."""
