"""`board serve`: the pages of a board, read-only, with filters, pairs on demand and a JSON API.

`state` holds the board as it was last read, `responses` the bytes that were made of it, `filters` what a URL asks for, `pairs` two models on
demand, `api` the JSON, `openapi` its description, `limits` what a client may ask for, `counts` what is told of the server, `app` puts them together.
"""
