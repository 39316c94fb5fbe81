"""The completion of commands, options and their words in a shell: a script for bash, which zsh understands as well."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

_SCRIPT = """\
# Tangente's commands for bash and zsh: eval "$(tangente completion)"
[ -z "${{ZSH_VERSION-}}" ] || {{ autoload -U +X bashcompinit && bashcompinit; }}
_tangente() {{
    local words word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}
    case ${{COMP_WORDS[1]}} in
{commands}
    esac
    case $before in
{choices}
    esac
    [ "$COMP_CWORD" -ne 1 ] || words="{names}"
    COMPREPLY=($(compgen -W "$words" -- "$word"))
}}
complete -o default -F _tangente tangente
"""


def completion(parser: argparse.ArgumentParser, choices: Mapping[str, Sequence[str]], named: Mapping[str, Sequence[str]]) -> str:
    """The script for a parser with commands; `choices` are the words of options, `named` what a command may be followed by."""
    (commands,) = (action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    words = {name: [*named.get(name, ()), *_options(command)] for name, command in commands.items()}
    return _SCRIPT.format(commands=_cases(words), choices=_cases(choices), names=" ".join([*commands, *_options(parser)]))


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [option for action in parser._actions for option in action.option_strings if option.startswith("--")]


def _cases(words: Mapping[str, Sequence[str]]) -> str:
    return "\n".join(f'        {name}) words="{" ".join(found)}" ;;' for name, found in words.items())
