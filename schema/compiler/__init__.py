"""From a selection to a plan. Knows no room, only how a type declares its fields."""
