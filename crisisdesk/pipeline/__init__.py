"""Pure functions in travelling order: normalise, classify, count, detect, explain, propose; lint and render."""
