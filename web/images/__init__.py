"""The backdrop under the grid: upload, storage, and tiles cut for each viewer."""
