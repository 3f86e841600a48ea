"""Messages in the game: shown to players who are online, and kept for those who join later."""
