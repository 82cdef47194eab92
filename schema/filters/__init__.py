"""What can be asked of lists: filters, and the orders of `schema.orders`. Every condition is two-valued."""
