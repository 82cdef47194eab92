"""What can be asked: types, inputs and mutations of the graph. The only floor that knows GraphQL and HTTP."""
