"""The backdrop picture under the grid: upload, storage, and tiles cut for each viewer."""
