"""The watch: what did not happen is told, too, and over a time the report."""
