"""The command ``stance`` and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from stance.cli.listing import models, terms
from stance.cli.predicting import predict
from stance.cli.reading import read
from stance.cli.reporting import report
from stance.errors import StanceError
from stance.inert import printable

__all__ = ["ERROR", "INTERRUPTED", "REJECTS", "USAGE", "main", "stance"]

ERROR, USAGE, REJECTS, INTERRUPTED = 1, 2, 3, 130

_EPILOG = """\b
Exit codes:
  0    done
  1    an error; the message says what to do
  2    wrong usage
  3    done, but some rows could not be read; they are listed beside the output
  130  interrupted; --resume goes on with stance predict of a file

\b
Completion of commands, options and terms:
  bash   eval "$(stance completion bash)"     in ~/.bashrc
  zsh    eval "$(stance completion zsh)"      in ~/.zshrc
  fish   stance completion fish | source      in config.fish
"""


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stance")
def stance() -> None:
    """Say where each party stands on each clause of a settlement."""


@stance.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that completes commands in a shell."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(stance, {}, "stance", "_STANCE_COMPLETE").source())


stance.add_command(predict)
stance.add_command(read)
stance.add_command(report)
stance.add_command(terms)
stance.add_command(models)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those of the process.

    Returns
    -------
    int
        The exit code; see ``stance --help``.
    """
    try:
        code = stance.main(arguments, prog_name="stance", standalone_mode=False)
    except StanceError as error:
        return _fail("\n".join(printable(line) for line in str(error).splitlines()), ERROR)
    except OSError as error:  # such as a disk that is full
        return _fail(printable(str(error)), ERROR)
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        return _fail("interrupted", INTERRUPTED)
    return code if isinstance(code, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {message}", err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
