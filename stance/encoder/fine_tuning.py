"""Fine-tune a Transformer that classifies sequences: a short torch loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import rich
from numpy.typing import NDArray
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from stance.encoder.batches import bucketed, padded
from stance.encoder.extra import need
from stance.encoder.resume import State
from stance.encoder.tokens import Tokens
from stance.errors import DataError

__all__ = ["Examples", "Plan", "fine_tune"]

_LOG = logging.getLogger(__name__)
_LOSSES_PER_EPOCH = 20


@dataclass(frozen=True, slots=True)
class Examples:
    """Sequences with their classes.

    Attributes
    ----------
    tokens : sequence of Tokens
    classes : ndarray of int, shape (n_sequences,)
    """

    tokens: Sequence[Tokens]
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train; see :class:`stance.models.CrossEncoderClassifier` for the fields."""

    epochs: int
    batch_size: int
    learning_rate: float
    head_learning_rate: float
    warmup: float
    weight_decay: float
    max_grad_norm: float
    patience: int
    freeze_embeddings: bool
    skip_easiest: float
    bfloat16: bool
    pad: int
    seed: int


def fine_tune(
    model: Any,
    train: Examples,
    validation: Examples,
    plan: Plan,
    *,
    weights: NDArray[np.float64],
    score: Callable[[NDArray[np.int64], NDArray[np.int64]], float],
    state: State,
) -> dict[str, list[float]]:
    """Train a model in place, and leave it as it was when it did best on the validation.

    Parameters
    ----------
    model : torch.nn.Module
        See :func:`stance.encoder.heads.pair_classifier`.
    train : Examples
    validation : Examples
        May be empty: then the last epoch counts.
    plan : Plan
    weights : ndarray of float, shape (n_classes,)
        Of each class in the loss; classes of weight 0 are left out of it altogether.
    score : callable
        From true and predicted classes to a number, higher being better.
    state : State
        Taken up where there is one.

    Returns
    -------
    dict of str to list of float
        ``loss``, about 20 values an epoch that leaves nothing out, and ``validation_macro_f1``,
        one an epoch.

    Raises
    ------
    DataError
        If the loss is no number any more.
    """
    return _Training(model, train, validation, plan, weights, score, state).run()


class _Training:
    """The state of one training between two steps."""

    def __init__(
        self,
        model: Any,
        train: Examples,
        validation: Examples,
        plan: Plan,
        weights: NDArray[np.float64],
        score: Callable[[NDArray[np.int64], NDArray[np.int64]], float],
        state: State,
    ) -> None:
        self.torch = need("torch")
        self.device = self.torch.device("cuda" if self.torch.cuda.is_available() else "cpu")
        self._on_gpu = self.device.type == "cuda"
        self.model, self.train, self.validation = model.to(self.device), train, validation
        self.plan, self.score, self.state = plan, score, state
        self.weights = self.torch.tensor(weights, dtype=self.torch.float32, device=self.device)
        self.rows: NDArray[np.int64] = np.arange(len(train.classes))
        self.last_loss = np.zeros(len(train.classes))
        self.hard = max(1, len(train.classes) - int(plan.skip_easiest * len(train.classes)))
        self.steps = -(-len(train.classes) // plan.batch_size)
        self.total = self.steps + (plan.epochs - 1) * -(-self.hard // plan.batch_size)
        if plan.freeze_embeddings:
            model.encoder.get_input_embeddings().requires_grad_(False)
        self.optimizer = self._optimizer()
        self.schedule = self.torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.history: dict[str, list[float]] = {"loss": [], "validation_macro_f1": []}
        self.epoch = self.step = 0
        self.losses: list[float] = []
        self.best: dict[str, Any] | None = None

    def run(self) -> dict[str, list[float]]:
        with self.torch.random.fork_rng(), _progress() as bar:
            self.torch.manual_seed(self.plan.seed)
            self._take_up()
            task = bar.add_task("", total=self.total, loss=0.0)
            while self.epoch < self.plan.epochs and not self._out_of_patience():
                for batch in self._batches()[self.step :]:
                    self._learn(batch)
                    bar.update(
                        task,
                        completed=self.schedule.last_epoch,  # torch's word for a step
                        description=f"epoch {self.epoch + 1} of {self.plan.epochs}",
                        loss=self.losses[-1] if self.losses else self.history["loss"][-1],
                    )
                    if self.state.due():
                        self.state.write(self._kept())
                self._end_epoch()
        if self.best is not None:
            self.model.load_state_dict(self.best, strict=False)
        self.model.eval()
        return self.history

    def _batches(self) -> list[NDArray[np.int64]]:
        # From seed, epoch and rows alone, so that a resumed epoch has the same batches.
        generator = np.random.default_rng([self.plan.seed, self.epoch])
        lengths = [len(self.train.tokens[row][0]) for row in self.rows]
        return [self.rows[batch] for batch in bucketed(lengths, self.plan.batch_size, generator)]

    def _learn(self, rows: NDArray[np.int64]) -> None:
        self.model.train()
        loss = self._loss(rows)
        if not bool(self.torch.isfinite(loss)):
            raise DataError(
                f"the training's loss is {float(loss.detach())} in epoch {self.epoch + 1}; "
                "try a smaller learning_rate of the cross-encoder"
            )
        loss.backward()
        self.torch.nn.utils.clip_grad_norm_(self._trained(), self.plan.max_grad_norm)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        self.step += 1
        self.losses.append(float(loss.detach()))
        if len(self.losses) >= max(1, self.steps // _LOSSES_PER_EPOCH):
            self.history["loss"].append(float(np.mean(self.losses)))
            self.losses = []

    def _loss(self, rows: NDArray[np.int64]) -> Any:
        logits = self._logits([self.train.tokens[row] for row in rows])
        truth = self.torch.tensor(self.train.classes[rows], device=self.device)
        logits = logits.masked_fill(self.weights == 0, -1e4)
        losses = self.torch.nn.functional.cross_entropy(
            logits, truth, weight=self.weights, reduction="none"
        )
        self.last_loss[rows] = losses.detach().cpu()
        return losses.sum() / self.weights[truth].sum()

    def _logits(self, tokens: Sequence[Tokens]) -> Any:
        batch = padded(tokens, self.plan.pad)
        inputs = (batch.ids, batch.segments, batch.mask)
        with self.torch.autocast(self.device.type, self.torch.bfloat16, self.plan.bfloat16):
            found = self.model(*(self.torch.from_numpy(item).to(self.device) for item in inputs))
        return found.float()

    def _end_epoch(self) -> None:
        self.epoch, self.step = self.epoch + 1, 0
        self.rows = np.sort(np.argsort(-self.last_loss, kind="stable")[: self.hard])
        if len(self.validation.classes) == 0:
            return
        found = self._validate()
        earlier = self.history["validation_macro_f1"]
        if not earlier or found > max(earlier):
            self.best = {name: item.detach().clone() for name, item in self._named()}
        earlier.append(found)
        _LOG.info("epoch %d: validation macro F1 %.3f", self.epoch, found)

    def _validate(self) -> float:
        self.model.eval()
        size = self.plan.batch_size
        order = np.argsort([len(ids) for ids, _ in self.validation.tokens], kind="stable")
        predicted = np.zeros(len(order), dtype=np.int64)
        with self.torch.inference_mode():
            for start in range(0, len(order), size):
                rows = order[start : start + size]
                logits = self._logits([self.validation.tokens[row] for row in rows])
                predicted[rows] = logits.masked_fill(self.weights == 0, -1e4).argmax(1).cpu()
        return self.score(self.validation.classes, predicted)

    def _out_of_patience(self) -> bool:
        found = self.history["validation_macro_f1"]
        return bool(found) and len(found) - 1 - int(np.argmax(found)) >= self.plan.patience

    # --- what is trained, and how fast ---

    def _named(self) -> Iterator[tuple[str, Any]]:
        return ((name, item) for name, item in self.model.named_parameters() if item.requires_grad)

    def _trained(self) -> list[Any]:
        return [item for _, item in self._named()]

    def _optimizer(self) -> Any:
        base = {id(item) for item in self.model.encoder.parameters()}
        groups: dict[tuple[float, float], list[Any]] = {}
        for _, item in self._named():
            rate = self.plan.learning_rate if id(item) in base else self.plan.head_learning_rate
            # Biases and norms are not pulled toward zero.
            decay = self.plan.weight_decay if item.ndim > 1 else 0.0
            groups.setdefault((rate, decay), []).append(item)
        return self.torch.optim.AdamW(
            [
                {"params": items, "lr": rate, "weight_decay": decay}
                for (rate, decay), items in groups.items()
            ],
            fused=True,  # torch's default takes four times as long
        )

    def _rate(self, step: int) -> float:
        rising = max(1, round(self.plan.warmup * self.total))
        falling = max(1, self.total - rising)
        return min((step + 1) / rising, max(0.0, (self.total - step) / falling))

    # --- what is kept, to go on after an interruption ---

    def _kept(self) -> dict[str, Any]:
        return {
            "parameters": {name: item.detach() for name, item in self._named()},
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "random": self.torch.get_rng_state(),
            "random_gpu": self.torch.cuda.get_rng_state() if self._on_gpu else None,
            "history": self.history,
            "losses": self.losses,
            "rows": self.torch.from_numpy(self.rows),
            "last_loss": self.torch.from_numpy(self.last_loss),
            "best": self.best,
            "epoch": self.epoch,
            "step": self.step,
        }

    def _take_up(self) -> None:
        kept = self.state.read()
        if kept is None:
            return
        self.model.load_state_dict(kept["parameters"], strict=False)
        self.optimizer.load_state_dict(kept["optimizer"])
        self.schedule.load_state_dict(kept["schedule"])
        self.torch.set_rng_state(kept["random"])
        if self._on_gpu and kept["random_gpu"] is not None:
            self.torch.cuda.set_rng_state(kept["random_gpu"])
        self.history, self.losses, self.best = kept["history"], kept["losses"], kept["best"]
        self.rows, self.last_loss = kept["rows"].numpy(), kept["last_loss"].numpy()
        self.epoch, self.step = kept["epoch"], kept["step"]
        _LOG.info("going on in epoch %d, after %d steps", self.epoch + 1, self.step)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar with time left, in terminals only; a status line of the same console stays."""
    console = rich.get_console()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("loss {task.fields[loss]:.2f}, left"),
        TimeRemainingColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        yield bar
