"""Observation of Prime Backup >= 1.9, which emits no events of its own (github.com/TISUnion/PrimeBackup)."""
