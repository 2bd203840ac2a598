"""Model folders: a sealed manifest and plain arrays. No pickle, no type named by the file alone.

``manifest.json`` holds the estimators as a tree of trusted type names, their parameters and
fitted attributes; each array lies in an ``.npy`` file of its own, with shape, type and SHA-256
in the manifest; the manifest carries a seal over itself. Whoever writes a folder can make the
seal too: it tells damage, not who the writer was. What is read is therefore taken apart and
checked part by part, and nothing in it is ever run.
"""

from stance.persistence.folder import SavedModel, load_folder, remove_drafts, save_folder, versions
from stance.persistence.manifest import FORMAT, MANIFEST
from stance.persistence.types import TRUSTED, check_savable

__all__ = [
    "FORMAT",
    "MANIFEST",
    "TRUSTED",
    "SavedModel",
    "check_savable",
    "load_folder",
    "remove_drafts",
    "save_folder",
    "versions",
]
