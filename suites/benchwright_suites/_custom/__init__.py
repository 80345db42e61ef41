"""What tasks from a user's own files share: options checked all at once, files found or missed with a hint."""
