"""Where mentions come from: one file per source behind one small base, and the files they share."""
