"""Files of any size in, files of answers out, in bounded memory, through kills."""

from stance.streaming.job import Job, Outcome, run
from stance.streaming.reading import INPUT_FORMATS, Layout, open_source
from stance.streaming.writing import OUTPUT_FORMATS

__all__ = ["INPUT_FORMATS", "OUTPUT_FORMATS", "Job", "Layout", "Outcome", "open_source", "run"]
