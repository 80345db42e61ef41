"""Where examples come from: package data, a folder of files, or the hub; the only place that reads benchmark files.

`benchwright.data.load` holds `load` and `available`, `benchwright.data.content` the content hash.
"""
