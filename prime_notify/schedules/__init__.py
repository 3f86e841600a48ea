"""When backups are expected: schedules, and what a source knows of them."""
