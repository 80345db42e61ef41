"""Built-in model adapters: one way of opening a model is one file that holds the value `adapter`."""
