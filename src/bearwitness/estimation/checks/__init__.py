"""What an answer hangs on, and what may be said of it."""
