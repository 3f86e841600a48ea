"""Where events come from: the observed Prime Backup, and plugins that emit events themselves."""
