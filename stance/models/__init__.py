"""Classifiers over a DataFrame of pairs, and the baselines that stand beside them."""

from stance.models.baselines import BASELINES, baselines
from stance.models.build import ESTIMATORS, build_model, check_ready
from stance.models.calibration import TemperatureCalibrated
from stance.models.cascade import CascadeClassifier
from stance.models.cross_encoder import CrossEncoderClassifier
from stance.models.few_phrases import with_few_phrases
from stance.models.two_stage import TwoStageClassifier
from stance.models.zero_shot import ZeroShotClassifier

__all__ = [
    "BASELINES",
    "ESTIMATORS",
    "CascadeClassifier",
    "CrossEncoderClassifier",
    "TemperatureCalibrated",
    "TwoStageClassifier",
    "ZeroShotClassifier",
    "baselines",
    "build_model",
    "check_ready",
    "with_few_phrases",
]
