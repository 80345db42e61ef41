"""What planning a run consists of: data that are read once, the key of a cell, what the card says beside its rows."""
