"""Where events come from: other plugins' own events, and the observation of backup plugins that emit none."""
