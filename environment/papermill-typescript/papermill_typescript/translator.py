"""Translates papermill's parameters to TypeScript, and reads the parameters that a notebook declares."""

import json
import re

from papermill.models import Parameter
from papermill.translators import Translator

# One declaration a line: let name: type = default; // help
DECLARATION = re.compile(
    r"^(?:let|const|var)\s+(?P<name>[\w$]+)\s*(?::\s*(?P<type>[^=]*?))?\s*=\s*(?P<value>.*?)\s*;?\s*(?://\s*(?P<help>.*))?$",
    re.MULTILINE,
)


class TypeScriptTranslator(Translator):
    """Values are written as JSON, which TypeScript reads; names are assigned to, as the parameters cell has declared them with `let`."""

    @classmethod
    def translate(cls, val):
        # Values that JSON does not know (a date from a YAML file) become text.
        text = json.dumps(val, ensure_ascii=False, default=str)
        # JSON leaves two characters as they are at which TypeScript's lines end, even within a string.
        return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        return f"{name} = {str_val};"

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        # The braces keep the kernel from printing the last value assigned.
        lines = [f"  {cls.assign(name, cls.translate(value))}\n" for name, value in parameters.items()]
        return f"{cls.comment(comment)}\n{{\n{''.join(lines)}}}\n"

    @classmethod
    def inspect(cls, parameters_cell):
        return [
            Parameter(
                name=found["name"],
                inferred_type_name=found["type"] or "None",
                default=found["value"],
                help=found["help"] or "",
            )
            for found in DECLARATION.finditer(parameters_cell["source"])
        ]
