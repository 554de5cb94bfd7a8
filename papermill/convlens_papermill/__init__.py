"""Writes papermill's parameters as TypeScript: the default engine, and a translator that papermill lacks."""

import json
import math
import re

from papermill.engines import NBClientEngine as Engine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

__all__ = ["Engine", "TypeScriptTranslator"]

DECLARATION = re.compile(
    r"^\s*(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*(?::\s*([^=]+?))?\s*=\s*(.+?);?\s*(?://\s*(.*))?$"
)


class TypeScriptTranslator(Translator):
    """Literals and comments of TypeScript."""

    @classmethod
    def translate(cls, value):
        if isinstance(value, float) and not math.isfinite(value):
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        if isinstance(value, dict):
            return "{ %s }" % ", ".join(f"{json.dumps(str(k))}: {cls.translate(v)}" for k, v in value.items())
        if isinstance(value, (list, tuple)):
            return "[%s]" % ", ".join(map(cls.translate, value))
        if value is None or isinstance(value, (bool, int, float, str)):
            return json.dumps(value)
        return json.dumps(str(value))

    @classmethod
    def comment(cls, text):
        return f"// {text}".strip()

    @classmethod
    def assign(cls, name, text):
        if not re.fullmatch(r"[^\W\d][\w$]*|\$[\w$]*", name):
            raise PapermillException(f"Cannot set {name}: it is no name of a TypeScript variable.")
        return f"const {name} = {text};"

    @classmethod
    def inspect(cls, parameters_cell):
        """For `papermill --help-notebook`."""
        found = filter(None, map(DECLARATION.match, parameters_cell["source"].splitlines()))
        return [Parameter(name, kind or "None", value, note or "") for name, kind, value, note in map(re.Match.groups, found)]


papermill_translators.register("typescript", TypeScriptTranslator)
