"""``--precision fast``: the fastest way of computing a model whose answers agree with exact ones, found on a sample of the inputs."""
