"""How papermill finds the translator. Translation itself is in translator.py."""

from papermill.engines import NBClientEngine
from papermill.translators import papermill_translators

from .translator import TypeScriptTranslator

# The language of the tslab kernel, as its kernel spec and its notebooks name it.
papermill_translators.register("typescript", TypeScriptTranslator)


class TypeScriptEngine(NBClientEngine):
    """papermill's own engine. It is listed because papermill loads engines, but not translators, from entry points."""
