"""Archive: a campaign in one file, to be carried to another server and proved to be the same there.

A zip of ``manifest.json``, ``events.ndjson`` with the exact payload texts and their hashes,
``members.json`` without passwords or addresses, the pictures that lay under the grid as tiles, and
``map.json``, for people; it is not read back.
"""

from events.transfer.archive.format import ArchiveRefused, DamagedPicture, Manifest
from events.transfer.archive.pictures import Pictured, PictureIntake, Pixels, Which
from events.transfer.archive.reading import read_archive
from events.transfer.archive.writing import write_archive

__all__ = [
    "ArchiveRefused",
    "DamagedPicture",
    "Manifest",
    "PictureIntake",
    "Pictured",
    "Pixels",
    "Which",
    "read_archive",
    "write_archive",
]
