"""The door to python-crfsuite, which is an optional dependency: looked for when a model is trained or opened, and not before."""

from importlib import import_module
from types import ModuleType

from aggregator.errors import SettingsError

PACKAGE, MODULE = "python-crfsuite", "pycrfsuite"


def library() -> ModuleType:
    """The library. Raises SettingsError, which says how to install it, where it is missing."""
    try:
        return import_module(MODULE)
    except ModuleNotFoundError as error:
        if error.name != MODULE:
            raise
        raise SettingsError(
            f"The learned tagger of attributions needs the package {PACKAGE}, which is not installed: `pip install 'frontwire[learned]'` "
            f"installs it, and an empty FRONTWIRE_ATTRIBUTION_MODEL leaves the tagging to the rules alone."
        ) from error
