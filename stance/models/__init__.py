"""Classifiers over a DataFrame of pairs, and the baselines that stand beside them."""

from stance.models.baselines import BASELINES, baselines
from stance.models.build import ESTIMATORS, build_model
from stance.models.calibration import TemperatureCalibrated
from stance.models.two_stage import TwoStageClassifier

__all__ = [
    "BASELINES",
    "ESTIMATORS",
    "TemperatureCalibrated",
    "TwoStageClassifier",
    "baselines",
    "build_model",
]
