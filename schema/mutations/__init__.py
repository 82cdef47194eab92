"""What can be changed: inputs, payloads and mutations, a room for each subject. No rule here: one call through the door."""
